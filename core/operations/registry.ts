import type { OperationName } from '../job/operation-name.ts';
import { lambdaInvoke } from './lambda-invoke.ts';
import type { Operation } from './operation.ts';
import { putObjectTagging } from './put-object-tagging.ts';

/** The operations that are built. A new one is its file and its line here. */
export const OPERATIONS: readonly Operation[] = [putObjectTagging, lambdaInvoke];

const byName = new Map(OPERATIONS.map((operation) => [operation.name, operation]));

/** undefined for an operation of S3 Batch Operations that is not built. */
export function findOperation(name: OperationName): Operation | undefined {
  return byName.get(name);
}

/** The operation that a (validated) job request asks for, with its parameters. */
export function operationOf(request: { readonly Operation: Readonly<Partial<Record<OperationName, unknown>>> }): {
  readonly operation: Operation;
  readonly parameters: unknown;
} {
  for (const operation of OPERATIONS) {
    const parameters = request.Operation[operation.name];
    if (parameters !== undefined) return { operation, parameters };
  }
  throw new Error(`No operation of the request is one of ${OPERATIONS.map(({ name }) => name).join(', ')}.`);
}

/** The operation of a job that was accepted: it is built. */
export function requireOperation(name: OperationName): Operation {
  const operation = findOperation(name);
  if (operation === undefined) throw new Error(`the operation ${name} is not built`);
  return operation;
}
