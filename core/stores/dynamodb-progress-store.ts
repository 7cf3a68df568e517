import { isDeepStrictEqual } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { took } from './conditional-write.ts';
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
  return new DynamoProgressStore(
    DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
    table,
  );
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
function move(
  jobId: string,
  { shard, from, to, done, succeeded, failed, worker }: Advance,
): {
  Key: { jobId: string; block: number };
  UpdateExpression: string;
  ConditionExpression: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues: Record<string, unknown>;
} {
  const counts = '#succeeded = #succeeded + :s, #failed = #failed + :f';
  const name =
    worker === undefined
      ? 'REMOVE #parts.#shard.#by, #parts.#shard.#lease'
      : ', #parts.#shard.#by = :by, #parts.#shard.#lease = :lease';
  return {
    Key: { jobId, block: blockOf(shard) },
    UpdateExpression: done
      ? `SET ${counts} REMOVE #parts.#shard ADD #done :shards`
      : `SET ${counts}, #parts.#shard.#at = :to ${name}`,
    ConditionExpression: `${UNSEALED} AND #parts.#shard.#at = :from`,
    ExpressionAttributeNames: {
      '#parts': 'parts',
      '#shard': String(shard),
      '#at': 'at',
      '#succeeded': 'succeeded',
      '#failed': 'failed',
      '#sealed': 'sealed',
      ...(done ? { '#done': 'done' } : { '#by': 'by', '#lease': 'lease' }),
    },
    ExpressionAttributeValues: {
      ':s': succeeded,
      ':f': failed,
      ':from': from,
      ...(done ? { ':shards': new Set([shard]) } : { ':to': to }),
      ...(done || worker === undefined ? {} : { ':by': worker.by, ':lease': worker.lease }),
    },
  };
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
  };
}
