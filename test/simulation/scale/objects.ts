import type { LineForm } from '../../../core/manifest/line-form.ts';
import { SMALL_REQUESTS_IN_FLIGHT } from '../../../core/operations/in-flight.ts';
import type { Operation, Task } from '../../../core/operations/operation.ts';
import type { TaskResult } from '../../../core/operations/task-result.ts';
import { AWS, QUOTAS } from './aws.ts';
import type { ScaleClock } from './clock.ts';
import type { Scenario } from './scenario.ts';

export const FORM: LineForm = { columns: ['Bucket', 'Key'] };

/** What is asked of S3 at once takes no longer than this, in milliseconds, where a unit does not: a part ends after ten seconds. */
const BATCH_MILLISECONDS = 2_500;

const DONE: TaskResult = { status: 'succeeded', httpStatus: 200, errorCode: '', message: 'Successful' };

/**
 * S3 with the job's objects, as workers feel it: so many requests in flight, each of S3's latency; shards that are so many
 * times slower; partitions of the key space, each of so many writes a second, which the workers in it share.
 */
export class Objects {
  /** Milliseconds that workers spent on tasks. */
  time = 0;
  private readonly workersIn: number[];

  constructor(
    private readonly clock: ScaleClock,
    private readonly scenario: Scenario,
    /** Shards of the job. */
    private readonly shards: () => number,
  ) {
    this.workersIn = Array.from({ length: scenario.partitions ?? 1 }, () => 0);
  }

  isStraggler(shard: number): boolean {
    return this.scenario.stragglers !== undefined && hash(shard) < this.scenario.stragglers.share * 2 ** 32;
  }

  enter(shard: number): void {
    this.change(shard, 1);
  }

  leave(shard: number): void {
    this.change(shard, -1);
  }

  private change(shard: number, by: number): void {
    const partition = this.partitionOf(shard);
    this.workersIn[partition] = (this.workersIn[partition] ?? 0) + by;
  }

  /** The operation as the worker of one shard carries it out: tasks of the model are units of many objects. */
  operation(shard: number): Operation {
    return {
      ...OPERATION,
      execute: async () => {
        await this.carryOut(shard, 1);
        return DONE;
      },
      batch: {
        size: () => Math.max(1, Math.floor((this.rate(shard) * BATCH_MILLISECONDS) / 1_000 / this.scenario.unit)),
        execute: async (tasks: readonly Task[]) => {
          await this.carryOut(shard, tasks.length);
          return tasks.map(() => DONE);
        },
      },
    } as Operation;
  }

  private async carryOut(shard: number, units: number): Promise<void> {
    const milliseconds = (units * this.scenario.unit * 1_000) / this.rate(shard);
    this.time += milliseconds;
    await this.clock.sleep(milliseconds);
  }

  /** Objects a second of the shard's worker, at this moment. */
  private rate(shard: number): number {
    const slower = this.isStraggler(shard) ? (this.scenario.stragglers?.slower ?? 1) : 1;
    const own = (SMALL_REQUESTS_IN_FLIGHT * 1_000) / AWS.s3 / slower;
    if (this.scenario.partitions === undefined) return own;
    return Math.min(own, QUOTAS.s3Writes / Math.max(1, this.workersIn[this.partitionOf(shard)] ?? 1));
  }

  private partitionOf(shard: number): number {
    return Math.min(
      this.workersIn.length - 1,
      Math.floor((shard * this.workersIn.length) / Math.max(1, this.shards())),
    );
  }
}

/** What decides how a share is used. One batch at a time: its rate is that of all requests in flight. */
export const OPERATION = { name: 'S3PutObjectTagging', concurrency: 1, invokesFunctions: false } as Operation;

/** An even hash of 32 bits (the finalizer of MurmurHash3, which is in the public domain). */
function hash(value: number): number {
  let mixed = value ^ 0x9e3779b9;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
