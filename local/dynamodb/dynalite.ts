import { createRequire } from 'node:module';

// dynalite is CommonJS without types. Its request handler throws out of callbacks when a client hangs up, and its
// HTTP server keeps its store to itself, so Drover uses the parts below that: store, validations and actions.
const require = createRequire(import.meta.url);

/** An error of dynalite's that is an answer to the client. Others are faults of the store. */
export interface DynaliteError extends Error {
  readonly statusCode?: number;
  readonly body?: Record<string, unknown>;
}

/** An item or any other JSON document of DynamoDB's protocol. */
export type Document = Record<string, unknown>;

/** The LevelDB database below dynalite's store. All keys of all tables and indexes are in it, told apart by prefix. */
export interface LevelDatabase {
  open(): Promise<void>;
  close(): Promise<void>;
  get(key: string): Promise<Document | undefined>;
  batch(operations: readonly LevelOperation[]): Promise<void>;
  keys(range: LevelRange): AsyncIterable<string>;
  iterator(range: LevelRange): AsyncIterable<[string, Document]>;
}

/** One entry of an atomic write to LevelDB. */
export type LevelOperation =
  | { readonly type: 'put'; readonly key: string; readonly value: Document }
  | { readonly type: 'del'; readonly key: string };

/** Keys from `gte` to just before `lt`. */
export interface LevelRange {
  readonly gte: string;
  readonly lt: string;
}

/** dynalite's store, as far as Drover touches it. */
export interface DynaliteStore {
  readonly db: LevelDatabase;
  readonly tableDb: { awsAccountId: string; awsRegion: string };
}

/** A table's record in the store: DescribeTable's answer. */
export interface TableRecord extends Document {
  TableName: string;
  TableStatus: 'CREATING' | 'UPDATING' | 'DELETING' | 'ACTIVE';
  KeySchema: readonly KeyElement[];
  GlobalSecondaryIndexes?: IndexRecord[];
  LocalSecondaryIndexes?: IndexRecord[];
}

/** One attribute of a key. */
export interface KeyElement {
  readonly AttributeName: string;
  readonly KeyType: string;
}

/** An index in a table's record. */
export interface IndexRecord extends Document {
  IndexName: string;
  IndexStatus?: string;
  KeySchema: readonly KeyElement[];
  Projection: Document;
}

interface DynaliteDb {
  create(options: Document): DynaliteStore;
  getIndexActions(
    indexes: readonly IndexRecord[],
    existing: Document | null,
    item: Document | null,
    table: TableRecord,
  ): { puts: { index: string; key: string; item: Document }[] };
}

interface Validations {
  toLowerFirst(name: string): string;
  checkTypes(data: unknown, types: unknown): Document;
  checkValidations(data: Document, types: unknown, custom: unknown, store: DynaliteStore): void;
}

type Action = (
  store: DynaliteStore,
  data: Document,
  done: (error: DynaliteError | null, answer?: Document) => void,
) => void;

const db: DynaliteDb = require('dynalite/db');
const validations: Validations = require('dynalite/validations');

/** The operations that dynalite has. */
export const OPERATIONS: ReadonlySet<string> = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
]);

/** Opens (or makes) the store in the folder. Rejects with LevelDB's error, as when another process has it open. */
export async function openStore(folder: string, account: string, region: string): Promise<DynaliteStore> {
  const store = db.create({ path: folder, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  store.tableDb.awsAccountId = account;
  store.tableDb.awsRegion = region;
  await store.db.open();
  return store;
}

/** Does one operation. Rejects with a {@link DynaliteError}; those with a body are answers to the client. */
export function perform(store: DynaliteStore, operation: string, request: unknown): Promise<Document> {
  const name = validations.toLowerFirst(operation);
  const action: Action = require(`dynalite/actions/${name}`);
  const rules: { types: unknown; custom: unknown } = require(`dynalite/validations/${name}`);
  return new Promise((resolve, reject) => {
    const checked = validations.checkTypes(request, rules.types);
    validations.checkValidations(checked, rules.types, rules.custom, store);
    action(store, checked, (error, answer) => (error ? reject(error) : resolve(answer ?? {})));
  });
}

/** The entries that an item should have in the table's indexes of one kind: index name, key in that index, value. */
export function indexEntries(
  table: TableRecord,
  indexes: readonly IndexRecord[],
  item: Document,
): { index: string; key: string; item: Document }[] {
  return db.getIndexActions(indexes, null, item, table).puts;
}
