import type { ListedField } from './fields.ts';

export type InventoryFormat = 'CSV' | 'Parquet';

/** What a report is to hold, and where it is to be: an inventory configuration of S3, less its schedule. */
export interface InventorySpec {
  readonly sourceBucket: string;
  /** The configuration's id: a folder of the report's keys. */
  readonly id: string;
  readonly destinationBucket: string;
  /** Before the source bucket's name in the keys, without a slash at its end; empty for none. */
  readonly destinationPrefix: string;
  readonly format: InventoryFormat;
  readonly versions: 'Current' | 'All';
  readonly fields: readonly ListedField[];
  /** Only keys that begin with this; empty for all. */
  readonly prefix: string;
  /** Of the ARNs: `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
}

/** API reference, InventoryConfiguration: 1 to 64 letters, digits, dots, hyphens and underscores. */
const ID = /^[A-Za-z0-9_.-]{1,64}$/;

/** Whether it may be the id of an inventory configuration. */
export function isInventoryId(id: string): boolean {
  return ID.test(id) && id !== '.' && id !== '..';
}
