import { createHash } from 'node:crypto';

/**
 * The id of the job that a token makes: the same for the same account, Region and token, so that a repeated CreateJob
 * meets its first self. A UUID of version 8, by SHA-256 (RFC 9562, section 5.8 and appendix B.2).
 */
export function jobIdOf(account: string, region: string, clientRequestToken: string): string {
  const bytes = createHash('sha256')
    .update(JSON.stringify([account, region, clientRequestToken]))
    .digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Hex SHA-256 of a value's JSON with the members in alphabetical order: equal for equal values, however spelled. */
export function canonicalHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sorted)).digest('hex');
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
