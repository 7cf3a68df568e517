import type { Operation } from '../operations/operation.ts';

/** What of an operation decides how a share is used. */
export type LaneNeeds = Pick<Operation, 'concurrency' | 'invokesFunctions'>;

/** How a job's share is used. */
export interface Lanes {
  readonly workers: number;
  /** Tasks in flight in each. */
  readonly concurrency: number;
}

/**
 * Divides a share of the account's concurrency into workers and their tasks in flight. Where each task is an invocation
 * too (LambdaInvoke), those count against the share, so that a job's functions leave room for what runs the job.
 */
export function lanesOf(share: number, needs: LaneNeeds): Lanes {
  if (!needs.invokesFunctions) return { workers: Math.max(1, share), concurrency: needs.concurrency };
  const workers = Math.max(1, Math.floor(share / slotsPerWorker(needs)));
  const each = Math.floor(share / workers) - 1;
  return { workers, concurrency: Math.min(needs.concurrency, Math.max(1, each)) };
}

/** Invocations that one worker makes use of at once, itself included. */
export function slotsPerWorker({ concurrency, invokesFunctions }: LaneNeeds): number {
  return invokesFunctions ? 1 + concurrency : 1;
}
