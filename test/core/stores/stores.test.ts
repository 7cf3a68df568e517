import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { initialState } from '../../../core/job/initial-state.ts';
import type { StoredRequest } from '../../../core/job/records.ts';
import { change } from '../../../core/job/transition.ts';
import { createDynamoJobStore } from '../../../core/stores/dynamodb-job-store.ts';
import { createDynamoProgressStore } from '../../../core/stores/dynamodb-progress-store.ts';
import type { JobStore } from '../../../core/stores/job-store.ts';
import type { ProgressStore } from '../../../core/stores/progress-store.ts';
import { createDynamoDbService, type DynamoDbService } from '../../../local/dynamodb/dynamodb-service.ts';
import { MemoryJobStore } from '../../support/memory-job-store.ts';
import { MemoryProgressStore } from '../../support/memory-progress-store.ts';

// What the engine is tested on in memory must be what the tables do.

let server: Server;
let dynamo: DynamoDbService;
let folder: string;
let client: DynamoDBClient;
let jobNumber = 0;

const newJobId = (): string =>
  `${(jobNumber++ % 16).toString(16)}0000000-0000-4000-8000-${String(jobNumber).padStart(12, '0')}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drover-stores-'));
  dynamo = await createDynamoDbService({
    dataFolder: folder,
    identity: { account: '000000000000', region: 'us-east-1' },
  });
  server = createServer((request, response) => void dynamo.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  await client.send(
    new CreateTableCommand({
      TableName: 'Jobs',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'listPk', 'listSk'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'ListJobs',
          KeySchema: [
            { AttributeName: 'listPk', KeyType: 'HASH' },
            { AttributeName: 'listSk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  );
  await client.send(
    new CreateTableCommand({
      TableName: 'Progress',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'jobId', AttributeType: 'S' },
        { AttributeName: 'block', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'jobId', KeyType: 'HASH' },
        { AttributeName: 'block', KeyType: 'RANGE' },
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

const stored = (jobId: string, hash = 'h', createdAt = '2026-01-01T00:00:00.000Z'): StoredRequest => ({
  jobId,
  hash,
  createdAt,
  request: {
    Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: '' }] } },
    Report: { Enabled: false },
    ClientRequestToken: 't',
    Priority: 7,
    RoleArn: 'arn:aws:iam::000000000000:role/drover/r',
  },
});

describe.each([
  ['in memory', (): JobStore => new MemoryJobStore()],
  ['in DynamoDB', (): JobStore => createDynamoJobStore({ client, table: 'Jobs' })],
])('jobs %s', (_, open) => {
  test('a job is created once, whoever else tries', async () => {
    const jobs = open();
    const id = newJobId();
    const first = await jobs.createJob(stored(id), initialState(stored(id)), [{ Key: 'k', Value: 'v' }]);
    expect(first.hash).toBe('h');
    const later = { ...stored(id, 'other') };
    expect((await jobs.createJob(later, initialState(later), [])).hash).toBe('h');
    expect(await jobs.getJob(id)).toEqual({
      stored: stored(id),
      state: initialState(stored(id)),
      totals: { succeeded: 0, failed: 0, shardsDone: 0, summedAt: 0 },
      tags: [{ Key: 'k', Value: 'v' }],
    });
    expect(await jobs.openJobIds()).toContain(id);
    expect(await jobs.getJob('f0000000-none')).toBeUndefined();
  });

  test('a repeated creation does not set a moved job back', async () => {
    const jobs = open();
    const id = newJobId();
    await jobs.createJob(stored(id), initialState(stored(id)), []);
    const moved = change(initialState(stored(id)), { priority: 9 });
    expect(await jobs.updateState(moved)).toBe(true);
    await jobs.createJob(stored(id), initialState(stored(id)), []);
    expect(await jobs.getState(id)).toEqual(moved);
  });

  test('of two writers from the same version one succeeds', async () => {
    const jobs = open();
    const id = newJobId();
    const state = initialState(stored(id));
    await jobs.createJob(stored(id), state, []);
    const writes = [1, 2, 3].map((priority) => jobs.updateState(change(state, { priority })));
    expect((await Promise.all(writes)).filter(Boolean)).toHaveLength(1);
  });

  test('a write that took and was repeated took; one of the same version that says something else did not', async () => {
    const jobs = open();
    const id = newJobId();
    const state = initialState(stored(id));
    await jobs.createJob(stored(id), state, []);
    const next = change(state, { priority: 2, trouble: { FailureCode: 'C', FailureReason: 'r', since: 's' } });
    expect(await jobs.updateState(next)).toBe(true);
    expect(await jobs.updateState(next)).toBe(true);
    expect(await jobs.updateState(change(state, { priority: 3 }))).toBe(false);
    expect(await jobs.updateState(change(next, { trouble: undefined }))).toBe(true);
    expect(await jobs.updateState(next)).toBe(false);
    const { version } = await jobs.getSchedule();
    const decision = { version: version + 1, shares: { [id]: { workers: 4, since: 1 } } };
    expect(await jobs.putSchedule(decision)).toBe(true);
    expect(await jobs.putSchedule(decision)).toBe(true);
    expect(await jobs.putSchedule({ version: version + 1, shares: {} })).toBe(false);
    expect((await jobs.getSchedule()).shares).toEqual(decision.shares);
  });

  test('totals only grow', async () => {
    const jobs = open();
    const id = newJobId();
    await jobs.raiseTotals(id, { succeeded: 5, failed: 1, shardsDone: 1, summedAt: 10 });
    await jobs.raiseTotals(id, { succeeded: 4, failed: 1, shardsDone: 1, summedAt: 20 });
    expect(await jobs.getTotals(id)).toEqual({ succeeded: 5, failed: 1, shardsDone: 1, summedAt: 10 });
    await jobs.raiseTotals(id, { succeeded: 5, failed: 1, shardsDone: 2, summedAt: 30 });
    expect((await jobs.getTotals(id)).shardsDone).toBe(2);
  });

  test('the right to sum is given once in a while', async () => {
    const jobs = open();
    const id = newJobId();
    const claims = await Promise.all([1, 2, 3].map(() => jobs.claimSum(id, 1_000, 100)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await jobs.claimSum(id, 1_099, 100)).toBe(false);
    expect(await jobs.claimSum(id, 1_100, 100)).toBe(true);
    expect(await jobs.getTotals(id)).toMatchObject({ succeeded: 0, summedAt: 0 });
  });

  test('lines of a log are kept in order, once for each id, and changes of status are news of all jobs', async () => {
    const jobs = open();
    const id = newJobId();
    await jobs.createJob(stored(id), initialState(stored(id)), []);
    const at = (seconds: number): string =>
      new Date(Date.parse('1999-06-01T00:00:00Z') + seconds * 1_000).toISOString();
    const line = (number: number, seconds: number, status?: 'Ready' | 'Active') => {
      const kind = status === undefined ? ('Wave' as const) : ('Status' as const);
      return {
        id: `s${number}`,
        at: at(seconds),
        kind,
        text: `${number}`,
        ...(status === undefined ? {} : { status }),
      };
    };
    await jobs.putEvents(id, [line(2, 5, 'Active'), line(1, 5, 'Ready')]);
    await jobs.putEvents(id, [line(3, 1), line(2, 5, 'Active')]);
    expect((await jobs.getEvents(id)).map(({ text }) => text)).toEqual(['3', '1', '2']);
    const first = await jobs.getNews(1, '1999');
    expect(first.news).toEqual([{ jobId: id, event: line(1, 5, 'Ready') }]);
    const second = await jobs.getNews(5, first.next);
    expect(second.news).toEqual([{ jobId: id, event: line(2, 5, 'Active') }]);
    expect(await jobs.getNews(5, second.next)).toEqual({ news: [], next: second.next });
    expect((await jobs.getNews(1)).news).toEqual(second.news);
    await jobs.deleteNews(at(6), 10);
    expect((await jobs.getNews(5)).news).toEqual([]);
    await jobs.deleteJob({ jobId: id, endedAt: at(9) });
    expect(await jobs.getEvents(id)).toEqual([]);
  });

  test('a closed job is off the open ones, is found by its end, and goes whole', async () => {
    const jobs = open();
    const id = newJobId();
    await jobs.createJob(stored(id), initialState(stored(id)), []);
    await jobs.closeJob(id, '1999-01-01T00:00:00.000Z');
    await jobs.closeJob(id, '1999-01-01T00:00:00.000Z');
    expect(await jobs.openJobIds()).not.toContain(id);
    expect(await jobs.closedJobs('1999-01-01T00:00:00.000Z', 10)).toEqual([]);
    const [closed] = await jobs.closedJobs('1999-01-02T00:00:00.000Z', 10);
    expect(closed).toEqual({ jobId: id, endedAt: '1999-01-01T00:00:00.000Z' });
    await jobs.deleteJob(closed!);
    expect(await jobs.getJob(id)).toBeUndefined();
    expect(await jobs.closedJobs('1999-01-02T00:00:00.000Z', 10)).toEqual([]);
  });

  test('the schedule is one decision after the other', async () => {
    const jobs = open();
    const { version } = await jobs.getSchedule();
    const writes = [4, 5].map((workers) =>
      jobs.putSchedule({ version: version + 1, shares: { j: { workers, since: 1 } } }),
    );
    expect((await Promise.all(writes)).filter(Boolean)).toHaveLength(1);
    expect((await jobs.getSchedule()).version).toBe(version + 1);
    await jobs.putCapacity(12);
    expect(await jobs.getCapacity()).toBe(12);
  });
});

test('jobs are listed newest first, page after page', async () => {
  const jobs = createDynamoJobStore({ client, table: 'Jobs' });
  const ids = Array.from({ length: 5 }, newJobId);
  for (const [day, id] of ids.entries()) {
    const request = stored(id, 'h', `2027-01-0${day + 1}T00:00:00.000Z`);
    await jobs.createJob(request, initialState(request), []);
  }
  const first = await jobs.listJobIds(2);
  const second = await jobs.listJobIds(3, first.next);
  expect([...first.jobIds, ...second.jobIds]).toEqual([...ids].reverse());
  expect((await jobs.getStates(['none', ids[0]!])).map(({ jobId }) => jobId)).toEqual([ids[0]]);
});

describe.each([
  ['in memory', (): ProgressStore => new MemoryProgressStore()],
  ['in DynamoDB', (): ProgressStore => createDynamoProgressStore({ client, table: 'Progress' })],
])('blocks %s', (_, open) => {
  const counts = { succeeded: 3, failed: 2 };

  test('a shard is taken, moved on, released and finished; everything is counted once', async () => {
    const progress = open();
    const id = newJobId();
    await progress.createBlock(id, 1);
    const begun = { at: 0, by: 'i1' };
    expect(await progress.setPosition(id, 300, undefined, begun)).toBe(true);
    expect(await progress.setPosition(id, 300, undefined, { at: 0, by: 'i2' })).toBe(false);
    const first = { shard: 300, from: 0, to: 5, done: false, ...counts, worker: { by: 'i1', lease: 9 } };
    expect(await progress.advance(id, first)).toBe('advanced');
    expect(await progress.advance(id, first)).toBe('behind');
    expect(await progress.advance(id, { ...first, from: 9, to: 12 })).toBe('conflict');
    expect((await progress.getBlock(id, 1))?.parts.get(300)).toEqual({ at: 5, by: 'i1', lease: 9 });
    expect(await progress.setPosition(id, 300, { at: 5, by: 'i2' }, { at: 5 })).toBe(false);
    expect(await progress.setPosition(id, 300, { at: 5, by: 'i1' }, { at: 5 })).toBe(true);
    expect(await progress.setPosition(id, 300, { at: 5 }, { at: 5, by: 'i3', deaths: 1, diedAt: 5 })).toBe(true);
    const last = { shard: 300, from: 5, to: 10, done: true, ...counts };
    expect(await progress.advance(id, last)).toBe('advanced');
    expect(await progress.advance(id, last)).toBe('behind');
    expect(await progress.setPosition(id, 300, undefined, begun)).toBe(false);
    expect(await progress.listBlocks(id)).toEqual([
      { jobId: id, number: 1, done: new Set([300]), parts: new Map(), succeeded: 6, failed: 4, sealed: false },
    ]);
  });

  test('failures are counted by their code, with the first of each; throttles are added up', async () => {
    const progress = open();
    const id = newJobId();
    await progress.createBlock(id, 0);
    await progress.setPosition(id, 3, undefined, { at: 0, by: 'i1' });
    const failure = (errorCode: string, tasks: number, ...objects: string[]) => {
      return { errorCode, tasks, message: 'm', objects };
    };
    const part = { shard: 3, done: false, ...counts, worker: { by: 'i1', lease: 9 } };
    const failures = [failure('NoSuchKey', 2, 'b/1'), failure('4.x: "odd" #code', 1, 'b/2')];
    expect(
      await progress.advance(id, { ...part, from: 0, to: 5, failures, throttled: { attempts: 7, bucket: 'a' } }),
    ).toBe('advanced');
    await progress.advance(id, { ...part, from: 5, to: 9, throttled: { attempts: 1, bucket: 'b' } });
    const last = { shard: 3, from: 9, to: 12, done: true, ...counts, failures: [failure('NoSuchKey', 5, 'b/9')] };
    expect(await progress.advance(id, last)).toBe('advanced');
    const block = await progress.getBlock(id, 0);
    expect(block?.throttled).toEqual({ attempts: 8, bucket: 'b' });
    expect(new Set(block?.failures)).toEqual(
      new Set([failure('NoSuchKey', 7, 'b/1'), failure('4.x: "odd" #code', 1, 'b/2')]),
    );
  });

  test('a position that was put and is put again by the same request was put', async () => {
    const progress = open();
    const id = newJobId();
    await progress.createBlock(id, 0);
    const first = { at: 0, by: '2.i1', lease: 5 };
    expect(await progress.setPosition(id, 3, undefined, first)).toBe(true);
    expect(await progress.setPosition(id, 3, undefined, first)).toBe(true);
    const renewed = { ...first, lease: 9 };
    expect(await progress.setPosition(id, 3, first, renewed)).toBe(true);
    expect(await progress.setPosition(id, 3, first, renewed)).toBe(true);
    expect(await progress.setPosition(id, 3, first, { at: 0, deaths: 1, diedAt: 0 })).toBe(true);
    expect(await progress.setPosition(id, 3, first, { at: 0, deaths: 1, diedAt: 0 })).toBe(true);
    expect(await progress.setPosition(id, 3, first, renewed)).toBe(false);
    expect((await progress.getBlock(id, 0))?.parts.get(3)).toEqual({ at: 0, deaths: 1, diedAt: 0 });
    await progress.seal(id, 0);
    expect(await progress.setPosition(id, 3, first, { at: 0, deaths: 1, diedAt: 0 })).toBe(false);
  });

  test('a part that was counted, sealed, and is counted again by the same request was counted', async () => {
    const progress = open();
    const id = newJobId();
    await progress.createBlock(id, 0);
    await progress.setPosition(id, 3, undefined, { at: 0, by: 'i1' });
    const part = { shard: 3, from: 0, to: 5, done: false, ...counts };
    expect(await progress.advance(id, part)).toBe('advanced');
    await progress.seal(id, 0);
    expect(await progress.advance(id, part)).toBe('behind');
    expect(await progress.advance(id, { ...part, from: 5, to: 8 })).toBe('sealed');
    expect((await progress.getBlock(id, 0))?.succeeded).toBe(counts.succeeded);
  });

  test('a part counted without a name takes the name off', async () => {
    const progress = open();
    const id = newJobId();
    await progress.createBlock(id, 0);
    await progress.setPosition(id, 3, undefined, { at: 0, by: 'i1', deaths: 2, diedAt: 0 });
    expect(await progress.advance(id, { shard: 3, from: 0, to: 5, done: false, ...counts })).toBe('advanced');
    expect((await progress.getBlock(id, 0))?.parts.get(3)).toEqual({ at: 5, deaths: 2, diedAt: 0 });
  });

  test('nothing is begun or counted in a sealed block', async () => {
    const progress = open();
    const id = newJobId();
    await progress.createBlock(id, 0);
    await progress.setPosition(id, 3, undefined, { at: 0, by: 'i1' });
    await progress.seal(id, 0);
    expect(await progress.advance(id, { shard: 3, from: 0, to: 5, done: false, ...counts })).toBe('sealed');
    expect(await progress.setPosition(id, 4, undefined, { at: 0, by: 'i1' })).toBe(false);
    expect((await progress.getBlock(id, 0))?.sealed).toBe(true);
  });

  test('a block is created once, and goes with its job', async () => {
    const progress = open();
    const id = newJobId();
    await progress.createBlock(id, 0);
    await progress.setPosition(id, 3, undefined, { at: 2 });
    await progress.createBlock(id, 0);
    expect((await progress.getBlock(id, 0))?.parts.get(3)).toEqual({ at: 2 });
    await progress.deleteBlocks(id);
    expect(await progress.listBlocks(id)).toEqual([]);
    expect(await progress.advance(id, { shard: 3, from: 2, to: 5, done: false, ...counts })).toBe('sealed');
  });
});
