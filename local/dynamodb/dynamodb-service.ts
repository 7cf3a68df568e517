import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { readBody } from '../server/read-body.ts';
import type { CloudIdentity, LocalService } from '../service.ts';
import { type Document, type DynaliteError, type DynaliteStore, OPERATIONS, openStore, perform } from './dynalite.ts';
import { type IndexFaults, IndexLag, NO_INDEX_FAULTS } from './index-lag.ts';
import { repairTables } from './repair-tables.ts';

/** A request of DynamoDB is at most 16 MB (BatchWriteItem). */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

/** What a template says of a table: the members of CreateTable's request that the local cloud acts on. */
export interface TableDefinition {
  readonly TableName: string;
  readonly AttributeDefinitions: readonly { AttributeName: string; AttributeType: string }[];
  readonly KeySchema: readonly { AttributeName: string; KeyType: string }[];
  readonly GlobalSecondaryIndexes?: readonly IndexDefinition[];
  readonly LocalSecondaryIndexes?: readonly IndexDefinition[];
}

/** An index of a {@link TableDefinition}. */
export interface IndexDefinition {
  readonly IndexName: string;
  readonly KeySchema: readonly { AttributeName: string; KeyType: string }[];
  readonly Projection: { ProjectionType: string; NonKeyAttributes?: readonly string[] };
}

/** DynamoDB of the local cloud: dynalite's engine over LevelDB, without its HTTP server. */
export interface DynamoDbService extends LocalService {
  /** Makes the table unless it is there. Throws when one of that name has other keys or indexes. */
  createTable(definition: TableDefinition): Promise<void>;
}

/**
 * Opens the tables in `<dataFolder>/dynamodb`, repairs what a crash left half done, and serves them. What it has
 * acknowledged survives SIGKILL. Rejects with LevelDB's error (`cause.code` is `LEVEL_LOCKED`) when another process
 * has the folder open.
 */
export async function createDynamoDbService(options: {
  readonly dataFolder: string;
  readonly identity: CloudIdentity;
  /** Left out: nothing goes wrong. */
  readonly faults?: IndexFaults;
}): Promise<DynamoDbService> {
  const { account, region } = options.identity;
  const store = await openStore(options.dataFolder, account, region);
  await repairTables(store);
  const inFlight = new Set<Promise<void>>();
  const lag = new IndexLag(options.faults ?? NO_INDEX_FAULTS);
  return {
    createTable: (definition) => createTable(store, definition),
    handle(request, response) {
      const answered = answer(store, lag, request, response).finally(() => inFlight.delete(answered));
      inFlight.add(answered);
      return answered;
    },
    async stop() {
      await Promise.all(inFlight);
      await store.db.close();
    },
  };
}

async function answer(
  store: DynaliteStore,
  lag: IndexLag,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, body } = await answerOf(store, lag, request);
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(text);
}

async function answerOf(
  store: DynaliteStore,
  lag: IndexLag,
  request: IncomingMessage,
): Promise<{ status: number; body: Document }> {
  try {
    const bytes = await readBody(request, MAX_REQUEST_BYTES);
    if (!bytes) {
      return { status: 413, body: failure('SerializationException', 'The request is larger than 16 MB.') };
    }
    return { status: 200, body: await performed(store, lag, operationOf(request), parseRequest(bytes)) };
  } catch (error) {
    const known = error as DynaliteError;
    return { status: known.statusCode ?? 500, body: known.body ?? failure('InternalServerError', known.message) };
  }
}

/** Performs an operation; what it writes comes into an index late, and what it reads of one is late, where that lags. */
async function performed(store: DynaliteStore, lag: IndexLag, operation: string, input: unknown): Promise<Document> {
  if (!lag.isOn || !['Query', 'PutItem', 'UpdateItem'].includes(operation))
    return await perform(store, operation, input);
  const { TableName, IndexName: index, Item, Key } = (input ?? {}) as Document;
  const table = String(TableName);
  const keys = await keyNamesOf(store, table);
  if (operation === 'Query') {
    const answer = await perform(store, operation, input);
    return index === undefined ? answer : lag.shown(table, String(index), keys, answer);
  }
  const whole = (Key ?? Item ?? {}) as Document;
  const key = Object.fromEntries(keys.map((name) => [name, whole[name]]));
  const before = await perform(store, 'GetItem', { TableName: table, Key: key, ConsistentRead: true });
  const answer = await perform(store, operation, input);
  if (before['Item'] === undefined) lag.written(table, key);
  return answer;
}

async function keyNamesOf(store: DynaliteStore, table: string): Promise<string[]> {
  const record = await describe(store, table);
  return ((record?.KeySchema ?? []) as { AttributeName: string }[]).map(({ AttributeName }) => AttributeName);
}

function operationOf(request: IncomingMessage): string {
  const target = String(request.headers['x-amz-target'] ?? '');
  const operation = target.replace(/^DynamoDB_20120810\./, '');
  if (!OPERATIONS.has(operation)) {
    throw refusal('UnknownOperationException', `The local cloud's DynamoDB has no operation "${target}".`);
  }
  return operation;
}

function parseRequest(bytes: Buffer): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw refusal('SerializationException', 'The request is not a JSON document.');
  }
  // dynalite would take no notice of this one, and the caller would wait for an item that never comes.
  const wanted = (parsed as Document | null)?.ReturnValuesOnConditionCheckFailure;
  if (wanted !== undefined && wanted !== 'NONE') {
    throw refusal(
      'ValidationException',
      `ReturnValuesOnConditionCheckFailure ${JSON.stringify(wanted)} is not supported by the local cloud's DynamoDB; read the item after the failure instead.`,
    );
  }
  return parsed;
}

async function createTable(store: DynaliteStore, definition: TableDefinition): Promise<void> {
  const existing = await describe(store, definition.TableName);
  if (existing) {
    if (!isDeepStrictEqual(shapeOf(existing), shapeOf({ ...definition }))) {
      throw new Error(
        `The table ${definition.TableName} of this data folder has other keys or indexes than the template gives it, and the local cloud cannot change those. Start with another data folder.`,
      );
    }
    return;
  }
  await perform(store, 'CreateTable', { ...definition, BillingMode: 'PAY_PER_REQUEST' });
  while ((await describe(store, definition.TableName))?.TableStatus !== 'ACTIVE') {
    await setImmediate();
  }
}

async function describe(store: DynaliteStore, name: string): Promise<Document | undefined> {
  try {
    return (await perform(store, 'DescribeTable', { TableName: name })).Table as Document;
  } catch (error) {
    if (String((error as DynaliteError).body?.__type).endsWith('ResourceNotFoundException')) {
      return undefined;
    }
    throw error;
  }
}

/** Keys and indexes only, in one order, so that a definition and a description of the same table are equal. */
function shapeOf(table: Document): unknown {
  const indexes = (['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'] as const).map((kind) =>
    ((table[kind] ?? []) as IndexDefinition[])
      .map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }))
      .sort((a, b) => a.IndexName.localeCompare(b.IndexName)),
  );
  const attributes = [...(table.AttributeDefinitions as TableDefinition['AttributeDefinitions'])].sort((a, b) =>
    a.AttributeName.localeCompare(b.AttributeName),
  );
  return JSON.parse(JSON.stringify({ keys: table.KeySchema, attributes, indexes }));
}

function refusal(type: string, message: string): DynaliteError {
  return Object.assign(new Error(message), { statusCode: 400, body: failure(type, message) });
}

function failure(type: string, message: string): Document {
  return { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message };
}
