import {
  type DynaliteStore,
  type IndexRecord,
  indexEntries,
  type LevelOperation,
  type TableRecord,
} from './dynalite.ts';

// dynalite keeps everything in one LevelDB, under keys that begin with `table~`, `item-<table>~` and
// `index-<kind>~<table>~<index>~`. It writes an item and its index entries one after the other, so a process that is
// killed in between leaves an index that disagrees with its table, and a table that was being made stays CREATING.

const BATCH = 1000;

/** Brings the store to where no crash could have left it: tables active or gone, indexes equal to their tables. */
export async function repairTables(store: DynaliteStore): Promise<void> {
  const tables: TableRecord[] = [];
  for await (const [, record] of store.db.iterator(prefixed('table~'))) {
    tables.push(record as TableRecord);
  }
  for (const table of tables) {
    if (table.TableStatus === 'DELETING') {
      await removeTable(store, table);
    } else {
      await settleStatus(store, table);
      await rebuildIndexes(store, table);
    }
  }
}

async function removeTable(store: DynaliteStore, table: TableRecord): Promise<void> {
  await removeRange(store, `item-${table.TableName}~`);
  for (const [kind, index] of indexesOf(table)) {
    await removeRange(store, `index-${kind}~${table.TableName}~${index.IndexName}~`);
  }
  await store.db.batch([{ type: 'del', key: `table~${table.TableName}` }]);
}

async function settleStatus(store: DynaliteStore, table: TableRecord): Promise<void> {
  if (table.TableStatus === 'ACTIVE') {
    return;
  }
  const settled: TableRecord = { ...table, TableStatus: 'ACTIVE' };
  if (table.GlobalSecondaryIndexes) {
    settled.GlobalSecondaryIndexes = table.GlobalSecondaryIndexes.map((index) => ({ ...index, IndexStatus: 'ACTIVE' }));
  }
  await store.db.batch([{ type: 'put', key: `table~${table.TableName}`, value: settled }]);
}

async function rebuildIndexes(store: DynaliteStore, table: TableRecord): Promise<void> {
  const indexes = indexesOf(table);
  if (indexes.length === 0) {
    return;
  }
  for (const [kind, index] of indexes) {
    await removeRange(store, `index-${kind}~${table.TableName}~${index.IndexName}~`);
  }
  let pending: LevelOperation[] = [];
  for await (const [, item] of store.db.iterator(prefixed(`item-${table.TableName}~`))) {
    for (const [kind, index] of indexes) {
      for (const entry of indexEntries(table, [index], item)) {
        const key = `index-${kind}~${table.TableName}~${entry.index}~${entry.key}`;
        pending.push({ type: 'put', key, value: entry.item });
      }
    }
    if (pending.length >= BATCH) {
      await store.db.batch(pending);
      pending = [];
    }
  }
  await store.db.batch(pending);
}

async function removeRange(store: DynaliteStore, prefix: string): Promise<void> {
  let pending: LevelOperation[] = [];
  for await (const key of store.db.keys(prefixed(prefix))) {
    pending.push({ type: 'del', key });
    if (pending.length >= BATCH) {
      await store.db.batch(pending);
      pending = [];
    }
  }
  await store.db.batch(pending);
}

function indexesOf(table: TableRecord): ['global' | 'local', IndexRecord][] {
  return [
    ...(table.GlobalSecondaryIndexes ?? []).map((index): ['global', IndexRecord] => ['global', index]),
    ...(table.LocalSecondaryIndexes ?? []).map((index): ['local', IndexRecord] => ['local', index]),
  ];
}

function prefixed(prefix: string): { gte: string; lt: string } {
  return { gte: prefix, lt: `${prefix}\u{10ffff}` };
}
