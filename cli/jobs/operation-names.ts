import { OPERATION_NAMES, type OperationName } from '../../core/job/operation-name.ts';
import { nearestName } from '../../core/validation/nearest-name.ts';
import { UsageError } from '../errors.ts';

/** An operation's name as the AWS CLI would write it: `put-object-copy` for S3PutObjectCopy. */
export function flagNameOf(name: OperationName): string {
  return name
    .replace(/^S3/, '')
    .replaceAll(/(?<!^)[A-Z]/g, '-$&')
    .toLowerCase();
}

/** The operation of that name, as the API or as the AWS CLI writes it. */
export function operationNamed(text: string): OperationName {
  const found = OPERATION_NAMES.find((name) => name.toLowerCase() === text.toLowerCase() || flagNameOf(name) === text);
  if (found !== undefined) return found;
  const near = nearestName(text, [...OPERATION_NAMES, ...OPERATION_NAMES.map(flagNameOf)]);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  throw new UsageError(`There is no operation ${text}.${hint} All that there are: drover operations`);
}
