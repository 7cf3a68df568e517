import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  type Document,
  type DynaliteStore,
  openStore,
  perform,
  type TableRecord,
} from '../../../local/dynamodb/dynalite.ts';
import { repairTables } from '../../../local/dynamodb/repair-tables.ts';

let folder: string;
let store: DynaliteStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repair-'));
  store = await openStore(folder, '000000000000', 'us-east-1');
  await perform(store, 'CreateTable', {
    TableName: 'Things',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['id', 'kind'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'ByKind',
        KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  });
  await repairTables(store);
  for (const id of ['a', 'b', 'c']) {
    await perform(store, 'PutItem', { TableName: 'Things', Item: { id: { S: id }, kind: { S: 'one' } } });
  }
});

afterEach(async () => {
  await store.db.close();
  await rm(folder, { recursive: true });
});

async function entries(prefix: string): Promise<[string, Document][]> {
  const found: [string, Document][] = [];
  for await (const entry of store.db.iterator({ gte: prefix, lt: `${prefix}\u{10ffff}` })) {
    found.push(entry);
  }
  return found;
}

async function idsOfKind(kind: string): Promise<unknown[]> {
  const answer = await perform(store, 'Query', {
    TableName: 'Things',
    IndexName: 'ByKind',
    KeyConditionExpression: 'kind = :kind',
    ExpressionAttributeValues: { ':kind': { S: kind } },
  });
  return (answer.Items as { id: { S: string } }[]).map((item) => item.id.S).sort();
}

test('an index that a crash left behind its table is brought to what the table says', async () => {
  const [first] = await entries('index-global~Things~ByKind~');
  const [, changed] = await entries('item-Things~');
  await store.db.batch([
    { type: 'del', key: first![0] },
    { type: 'put', key: changed![0], value: { ...changed![1], kind: { S: 'two' } } },
  ]);
  const id = (changed![1] as { id: { S: string } }).id.S;

  await repairTables(store);

  expect(await idsOfKind('two')).toEqual([id]);
  expect(await idsOfKind('one')).toEqual(['a', 'b', 'c'].filter((other) => other !== id));
});

test('a table that was being made is active, one that was being deleted is gone with its items', async () => {
  const [[key, record]] = (await entries('table~')) as [[string, TableRecord]];
  const making = structuredClone(record);
  making.TableStatus = 'CREATING';
  making.GlobalSecondaryIndexes![0]!.IndexStatus = 'CREATING';
  await store.db.batch([{ type: 'put', key, value: making }]);

  await repairTables(store);
  expect((await entries('table~'))[0]![1]).toMatchObject({
    TableStatus: 'ACTIVE',
    GlobalSecondaryIndexes: [{ IndexStatus: 'ACTIVE' }],
  });

  await store.db.batch([{ type: 'put', key, value: { ...record, TableStatus: 'DELETING' } }]);
  await repairTables(store);
  expect(await entries('')).toEqual([]);
});
