import { type NamedOperations, type OperationName, operationNameOf } from '../job/operation-name.ts';
import { computeObjectChecksum } from './compute-object-checksum.ts';
import { deleteObject } from './delete-object.ts';
import { deleteObjectTagging } from './delete-object-tagging.ts';
import { initiateRestoreObject } from './initiate-restore-object.ts';
import { inspect } from './inspect.ts';
import { lambdaInvoke } from './lambda-invoke.ts';
import { mergeTags } from './merge-tags.ts';
import { move } from './move.ts';
import type { Operation } from './operation.ts';
import { putObjectAcl } from './put-object-acl.ts';
import { putObjectCopy } from './put-object-copy.ts';
import { putObjectLegalHold } from './put-object-legal-hold.ts';
import { putObjectRetention } from './put-object-retention.ts';
import { putObjectTagging } from './put-object-tagging.ts';
import { updateObjectEncryption } from './update-object-encryption.ts';

/** The operations that are built. A new one is its file and its line here. */
export const OPERATIONS: readonly Operation[] = [
  putObjectCopy,
  move,
  putObjectTagging,
  deleteObjectTagging,
  mergeTags,
  deleteObject,
  putObjectLegalHold,
  putObjectRetention,
  initiateRestoreObject,
  updateObjectEncryption,
  putObjectAcl,
  lambdaInvoke,
  inspect,
  computeObjectChecksum,
];

const byName = new Map(OPERATIONS.map((operation) => [operation.name, operation]));

/** undefined for an operation that is not built. */
export function findOperation(name: OperationName): Operation | undefined {
  return byName.get(name);
}

/** The operation of a job that was accepted: it is built. */
export function requireOperation(name: OperationName): Operation {
  const operation = findOperation(name);
  if (operation === undefined) throw new Error(`the operation ${name} is not built`);
  return operation;
}

/** The operation that a (validated) job request asks for, with its parameters. */
export function operationOf({ Operation: given }: { readonly Operation: NamedOperations }): {
  readonly operation: Operation;
  readonly parameters: unknown;
} {
  const name = operationNameOf(given);
  return { operation: requireOperation(name), parameters: parametersOf(name, given) };
}

/** S3's member of an operation and Drover's, in one. */
function parametersOf(name: OperationName, given: NamedOperations): unknown {
  const own = Object.hasOwn(given, name) ? given[name as keyof NamedOperations] : undefined;
  return Object.assign({}, own, given.Drover?.[name]);
}
