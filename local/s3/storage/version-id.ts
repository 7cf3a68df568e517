import { randomBytes } from 'node:crypto';

const SEQUENCE_DIGITS = 11;
const VERSION_ID = /^[A-Za-z0-9._-]{32}$/;

/** The version id of versions written while versioning was off or suspended. */
export const NULL_VERSION = 'null';

/** Opaque to clients; begins with the sequence number, so that a version is found without a scan. */
export function newVersionId(sequence: number): string {
  return sequence.toString(36).padStart(SEQUENCE_DIGITS, '0') + randomBytes(11).toString('hex').slice(0, 21);
}

/** The sequence number that `newVersionId` put in; meaningless for ids made elsewhere. */
export function sequenceOf(versionId: string): number | undefined {
  const sequence = Number.parseInt(versionId.slice(0, SEQUENCE_DIGITS), 36);
  return Number.isSafeInteger(sequence) ? sequence : undefined;
}

/** Whether S3 would take it for a version id at all. */
export function isVersionId(text: string): boolean {
  return text === NULL_VERSION || VERSION_ID.test(text);
}
