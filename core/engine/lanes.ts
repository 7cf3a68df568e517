import type { JobState } from '../job/records.ts';
import type { Operation } from '../operations/operation.ts';

/** What of an operation decides how a share is used. */
export type OperationNeeds = Pick<Operation, 'concurrency' | 'invokesFunctions'>;

/** What of an operation and its job decides how a share is used. */
export interface LaneNeeds extends OperationNeeds {
  /** Invocations of tasks at once, of all workers together; undefined where tasks are none. */
  readonly mostInvocations: number | undefined;
  /** Tasks a second, of all workers together; undefined where the job has no limit. */
  readonly tasksPerSecond: number | undefined;
  /** Workers at once; undefined where only the capacity bounds them. */
  readonly maxWorkers?: number | undefined;
}

/** How a job's share is used. */
export interface Lanes {
  readonly workers: number;
  /** Tasks (or batches of them) in flight in each. */
  readonly concurrency: number;
}

/** Tasks a second that a worker is worth having for: with a rate limit, fewer workers do. */
const WORTHWHILE_TASKS_PER_SECOND = 200;

export function laneNeedsOf(
  { concurrency, invokesFunctions }: OperationNeeds,
  { mostInvocations, tasksPerSecond, maxWorkers }: Pick<JobState, 'mostInvocations' | 'tasksPerSecond' | 'maxWorkers'>,
): LaneNeeds {
  return { concurrency, invokesFunctions, mostInvocations, tasksPerSecond, maxWorkers };
}

/**
 * Divides a share of the account's concurrency into workers and their tasks in flight. Where each task is an invocation
 * too (LambdaInvoke), those count against the share, so that a job's functions leave room for what runs the job.
 */
export function lanesOf(share: number, needs: LaneNeeds): Lanes {
  const bound = needs.maxWorkers ?? Number.POSITIVE_INFINITY;
  if (!needs.invokesFunctions) return { workers: Math.max(1, Math.min(share, bound)), concurrency: needs.concurrency };
  const most = needs.mostInvocations ?? Number.POSITIVE_INFINITY;
  const workers = Math.max(1, Math.min(Math.floor(share / slotsPerWorker(needs)), most, bound));
  const each = Math.min(Math.floor(share / workers) - 1, Math.floor(most / workers));
  return { workers, concurrency: Math.min(needs.concurrency, Math.max(1, each)) };
}

/** The share that a job of so many unfinished shards can make use of. */
export function demandOf(shards: number, needs: LaneNeeds): number {
  const rate = needs.tasksPerSecond ?? Number.POSITIVE_INFINITY;
  const bound = needs.maxWorkers ?? Number.POSITIVE_INFINITY;
  const workers = Math.max(1, Math.min(shards, Math.ceil(rate / WORTHWHILE_TASKS_PER_SECOND), bound));
  if (!needs.invokesFunctions) return workers;
  const most = needs.mostInvocations ?? Number.POSITIVE_INFINITY;
  return Math.min(workers * slotsPerWorker(needs), most + Math.ceil(most / needs.concurrency));
}

/** Invocations that one worker makes use of at once, itself included. */
function slotsPerWorker({ concurrency, invokesFunctions }: OperationNeeds): number {
  return invokesFunctions ? 1 + concurrency : 1;
}
