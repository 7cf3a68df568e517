import { isDeepStrictEqual } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { JobEvent } from '../job/job-event.ts';
import type { Job, JobState, JobTotals, Schedule, StoredRequest } from '../job/records.ts';
import type { JobTag } from '../job/request.ts';
import { took } from './conditional-write.ts';
import { documentClient, queryPartition } from './document-client.ts';
import type { ClosedJob, JobStore, NewsPage } from './job-store.ts';
import { PARTITIONS, partitionOf } from './partition.ts';

const NO_TOTALS: JobTotals = { succeeded: 0, failed: 0, shardsDone: 0, summedAt: 0 };

/** The one partition of the index that ListJobs reads. */
const LIST_INDEX = 'ListJobs';
const LIST_PARTITION = 'JOB';

/** BatchGetItem's limit (DynamoDB API reference). */
const BATCH = 100;

export interface DynamoJobStoreOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/** The Jobs table. A job is several small items: DynamoDB charges and throttles by item size and by partition. */
export function createDynamoJobStore({ client, table }: DynamoJobStoreOptions): JobStore {
  return new DynamoJobStore(documentClient(client), table);
}

const jobKey = (jobId: string, sk: string): { pk: string; sk: string } => ({ pk: `JOB#${jobId}`, sk });
const openKey = (jobId: string): { pk: string; sk: string } => ({ pk: `OPEN#${partitionOf(jobId)}`, sk: jobId });
const eventsPartition = (jobId: string): string => `EVENTS#${jobId}`;
/** The one partition of all news: a few a job, and read by few. */
const NEWS = 'NEWS';

const closedKey = ({ jobId, endedAt }: ClosedJob): { pk: string; sk: string } => ({
  pk: `CLOSED#${partitionOf(jobId)}`,
  sk: `${endedAt}#${jobId}`,
});

