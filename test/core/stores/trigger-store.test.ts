import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDynamoTriggerStore } from '../../../core/stores/dynamodb-trigger-store.ts';
import type { TriggerStore } from '../../../core/stores/trigger-store.ts';
import type { Firing, Trigger } from '../../../core/triggers/records.ts';
import { createDynamoDbService, type DynamoDbService } from '../../../local/dynamodb/dynamodb-service.ts';
import { MemoryTriggerStore } from '../../support/memory-trigger-store.ts';

// What triggers are tested on in memory must be what the table does.

let server: Server;
let dynamo: DynamoDbService;
let folder: string;
let client: DynamoDBClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drover-triggers-'));
  const identity = { account: '000000000000', region: 'us-east-1' };
  dynamo = await createDynamoDbService({ dataFolder: folder, identity });
  server = createServer((request, response) => void dynamo.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  await client.send(
    new CreateTableCommand({
      TableName: 'Jobs',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'listPk', 'listSk'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      KeySchema: keys('pk', 'sk'),
      GlobalSecondaryIndexes: [
        { IndexName: 'ListJobs', KeySchema: keys('listPk', 'listSk'), Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
    }),
  );
});

afterAll(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await dynamo.stop();
  await rm(folder, { recursive: true });
});

const trigger = (name: string): Trigger => ({
  name,
  version: 1,
  definedBy: 'api',
  createdAt: '2026-01-01T00:00:00.000Z',
  changedAt: '2026-01-01T00:00:00.000Z',
  since: '2026-01-01T00:00:00.000Z',
  enabled: true,
  definition: { Kind: 'Schedule', Schedule: 'rate(1 hour)', Job: { RoleArn: 'r' } },
});

const firing = (name: string, id: string, at = '2026-01-01T00:00:00.000Z'): Firing => ({
  trigger: name,
  id,
  version: 1,
  status: 'Pending',
  cause: 'Event',
  subject: { is: 'object', bucket: 'b', key: 'k', etag: 'e' },
  at,
});

describe.each([
  ['in memory', 'm', (): TriggerStore => new MemoryTriggerStore()],
  ['in DynamoDB', 'd', (): TriggerStore => createDynamoTriggerStore({ client, table: 'Jobs' })],
])('triggers %s', (_, prefix, open) => {
  let store: TriggerStore;
  beforeAll(() => {
    store = open();
  });
  const ids = (firings: readonly Firing[]) => firings.map(({ id }) => id);

  test('are written once for each version, in the order of their names', async () => {
    const [one, two] = [trigger(`${prefix}1`), trigger(`${prefix}2`)];
    expect(await store.put(two)).toBe(true);
    expect(await store.put(one)).toBe(true);
    expect(await store.put(one)).toBe(true);
    expect(await store.put({ ...one, enabled: false })).toBe(false);
    expect(await store.put({ ...one, enabled: false, version: 2 })).toBe(true);
    expect(await store.put({ ...one, version: 2 })).toBe(false);
    expect(await store.get(one.name)).toMatchObject({ enabled: false });
    const names = (await store.list()).map(({ name }) => name).filter((name) => name.startsWith(prefix));
    expect(names).toEqual([one.name, two.name]);
  });

  test('have one firing of an id, and it stays the first', async () => {
    const name = `${prefix}-firing`;
    const first = firing(name, 'x');
    expect(await store.beginFiring(first)).toEqual(first);
    expect(await store.beginFiring(firing(name, 'x', '2026-01-02T00:00:00.000Z'))).toEqual(first);
    expect(ids(await store.openFirings(name, 10))).toEqual(['x']);
    expect(await store.updateFiring({ ...first, status: 'Queued', version: 2 })).toBe(true);
    expect(await store.updateFiring({ ...first, status: 'Failed', version: 2 })).toBe(false);
    expect(ids(await store.openFirings(name, 10))).toEqual(['x']);
    const settled: Firing = { ...first, status: 'Created', jobId: 'j', version: 3 };
    expect(await store.updateFiring(settled)).toBe(true);
    expect(await store.openFirings(name, 10)).toEqual([]);
    expect(await store.beginFiring(firing(name, 'x', '2026-01-03T00:00:00.000Z'))).toEqual(settled);
    expect(await store.openFirings(name, 10)).toEqual([]);
    expect(await store.getFiring(name, 'x')).toEqual(settled);
  });

  test('list firings by time, the newest or the oldest first, and forget them', async () => {
    const name = `${prefix}-many`;
    const days = ['01', '02', '03', '04'];
    for (const day of days) await store.beginFiring(firing(name, day, `2026-02-${day}T00:00:00.000Z`));
    expect(ids(await store.recentFirings(name, 3))).toEqual(['04', '03', '02']);
    expect(ids(await store.firingsBefore(name, '2026-02-03T00:00:00.000Z', 10))).toEqual(['01', '02']);
    expect(ids(await store.openFirings(name, 2))).toEqual(['01', '02']);
    for (const each of await store.firingsBefore(name, '2026-02-03T00:00:00.000Z', 10)) await store.deleteFiring(each);
    expect(ids(await store.anyFirings(name, 10))).toEqual(['03', '04']);
    expect(ids(await store.openFirings(name, 10))).toEqual(['03', '04']);
    expect(await store.recentFirings(`${prefix}-man`, 10)).toEqual([]);
  });

  test('have one lane, a problem, and how far was listed, all of which go with them', async () => {
    const each = trigger(`${prefix}-lane`);
    await store.put(each);
    const lane = { version: 1, firingId: 'f', jobId: 'j' };
    expect(await store.getLane(each.name)).toBeUndefined();
    expect(await store.putLane(each.name, lane)).toBe(true);
    expect(await store.putLane(each.name, { ...lane, firingId: 'g' })).toBe(false);
    expect(await store.putLane(each.name, { ...lane, version: 2, firingId: 'g' })).toBe(true);
    await store.putProblem(each.name, { since: 's', reason: 'r' });
    await store.putEvents(each.name, { sent: 'Off', at: 'a' });
    expect(await store.getEvents(each.name)).toEqual({ sent: 'Off', at: 'a' });
    await store.putListed(each.name, '2026-01-01T00:00:00.000Z');
    expect(await store.getProblem(each.name)).toEqual({ since: 's', reason: 'r' });
    await store.putProblem(each.name, undefined);
    expect(await store.getProblem(each.name)).toBeUndefined();
    expect(await store.getListed(each.name)).toBe('2026-01-01T00:00:00.000Z');
    await store.remove(each);
    expect(await store.get(each.name)).toBeUndefined();
    expect(await store.getLane(each.name)).toBeUndefined();
    expect(await store.getListed(each.name)).toBeUndefined();
  });
});
