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

/** The operation that a request's `Operation` names: its one member. */
export function operationNameOf(operation: Readonly<Partial<Record<OperationName, unknown>>>): OperationName {
  const name = OPERATION_NAMES.find((candidate) => operation[candidate] !== undefined);
  if (name === undefined) throw new Error('a request without an operation passed validation');
  return name;
}
