/** The operations of S3 Batch Operations: the members of `JobOperation`, and what ListJobs shows (S3 Control model 2018-08-20). */
export const S3_OPERATION_NAMES = [
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

/** The operations that S3 Batch Operations does not have: members of `Operation.Drover`. */
export const DROVER_OPERATION_NAMES = ['DeleteObject', 'MergeTags', 'Move', 'Inspect'] as const;

export const OPERATION_NAMES = [...S3_OPERATION_NAMES, ...DROVER_OPERATION_NAMES] as const;

export type OperationName = (typeof OPERATION_NAMES)[number];

/** A request's `Operation`, as far as names go. */
export interface NamedOperations extends Readonly<Partial<Record<(typeof S3_OPERATION_NAMES)[number], unknown>>> {
  readonly Drover?: Readonly<Partial<Record<OperationName, unknown>>> | undefined;
}

/**
 * The operations that a request's `Operation` asks for: one, where it is valid. A member of `Operation.Drover` that has
 * the name of one of S3's operations only adds to it.
 */
export function operationNamesOf(operation: NamedOperations): OperationName[] {
  return [
    ...S3_OPERATION_NAMES.filter((name) => operation[name] !== undefined),
    ...DROVER_OPERATION_NAMES.filter((name) => operation.Drover?.[name] !== undefined),
  ];
}

/** The operation of a request that passed validation. */
export function operationNameOf(operation: NamedOperations): OperationName {
  const [name] = operationNamesOf(operation);
  if (name === undefined) throw new Error('a request without an operation passed validation');
  return name;
}
