import { isDeepStrictEqual } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { FailureGroup } from '../job/records.ts';
import { took } from './conditional-write.ts';
import { documentClient } from './document-client.ts';
import {
  type Advance,
  type AdvanceOutcome,
  type Block,
  blockOf,
  type ProgressStore,
  type ShardPosition,
} from './progress-store.ts';

export interface DynamoProgressStoreOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/** The Progress table: one item a block. */
export function createDynamoProgressStore({ client, table }: DynamoProgressStoreOptions): ProgressStore {
  return new DynamoProgressStore(documentClient(client), table);
}

class DynamoProgressStore implements ProgressStore {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
  ) {}

  async createBlock(jobId: string, block: number): Promise<void> {
    await took(
      this.client.send(
        new PutCommand({
          TableName: this.table,
          Item: { jobId, block, parts: {}, succeeded: 0, failed: 0 },
          ConditionExpression: 'attribute_not_exists(jobId)',
        }),
      ),
    );
  }

  async getBlock(jobId: string, block: number): Promise<Block | undefined> {
    const answer = await this.client.send(
      new GetCommand({ TableName: this.table, Key: { jobId, block }, ConsistentRead: true }),
    );
    return answer.Item === undefined ? undefined : toBlock(answer.Item);
  }

  async listBlocks(jobId: string): Promise<readonly Block[]> {
    const blocks: Block[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.client.send(
        new QueryCommand({
          TableName: this.table,
          KeyConditionExpression: 'jobId = :job',
          ExpressionAttributeValues: { ':job': jobId },
          ConsistentRead: true,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      blocks.push(...(page.Items ?? []).map(toBlock));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return blocks;
  }

  async setPosition(
    jobId: string,
    shard: number,
    seen: ShardPosition | undefined,
    next: ShardPosition,
  ): Promise<boolean> {
    const wrote = await took(
      this.client.send(
        new UpdateCommand({
          TableName: this.table,
          Key: { jobId, block: blockOf(shard) },
          UpdateExpression: 'SET #parts.#shard = :next',
          ConditionExpression: `${UNSEALED} AND NOT contains(#done, :shard) AND ${standsWhereSeen(seen)}`,
          ExpressionAttributeNames: {
            '#parts': 'parts',
            '#done': 'done',
            '#sealed': 'sealed',
            '#shard': String(shard),
            ...(seen === undefined ? {} : { '#at': 'at', '#by': 'by' }),
          },
          ExpressionAttributeValues: {
            ':next': next,
            ':shard': shard,
            ...(seen === undefined ? {} : { ':at': seen.at }),
            ...(seen?.by === undefined ? {} : { ':by': seen.by }),
          },
        }),
      ),
    );
    if (wrote) return true;
    // A request that took and was repeated fails its own condition.
    const block = await this.getBlock(jobId, blockOf(shard));
    return block?.sealed === false && isDeepStrictEqual(block.parts.get(shard), next);
  }

  async advance(jobId: string, advance: Advance): Promise<AdvanceOutcome> {
    const moved = await took(this.client.send(new UpdateCommand({ TableName: this.table, ...move(jobId, advance) })));
    return moved ? 'advanced' : await this.whyNot(jobId, advance);
  }

  async seal(jobId: string, block: number): Promise<void> {
    await took(
      this.client.send(
        new UpdateCommand({
          TableName: this.table,
          Key: { jobId, block },
          UpdateExpression: 'SET #sealed = :true',
          ConditionExpression: 'attribute_exists(jobId)',
          ExpressionAttributeNames: { '#sealed': 'sealed' },
          ExpressionAttributeValues: { ':true': true },
        }),
      ),
    );
  }

  async deleteBlocks(jobId: string): Promise<void> {
    for (const { number } of await this.listBlocks(jobId)) {
      await this.client.send(new DeleteCommand({ TableName: this.table, Key: { jobId, block: number } }));
    }
  }

  private async whyNot(jobId: string, { shard, to }: Advance): Promise<AdvanceOutcome> {
    const block = await this.getBlock(jobId, blockOf(shard));
    // A request that was repeated may have taken and then failed its own condition: look at the shard before the seal.
    if (block?.done.has(shard) === true || (block?.parts.get(shard)?.at ?? -1) >= to) return 'behind';
    return block === undefined || block.sealed ? 'sealed' : 'conflict';
  }
}

const UNSEALED = 'attribute_exists(jobId) AND attribute_not_exists(#sealed)';

function standsWhereSeen(seen: ShardPosition | undefined): string {
  if (seen === undefined) return 'attribute_not_exists(#parts.#shard)';
  const by = seen.by === undefined ? 'attribute_not_exists(#parts.#shard.#by)' : '#parts.#shard.#by = :by';
  return `#parts.#shard.#at = :at AND ${by}`;
}

/** The one write in which results are counted: on condition that the shard stands at the part's beginning, unsealed. */
function move(jobId: string, advance: Advance): Move {
  const { shard, from, to, done, succeeded, failed, worker } = advance;
  const notes = notesOf(advance);
  const name =
    worker === undefined
      ? 'REMOVE #parts.#shard.#by, #parts.#shard.#lease'
      : ', #parts.#shard.#by = :by, #parts.#shard.#lease = :lease';
  const counts = ['#succeeded = #succeeded + :s', '#failed = #failed + :f', ...notes.sets].join(', ');
  const added = [...(done ? ['#done :shards'] : []), ...notes.adds];
  const adds = added.length === 0 ? '' : ` ADD ${added.join(', ')}`;
  return {
    Key: { jobId, block: blockOf(shard) },
    UpdateExpression: done
      ? `SET ${counts} REMOVE #parts.#shard${adds}`
      : `SET ${counts}, #parts.#shard.#at = :to ${name}${adds}`,
    ConditionExpression: `${UNSEALED} AND #parts.#shard.#at = :from`,
    ExpressionAttributeNames: {
      '#parts': 'parts',
      '#shard': String(shard),
      '#at': 'at',
      '#succeeded': 'succeeded',
      '#failed': 'failed',
      '#sealed': 'sealed',
      ...(done ? { '#done': 'done' } : { '#by': 'by', '#lease': 'lease' }),
      ...notes.names,
    },
    ExpressionAttributeValues: {
      ':s': succeeded,
      ':f': failed,
      ':from': from,
      ...(done ? { ':shards': new Set([shard]) } : { ':to': to }),
      ...(done || worker === undefined ? {} : { ':by': worker.by, ':lease': worker.lease }),
      ...notes.values,
    },
  };
}

interface Move {
  readonly Key: { jobId: string; block: number };
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, unknown>;
}

/** Attributes of a block: tasks that failed with a code, and the first of them. At the top, where ADD makes what is not there. */
const FAILED = 'failed:';
const EXAMPLE = 'example:';

/** What a part's bookkeeping says of failures and throttles: clauses of its one write, with their names and values. */
function notesOf({ failures = [], throttled }: Advance) {
  const sets: string[] = [];
  const adds: string[] = [];
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  for (const [index, { errorCode, tasks, message, objects }] of failures.entries()) {
    adds.push(`#f${index} :f${index}`);
    sets.push(`#e${index} = if_not_exists(#e${index}, :e${index})`);
    Object.assign(names, { [`#f${index}`]: FAILED + errorCode, [`#e${index}`]: EXAMPLE + errorCode });
    Object.assign(values, { [`:f${index}`]: tasks, [`:e${index}`]: { message, objects } });
  }
  if (throttled !== undefined) {
    adds.push('#throttled :throttled');
    sets.push('#throttledIn = :bucket');
    Object.assign(names, { '#throttled': 'throttled', '#throttledIn': 'throttledIn' });
    Object.assign(values, { ':throttled': throttled.attempts, ':bucket': throttled.bucket });
  }
  return { sets, adds, names, values };
}

function toBlock(item: Record<string, unknown>): Block {
  const parts = Object.entries((item['parts'] ?? {}) as Record<string, ShardPosition>);
  return {
    jobId: String(item['jobId']),
    number: Number(item['block']),
    done: (item['done'] as Set<number> | undefined) ?? new Set(),
    parts: new Map(parts.map(([shard, position]) => [Number(shard), position])),
    succeeded: Number(item['succeeded']),
    failed: Number(item['failed']),
    sealed: item['sealed'] === true,
    ...failuresIn(item),
    ...throttledIn(item),
  };
}

function failuresIn(item: Record<string, unknown>): Pick<Block, 'failures'> {
  const counts = Object.entries(item).filter(([name]) => name.startsWith(FAILED));
  if (counts.length === 0) return {};
  const failures = counts.map(([name, tasks]): FailureGroup => {
    const errorCode = name.slice(FAILED.length);
    const example = item[EXAMPLE + errorCode] as Pick<FailureGroup, 'message' | 'objects'>;
    return { errorCode, tasks: Number(tasks), message: example.message, objects: example.objects };
  });
  return { failures };
}

function throttledIn({ throttled, throttledIn: bucket }: Record<string, unknown>): Pick<Block, 'throttled'> {
  return throttled === undefined ? {} : { throttled: { attempts: Number(throttled), bucket: String(bucket) } };
}
