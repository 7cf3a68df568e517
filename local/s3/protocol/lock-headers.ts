import { invalidArgument, S3Error } from '../s3-error.ts';
import type { ObjectLock, Retention } from '../storage/records.ts';
import type { Call } from './call.ts';
import { demandIntegrity } from './payload-claims.ts';
import type { Headers } from './respond.ts';
import { defaultRetention, demandFuture, isRetentionMode, readDate } from './retention.ts';

const MODE = 'x-amz-object-lock-mode';
const UNTIL = 'x-amz-object-lock-retain-until-date';
const HOLD = 'x-amz-object-lock-legal-hold';

/**
 * The lock that PutObject, CopyObject or CreateMultipartUpload give the object: their headers', or the bucket's default.
 * Throws InvalidRequest (a bucket without Object Lock) or InvalidArgument.
 */
export function readLock(call: Call): { readonly lock?: ObjectLock } {
  const { headers, context } = call;
  const asked = headers[MODE] !== undefined || headers[UNTIL] !== undefined || headers[HOLD] !== undefined;
  const bucket = context.buckets.find(call.bucket);
  if (bucket?.objectLock === undefined) {
    if (asked) throw new S3Error('InvalidRequest', 'Bucket is missing Object Lock Configuration');
    return {};
  }
  const now = context.clock();
  const retention = readRetention(headers, now) ?? defaultRetention(bucket.objectLock.defaultRetention, now);
  const legalHold = readHold(headers[HOLD]);
  if (retention === undefined && legalHold === undefined) return {};
  return { lock: { ...(retention && { retention }), ...(legalHold && { legalHold }) } };
}

/** What HeadObject and GetObject say of the lock. */
export function lockHeaders(lock: ObjectLock | undefined): Headers {
  if (lock === undefined) return {};
  const { retention, legalHold } = lock;
  return {
    ...(retention && { [MODE]: retention.mode, [UNTIL]: new Date(retention.until).toISOString() }),
    ...(legalHold && { [HOLD]: legalHold }),
  };
}

/** Bytes that are to be locked must come with a digest. `request` is `Put Object` or `Put Part`. */
export function demandLockIntegrity(call: Call, lock: ObjectLock | undefined, request: string): void {
  if (lock === undefined) return;
  demandIntegrity(
    call,
    `Content-MD5 OR x-amz-checksum- HTTP header is required for ${request} requests with Object Lock parameters`,
  );
}

function readRetention(headers: Call['headers'], now: number): Retention | undefined {
  const { [MODE]: mode, [UNTIL]: date } = headers;
  if (mode === undefined && date === undefined) return undefined;
  if (mode === undefined || date === undefined) {
    throw new S3Error(
      'InvalidArgument',
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
      { ArgumentName: mode === undefined ? MODE : UNTIL },
    );
  }
  if (!isRetentionMode(mode)) throw invalidArgument(MODE, mode, 'Unknown wormMode directive.');
  const until = readDate(date);
  if (until === undefined) {
    throw invalidArgument(UNTIL, date, 'The retain until date must be provided in ISO 8601 format');
  }
  demandFuture(until, now, UNTIL, date);
  return { mode, until };
}

function readHold(text: string | undefined): ObjectLock['legalHold'] {
  if (text === undefined || text === 'ON' || text === 'OFF') return text;
  throw invalidArgument(HOLD, text, "Legal Hold must be either of 'ON' or 'OFF'");
}
