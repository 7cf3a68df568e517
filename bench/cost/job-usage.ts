import type { Usage } from '../../core/estimate/bill.ts';
import { SMALL_REQUESTS_IN_FLIGHT } from '../../core/operations/in-flight.ts';
import type { JobFunction } from '../engine/job-driver.ts';
import type { Counts } from './cost-model.ts';

/** What is taken for granted where a run on one machine cannot say. */
export interface Assumptions {
  /** Seconds that S3 takes to answer a small request. */
  readonly s3Seconds: number;
  /** MB of memory of each function. */
  readonly memories: Readonly<Record<JobFunction, number>>;
}

/** Seconds that DynamoDB takes to answer. */
const TABLE_SECONDS = 0.005;

/** Workers of a job at once: as many as S3's rate for some ten partitions of a bucket's keys can feed. */
const WORKERS = 100;

/** MB of memory that bring one vCPU. */
const VCPU_MEMORY = 1_769;

/** What a worker looks at while tasks are under way: the job's state every three seconds; the blocks, one worker of all, every two. */
const LOOK_SECONDS = 3;
const SUM_SECONDS = 2;

/** Bytes of a block whose 256 shards are done: their numbers, at some five bytes each. */
const BLOCK_BYTES = 1_500;
const READ_UNIT_BYTES = 4_096;

const SHARDS_PER_BLOCK = 256;

/**
 * A job's usage from its counts, with the time that its tasks take: all counts are of a run whose tasks took none.
 * Requests of one invocation are taken to follow one another; of tasks, so many are in flight.
 */
export function usageOf(counts: Counts, tasks: number, { s3Seconds, memories }: Assumptions): Usage {
  const names = Object.keys(memories) as JobFunction[];
  const count = (name: JobFunction, quantity: string): number => counts[`${name}.${quantity}`] ?? 0;
  const sum = (quantity: string): number => names.reduce((all, name) => all + count(name, quantity), 0);
  const taskSeconds = (tasks / SMALL_REQUESTS_IN_FLIGHT) * s3Seconds;
  const seconds = (name: JobFunction): number => {
    const computing = count(name, 'seconds') * Math.max(1, VCPU_MEMORY / memories[name]);
    const asking = count(name, 's3Calls') * s3Seconds + count(name, 'tableCalls') * TABLE_SECONDS;
    return computing + asking + (name === 'worker' ? taskSeconds : 0);
  };
  return {
    transitions: counts['transitions'] ?? 0,
    invocations: sum('invocations'),
    gigabyteSeconds: names.reduce((all, name) => all + (seconds(name) * memories[name]) / 1_024, 0),
    readUnits: sum('readUnits') + looks(count('worker', 'invocations'), taskSeconds),
    writeUnits: sum('writeUnits'),
    puts: sum('puts'),
    // Step Functions reads each Map's CSV itself.
    gets: sum('gets') + (counts['maps'] ?? 0),
  };
}

/** Units of what is read again and again while tasks take their time. */
function looks(shards: number, taskSeconds: number): number {
  const workers = Math.min(WORKERS, shards);
  if (workers === 0) return 0;
  const blocks = Math.ceil(shards / SHARDS_PER_BLOCK);
  const sums = taskSeconds / workers / SUM_SECONDS;
  return taskSeconds / LOOK_SECONDS + sums * Math.ceil((blocks * BLOCK_BYTES) / READ_UNIT_BYTES);
}
