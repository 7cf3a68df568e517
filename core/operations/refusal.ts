import type { OperationName } from '../job/operation-name.ts';

/** Why a job cannot have an operation that is not in the registry; made to follow its name. */
export function refusalOf(name: OperationName): string {
  if (name !== 'S3ReplicateObject') return 'is not supported by this version of Drover';
  // S3 Batch Operations does it by an internal request (s3:InitiateReplication) that no public API has.
  return (
    'is not supported: only S3 itself can replicate existing objects by the bucket’s rules. S3PutObjectCopy to the ' +
    'other bucket copies them with their metadata and tags, as new versions'
  );
}
