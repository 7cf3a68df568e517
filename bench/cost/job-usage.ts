import type { Usage } from '../../core/estimate/bill.ts';
import { looks } from '../../core/estimate/drover-usage.ts';
import { SMALL_REQUESTS_IN_FLIGHT } from '../../core/operations/in-flight.ts';
import { SHARDS_PER_BLOCK } from '../../core/stores/progress-store.ts';
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
    readUnits: sum('readUnits') + looksOf(count('worker', 'invocations'), taskSeconds),
    writeUnits: sum('writeUnits'),
    puts: sum('puts'),
    // Step Functions reads each Map's CSV itself.
    gets: sum('gets') + (counts['maps'] ?? 0),
  };
}

/** As estimates have it, with the time that tasks take shared out over the workers. */
function looksOf(shards: number, taskSeconds: number): number {
  const workers = Math.min(WORKERS, shards);
  if (workers === 0) return 0;
  return looks(taskSeconds, taskSeconds / workers, Math.ceil(shards / SHARDS_PER_BLOCK));
}
