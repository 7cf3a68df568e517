import type { Call } from '../protocol/call.ts';
import { S3Error } from '../s3-error.ts';
import type { ObjectRecord, Retention } from '../storage/records.ts';

const BYPASS = 'x-amz-bypass-governance-retention';

/** Throws InvalidRequest unless the bucket has Object Lock on. */
export function demandObjectLock(call: Call): void {
  if (call.context.buckets.get(call.bucket).objectLock === undefined) {
    throw new S3Error('InvalidRequest', 'Bucket is missing Object Lock Configuration');
  }
}

/** Whether the request is to go past governance retention. Throws InvalidArgument in a bucket without Object Lock. */
export function readBypass(call: Call): boolean {
  const header = call.headers[BYPASS];
  if (header === undefined) return false;
  if (call.context.buckets.get(call.bucket).objectLock === undefined) {
    throw new S3Error('InvalidArgument', `${BYPASS} is only applicable to Object Lock enabled buckets.`, {
      ArgumentName: BYPASS,
    });
  }
  return header.toLowerCase() === 'true';
}

/** Throws AccessDenied if the version must not be deleted yet. */
export function refuseIfLocked(record: ObjectRecord | undefined, bypass: boolean, now: number): void {
  const lock = record?.content?.lock;
  if (lock === undefined) return;
  if (lock.legalHold === 'ON' || (holds(lock.retention, now) && !(bypass && lock.retention?.mode === 'GOVERNANCE'))) {
    throw locked();
  }
}

/**
 * Throws AccessDenied for a change that weakens a retention that holds: extending is always allowed; shortening,
 * removing and another mode need the bypass under GOVERNANCE and are never allowed under COMPLIANCE.
 */
export function refuseWeakening(
  before: Retention | undefined,
  after: Retention | undefined,
  { bypass, now }: { readonly bypass: boolean; readonly now: number },
): void {
  if (!holds(before, now)) return;
  const extends_ = after !== undefined && after.mode === before?.mode && after.until >= before.until;
  if (extends_ || (bypass && before?.mode === 'GOVERNANCE')) return;
  throw locked();
}

function holds(retention: Retention | undefined, now: number): boolean {
  return retention !== undefined && retention.until > now;
}

function locked(): S3Error {
  return new S3Error('AccessDenied', 'Access Denied because object protected by object lock.');
}