class DynamoJobStore implements JobStore {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
  ) {}

  async createJob(request: StoredRequest, state: JobState, tags: readonly JobTag[]): Promise<StoredRequest> {
    await this.put({ ...openKey(request.jobId) });
    if (!(await this.putIfAbsent({ ...jobKey(request.jobId, 'request'), stored: request }))) {
      const existing = await this.getRequest(request.jobId);
      if (existing === undefined) throw new Error(`request of job ${request.jobId} is there and cannot be read`);
      if (existing.hash !== request.hash) return existing;
    }
    await this.putIfAbsent({ ...jobKey(request.jobId, 'tags'), tags });
    await this.putIfAbsent({ ...jobKey(request.jobId, 'state'), ...listKeys(state), state, version: state.version });
    return (await this.getRequest(request.jobId)) ?? request;
  }

  async getJob(jobId: string): Promise<Job | undefined> {
    const items = await queryPartition(this.client, this.table, `JOB#${jobId}`);
    const item = (sk: string): Record<string, unknown> | undefined => items.find((candidate) => candidate['sk'] === sk);
    const stored = item('request')?.['stored'] as StoredRequest | undefined;
    const state = item('state')?.['state'] as JobState | undefined;
    if (stored === undefined || state === undefined) return undefined;
    return { stored, state, totals: toTotals(item('totals')), tags: (item('tags')?.['tags'] ?? []) as JobTag[] };
  }

  async getRequest(jobId: string): Promise<StoredRequest | undefined> {
    return (await this.get(jobKey(jobId, 'request')))?.['stored'] as StoredRequest | undefined;
  }

  async getState(jobId: string): Promise<JobState | undefined> {
    return (await this.get(jobKey(jobId, 'state')))?.['state'] as JobState | undefined;
  }

  async getTotals(jobId: string): Promise<JobTotals> {
    return toTotals(await this.get(jobKey(jobId, 'totals')));
  }

  async updateState(next: JobState): Promise<boolean> {
    const wrote = await took(
      this.client.send(
        new PutCommand({
          TableName: this.table,
          Item: { ...jobKey(next.jobId, 'state'), ...listKeys(next), state: next, version: next.version },
          ConditionExpression: 'version = :before',
          ExpressionAttributeValues: { ':before': next.version - 1 },
        }),
      ),
    );
    // A request that took and was repeated fails its own condition.
    return wrote || isDeepStrictEqual(await this.getState(next.jobId), next);
  }

  async raiseTotals(jobId: string, totals: JobTotals): Promise<void> {
    await took(
      this.client.send(
        new UpdateCommand({
          TableName: this.table,
          Key: jobKey(jobId, 'totals'),
          UpdateExpression:
            'SET succeeded = :s, failed = :f, shardsDone = :d, summedAt = :at, executed = :sum, notes = :notes',
          ConditionExpression: 'attribute_not_exists(executed) OR executed <= :sum',
          ExpressionAttributeValues: {
            ':s': totals.succeeded,
            ':f': totals.failed,
            ':d': totals.shardsDone,
            ':at': totals.summedAt,
            ':sum': totals.succeeded + totals.failed,
            ':notes': { failures: totals.failures, throttled: totals.throttled },
          },
        }),
      ),
    );
  }

  async claimSum(jobId: string, now: number, minimumAge: number): Promise<boolean> {
    return await took(
      this.client.send(
        new UpdateCommand({
          TableName: this.table,
          Key: jobKey(jobId, 'totals'),
          UpdateExpression: 'SET claimedAt = :now',
          ConditionExpression: 'attribute_not_exists(claimedAt) OR claimedAt <= :old',
          ExpressionAttributeValues: { ':now': now, ':old': now - minimumAge },
        }),
      ),
    );
  }

  async putTags(jobId: string, tags: readonly JobTag[]): Promise<void> {
    await this.put({ ...jobKey(jobId, 'tags'), tags });
  }

  async listJobIds(limit: number, after?: string): Promise<{ jobIds: string[]; next?: string }> {
    const page = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        IndexName: LIST_INDEX,
        KeyConditionExpression: after === undefined ? 'listPk = :partition' : 'listPk = :partition AND listSk < :after',
        ExpressionAttributeValues: {
          ':partition': LIST_PARTITION,
          ...(after === undefined ? {} : { ':after': after }),
        },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    const keys = (page.Items ?? []).map((item) => String(item['listSk']));
    const last = keys.at(-1);
    return {
      jobIds: keys.map((key) => key.slice(key.indexOf('#') + 1)),
      ...(page.LastEvaluatedKey !== undefined && last !== undefined ? { next: last } : {}),
    };
  }

  async getStates(jobIds: readonly string[]): Promise<readonly JobState[]> {
    const found = new Map<string, JobState>();
    for (let first = 0; first < jobIds.length; first += BATCH) {
      const keys = jobIds.slice(first, first + BATCH).map((jobId) => jobKey(jobId, 'state'));
      for (const item of await this.batchGet(keys)) {
        const state = item['state'] as JobState;
        found.set(state.jobId, state);
      }
    }
    return jobIds.flatMap((jobId) => found.get(jobId) ?? []);
  }

  async openJobIds(): Promise<readonly string[]> {
    const partitions = await Promise.all(
      PARTITIONS.map((partition) => queryPartition(this.client, this.table, `OPEN#${partition}`)),
    );
    return partitions.flat().map((item) => String(item['sk']));
  }

  async closeJob(jobId: string, endedAt: string): Promise<void> {
    await this.put(closedKey({ jobId, endedAt }));
    await this.delete(openKey(jobId));
  }

  async closedJobs(before: string, limit: number): Promise<readonly ClosedJob[]> {
    const partitions = await Promise.all(
      PARTITIONS.map((partition) =>
        this.client.send(
          new QueryCommand({
            TableName: this.table,
            KeyConditionExpression: 'pk = :pk AND sk < :before',
            ExpressionAttributeValues: { ':pk': `CLOSED#${partition}`, ':before': before },
            ConsistentRead: true,
            Limit: limit,
          }),
        ),
      ),
    );
    return partitions
      .flatMap((page) => page.Items ?? [])
      .map((item) => String(item['sk']))
      .sort()
      .slice(0, limit)
      .map((sk) => ({ endedAt: sk.slice(0, sk.indexOf('#')), jobId: sk.slice(sk.indexOf('#') + 1) }));
  }

  async deleteJob(job: ClosedJob): Promise<void> {
    for (const { id } of await this.getEvents(job.jobId)) await this.delete({ pk: eventsPartition(job.jobId), sk: id });
    for (const sk of ['tags', 'totals', 'state', 'request']) await this.delete(jobKey(job.jobId, sk));
    await this.delete(closedKey(job));
  }

  async putEvents(jobId: string, events: readonly JobEvent[]): Promise<void> {
    for (const event of events) {
      await this.put({ pk: eventsPartition(jobId), sk: event.id, event });
      if (event.kind === 'Status') await this.put({ pk: NEWS, sk: `${event.at}#${jobId}#${event.id}`, jobId, event });
    }
  }

  async getEvents(jobId: string): Promise<readonly JobEvent[]> {
    const items = await queryPartition(this.client, this.table, eventsPartition(jobId));
    return items.map((item) => item['event'] as JobEvent).sort(inOrder);
  }

  async getNews(limit: number, after?: string): Promise<NewsPage> {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        KeyConditionExpression: after === undefined ? 'pk = :news' : 'pk = :news AND sk > :after',
        ExpressionAttributeValues: { ':news': NEWS, ...(after === undefined ? {} : { ':after': after }) },
        Limit: limit,
        ScanIndexForward: after !== undefined,
      }),
    );
    const items = after === undefined ? [...Items].reverse() : Items;
    const news = items.map(({ jobId, event }) => ({ jobId: String(jobId), event: event as JobEvent }));
    return { news, next: String(items.at(-1)?.['sk'] ?? after ?? '0') };
  }

  async deleteNews(before: string, limit: number): Promise<void> {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        KeyConditionExpression: 'pk = :news AND sk < :before',
        ExpressionAttributeValues: { ':news': NEWS, ':before': before },
        Limit: limit,
      }),
    );
    for (const { pk, sk } of Items) await this.delete({ pk: String(pk), sk: String(sk) });
  }

  async getSchedule(): Promise<Schedule> {
    const item = await this.get({ pk: 'SCHEDULE', sk: 'SCHEDULE' });
    return (item?.['schedule'] as Schedule | undefined) ?? { version: 0, shares: {} };
  }

  async putSchedule(next: Schedule): Promise<boolean> {
    const wrote = await took(
      this.client.send(
        new PutCommand({
          TableName: this.table,
          Item: { pk: 'SCHEDULE', sk: 'SCHEDULE', schedule: next, version: next.version },
          ConditionExpression: next.version === 1 ? 'attribute_not_exists(pk)' : 'version = :before',
          ...(next.version === 1 ? {} : { ExpressionAttributeValues: { ':before': next.version - 1 } }),
        }),
      ),
    );
    return wrote || isDeepStrictEqual(await this.getSchedule(), next);
  }

  async getCapacity(): Promise<number | undefined> {
    return (await this.get({ pk: 'CAPACITY', sk: 'CAPACITY' }))?.['workers'] as number | undefined;
  }

  async putCapacity(workers: number): Promise<void> {
    await this.put({ pk: 'CAPACITY', sk: 'CAPACITY', workers });
  }

  private async get(key: { pk: string; sk: string }): Promise<Record<string, unknown> | undefined> {
    const answer = await this.client.send(new GetCommand({ TableName: this.table, Key: key, ConsistentRead: true }));
    return answer.Item;
  }

  private async put(item: Record<string, unknown>): Promise<void> {
    await this.client.send(new PutCommand({ TableName: this.table, Item: item }));
  }

  private async putIfAbsent(item: Record<string, unknown>): Promise<boolean> {
    const command = new PutCommand({
      TableName: this.table,
      Item: item,
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    return await took(this.client.send(command));
  }

  private async delete(key: { pk: string; sk: string }): Promise<void> {
    await this.client.send(new DeleteCommand({ TableName: this.table, Key: key }));
  }

  private async batchGet(keys: Record<string, unknown>[]): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    let wanted = keys;
    while (wanted.length > 0) {
      const answer = await this.client.send(
        new BatchGetCommand({ RequestItems: { [this.table]: { Keys: wanted, ConsistentRead: true } } }),
      );
      items.push(...(answer.Responses?.[this.table] ?? []));
      wanted = (answer.UnprocessedKeys?.[this.table]?.Keys ?? []) as Record<string, unknown>[];
      if (wanted.length > 0) await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 100));
    }
    return items;
  }
}

/** The index's keys ride on the state item; they never change, so that the index is written once a job. */
function listKeys(state: JobState): { listPk: string; listSk: string } {
  return { listPk: LIST_PARTITION, listSk: `${state.createdAt}#${state.jobId}` };
}

/** Lines of one time in the order of their ids. */
function inOrder(a: JobEvent, b: JobEvent): number {
  const [left, right] = [`${a.at}#${a.id}`, `${b.at}#${b.id}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

function toTotals(item: Record<string, unknown> | undefined): JobTotals {
  if (item?.['executed'] === undefined) return NO_TOTALS;
  const { succeeded, failed, shardsDone, summedAt } = item as unknown as JobTotals;
  const notes = (item['notes'] ?? {}) as Pick<JobTotals, 'failures' | 'throttled'>;
  return { succeeded, failed, shardsDone, summedAt, ...notes };
}
