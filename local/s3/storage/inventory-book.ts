import type { BucketStore } from './bucket-store.ts';
import type { BucketInventory, BucketRecord } from './records.ts';

/** An inventory configuration with the bucket that it is of. */
export interface InventoryEntry {
  readonly bucket: string;
  readonly inventory: BucketInventory;
}

/** The inventory configurations of all buckets, as who writes the reports sees them. */
export interface InventoryBook {
  /** In the order of buckets, then ids. */
  all(): readonly InventoryEntry[];
  /**
   * Keeps that reports due up to then are written. A configuration that is gone, or was put anew for later, is left as
   * it is.
   *
   * @param due milliseconds since 1970.
   */
  settle(bucket: string, id: string, due: number): Promise<void>;
}

export function createInventoryBook(buckets: BucketStore): InventoryBook {
  return {
    all: () =>
      buckets
        .all()
        .flatMap(({ name, inventories = [] }) => inventories.map((inventory) => ({ bucket: name, inventory }))),
    async settle(bucket, id, due) {
      const record = buckets.find(bucket);
      const before = record?.inventories?.find((one) => one.id === id);
      if (record === undefined || before === undefined || before.since >= due) return;
      await buckets.save(withInventory(record, { ...before, since: due }));
    },
  };
}

/** The bucket with this configuration, in place of a former one of that id. */
export function withInventory(record: BucketRecord, inventory: BucketInventory): BucketRecord {
  const { inventories } = withoutInventory(record, inventory.id);
  return { ...record, inventories: [...(inventories ?? []), inventory].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** The bucket without the configuration of that id. */
export function withoutInventory(record: BucketRecord, id: string): BucketRecord {
  return { ...record, inventories: (record.inventories ?? []).filter((one) => one.id !== id) };
}
