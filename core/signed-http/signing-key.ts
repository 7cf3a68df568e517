import { createHmac } from 'node:crypto';

/** Keys kept: one for each (secret, day, Region, service) in use; a worker seldom has more than two at a time. */
const CAPACITY = 64;

const keys = new Map<string, Buffer>();

/**
 * The key that signs requests of one day, Region and service: four hashes, so it is kept.
 * @param date `YYYYMMDD`.
 */
export function signingKey(secretAccessKey: string, date: string, region: string, service: string): Buffer {
  const name = `${date}/${region}/${service}/${secretAccessKey}`;
  const known = keys.get(name);
  if (known !== undefined) return known;
  const key = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secretAccessKey}`, date));
  const oldest = keys.size >= CAPACITY ? keys.keys().next().value : undefined;
  if (oldest !== undefined) keys.delete(oldest);
  keys.set(name, key);
  return key;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
