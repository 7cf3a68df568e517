import { JobTrouble } from '../job/job-trouble.ts';
import type { JobFailure } from '../job/records.ts';
import { MOST_BUCKETS } from '../manifest/most-buckets.ts';
import {
  getBucketVersioningRequest,
  getObjectLockConfigurationRequest,
  objectLockIsOn,
  versioningIsOn,
} from '../s3/requests/bucket-settings.ts';
import type { S3Refusal } from '../s3/s3-data-client.ts';
import type { TaskContext } from './operation.ts';

type BucketContext = Pick<TaskContext, 's3' | 'signal'>;

/** How docs tell of it. */
export const LOCK_DIFFERENCE =
  `S3 wants all objects of the job in one bucket; here they may be in up to ${MOST_BUCKETS}, each of which is looked at ` +
  'before any task is begun.';

/**
 * Why a job that locks objects must fail before any task is begun: each of its buckets must have Object Lock. Versioning
 * comes with it: a bucket without versions cannot be given Object Lock, and one with Object Lock keeps its versions
 * (User Guide, "Object Lock considerations").
 *
 * @throws JobTrouble where S3 cannot be asked now.
 */
export async function checkLockBuckets(
  buckets: readonly string[],
  context: BucketContext,
): Promise<JobFailure | undefined> {
  if (buckets.length > MOST_BUCKETS) {
    return {
      FailureCode: 'TooManyBuckets',
      FailureReason: `The manifest names more than ${MOST_BUCKETS} buckets: split it, for each has to be looked at first`,
    };
  }
  for (const bucket of buckets) {
    const failure = await checkBucket(bucket, context);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

async function checkBucket(bucket: string, { s3, signal }: BucketContext): Promise<JobFailure | undefined> {
  const lock = await s3.send(getObjectLockConfigurationRequest(bucket), signal);
  if (lock.ok && objectLockIsOn(lock.body)) return undefined;
  if (!lock.ok && lock.code !== 'ObjectLockConfigurationNotFoundError') return refused(bucket, lock);
  const versioning = await s3.send(getBucketVersioningRequest(bucket), signal);
  const missing =
    versioning.ok && !versioningIsOn(versioning.body) ? 'neither versioning nor Object Lock' : 'no Object Lock';
  return {
    FailureCode: 'ObjectLockNotEnabled',
    FailureReason: `The bucket ${bucket} has ${missing}, without which its objects cannot be locked`,
  };
}

/** Tells what another manifest or another role would help against from what may pass. */
function refused(bucket: string, { httpStatus, code, message }: S3Refusal): JobFailure {
  const said = `${code}: ${message}`.slice(0, 100);
  if (httpStatus === 0 || httpStatus === 429 || httpStatus >= 500) {
    throw new JobTrouble('BucketCheckFailed', `The Object Lock of the bucket ${bucket} cannot be read: ${said}`);
  }
  if (httpStatus === 403) {
    return {
      FailureCode: 'AccessDenied',
      FailureReason: `The job's role must be allowed s3:GetBucketObjectLockConfiguration on the bucket ${bucket}: ${said}`,
    };
  }
  return {
    FailureCode: code.slice(0, 64),
    FailureReason: `The Object Lock of the bucket ${bucket} cannot be read: ${said}`,
  };
}
