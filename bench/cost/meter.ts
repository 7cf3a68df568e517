import { AsyncLocalStorage } from 'node:async_hooks';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { JobFunction } from '../engine/job-driver.ts';
import type { Counts } from './cost-model.ts';

/** What is counted of each function, beside its invocations. */
export type Quantity =
  | 'invocations'
  | 'seconds'
  | 'readUnits'
  | 'writeUnits'
  | 'tableCalls'
  | 'puts'
  | 'gets'
  | 's3Calls';

/** Requests of S3 that cost nothing, and those that are charged as a GET. */
const FREE = new Set(['DeleteObjectCommand', 'DeleteObjectsCommand', 'AbortMultipartUploadCommand']);
const READS = new Set(['GetObjectCommand', 'HeadObjectCommand']);

const TABLE_READS = new Set(['GetItemCommand', 'QueryCommand', 'BatchGetItemCommand']);

interface Consumed {
  readonly CapacityUnits?: number;
}

/** Counts the requests of SDK clients, by the function that is under way. Names of counts: `<function>.<quantity>`. */
export class Meter {
  readonly #counts = new Map<string, number>();
  readonly #current = new AsyncLocalStorage<JobFunction>();

  get counts(): Counts {
    return Object.fromEntries(this.#counts);
  }

  /** Runs an invocation of a function, to which all requests within are put down. */
  readonly invoke = async <Result>(name: JobFunction, work: () => Promise<Result>): Promise<Result> => {
    return await this.#current.run(name, async () => {
      this.#add('invocations', 1);
      const began = performance.now();
      try {
        return await work();
      } finally {
        this.#add('seconds', (performance.now() - began) / 1_000);
      }
    });
  };

  watchS3(client: S3Client): void {
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          if (!FREE.has(commandName)) this.#add(READS.has(commandName) ? 'gets' : 'puts', 1);
          this.#add('s3Calls', 1);
          return await next(args);
        },
      { step: 'initialize', name: 'drover-bench' },
    );
  }

  /** DynamoDB says itself what it charges for, where it is asked. */
  watchTables(client: DynamoDBClient): void {
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const quantity = TABLE_READS.has(commandName) ? 'readUnits' : 'writeUnits';
          this.#add('tableCalls', 1);
          try {
            const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
            this.#add(quantity, unitsIn(result.output));
            return result;
          } catch (error) {
            // A write whose condition fails is charged as one that takes; DynamoDB does not say how much. Ours are small.
            this.#add(quantity, 1);
            throw error;
          }
        },
      // Late enough for the commands of the document client to have become those of the client itself.
      { step: 'serialize', priority: 'high', name: 'drover-bench' },
    );
  }

  #add(quantity: Quantity, amount: number): void {
    const name = `${this.#current.getStore() ?? 'scheduler'}.${quantity}`;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + amount);
  }
}

function unitsIn(output: object): number {
  const consumed = (output as { ConsumedCapacity?: Consumed | Consumed[] }).ConsumedCapacity;
  return [consumed ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}
