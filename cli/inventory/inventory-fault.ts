import { types } from 'node:util';
import { CommandError, isConnectionError, NotReachableError } from '../errors.ts';
import type { InventoryS3 } from './inventory-s3.ts';

/** What keeps an inventory from being written, by the names of core's errors. */
const HELP: Readonly<Record<string, string>> = {
  BucketNotListed: '',
  NotAListing: '',
  ReportNotWritable: '. Does the bucket exist, and may these credentials s3:PutObject there?',
  ReportExists: '. Reports are named by their minute: try again in the next.',
  UnlistedField: '',
};

/** An error of the writing of an inventory, in the words of the user's problem. */
export function inventoryFault(error: unknown, s3: InventoryS3, local: boolean): unknown {
  if (error instanceof CommandError) return error;
  if (isConnectionError(error)) return new NotReachableError(s3.endpoint ?? 'S3', local, error);
  if (!types.isNativeError(error)) return error;
  const help = HELP[error.name];
  if (help === undefined) return error;
  return new CommandError(`${error.message}${help}`, error.name, { cause: error });
}
