import { createHmac } from 'node:crypto';
import type { Credentials } from './credentials.ts';
import { HmacKey } from './hmac.ts';

/** What signs the requests of one day, Region, service and secret. */
export interface SigningKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** `<date>/<region>/<service>/aws4_request` */
  readonly scope: string;
  readonly hmac: HmacKey;
}

/** Keys kept; a worker seldom has more than two at a time: of the job's role for S3, and of the same for Lambda. */
const CAPACITY = 64;

/** The one used last is the first. */
const keys: SigningKey[] = [];

/**
 * The key that signs requests of one day, Region and service: four hashes, so it is kept.
 * @param date `YYYYMMDD`.
 */
export function signingKey(credentials: Credentials, date: string, region: string, service: string): SigningKey {
  const { accessKeyId, secretAccessKey } = credentials;
  const index = keys.findIndex(
    (key) =>
      key.secretAccessKey === secretAccessKey &&
      key.date === date &&
      key.region === region &&
      key.service === service &&
      key.accessKeyId === accessKeyId,
  );
  const known = keys[index];
  if (known !== undefined && index === 0) return known;
  if (known !== undefined) keys.splice(index, 1);
  const key = known ?? derive({ accessKeyId, secretAccessKey, date, region, service });
  keys.unshift(key);
  if (keys.length > CAPACITY) keys.pop();
  return key;
}

function derive(given: Omit<SigningKey, 'scope' | 'hmac'>): SigningKey {
  const { secretAccessKey, date, region, service } = given;
  const bytes = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secretAccessKey}`, date));
  return { ...given, scope: `${date}/${region}/${service}/aws4_request`, hmac: new HmacKey(bytes) };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
