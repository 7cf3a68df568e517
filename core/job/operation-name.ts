/** The operations of S3 Batch Operations: the members of `JobOperation`, and what ListJobs shows (S3 Control model 2018-08-20). */
export const OPERATION_NAMES = [
  'LambdaInvoke',
  'S3PutObjectCopy',
  'S3PutObjectAcl',
  'S3PutObjectTagging',
  'S3DeleteObjectTagging',
  'S3InitiateRestoreObject',
  'S3PutObjectLegalHold',
  'S3PutObjectRetention',
  'S3ReplicateObject',
  'S3ComputeObjectChecksum',
  'S3UpdateObjectEncryption',
] as const;

export type OperationName = (typeof OPERATION_NAMES)[number];
