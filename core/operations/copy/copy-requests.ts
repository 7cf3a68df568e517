import type { TaskRequests } from '../task-requests.ts';
import type { CopyParameters } from './copy-parameters.ts';
import { type CopyLimits, planParts } from './part-plan.ts';

/** What a copy asks for: one CopyObject; of a larger object another that is refused, a look at it, and its parts. */
export function copyRequests(parameters: CopyParameters, bytes: number | undefined, limits: CopyLimits): TaskRequests {
  const parts = partsOf(bytes, limits);
  const kms = kmsRequests(parameters);
  // HEAD and the tags; the refused copy, the beginning and the end of the upload.
  return parts === 0 ? { writes: 1, kms } : { reads: 2, writes: parts + 3, kms };
}

/** What a move asks for: looks at source, target and copy, the copy, and the deletion. */
export function moveRequests(parameters: CopyParameters, bytes: number | undefined, limits: CopyLimits): TaskRequests {
  const parts = partsOf(bytes, limits);
  const kms = kmsRequests(parameters);
  return parts === 0 ? { reads: 3, writes: 1, deletes: 1, kms } : { reads: 4, writes: parts + 2, deletes: 1, kms };
}

/** 0 for an object that is copied at once. */
function partsOf(bytes: number | undefined, limits: CopyLimits): number {
  if (bytes === undefined || bytes <= limits.largestSingleCopy) return 0;
  return planParts(bytes, limits)?.count ?? limits.mostParts;
}

/** With an S3 Bucket Key hardly any; without, a data key for each object. */
function kmsRequests({ SSEAwsKmsKeyId, NewObjectMetadata, BucketKeyEnabled }: CopyParameters): number {
  const asksForKms = SSEAwsKmsKeyId !== undefined || NewObjectMetadata?.SSEAlgorithm === 'KMS';
  return asksForKms && BucketKeyEnabled !== true ? 1 : 0;
}
