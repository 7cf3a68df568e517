import type { TaskResult } from '../operations/task-result.ts';
import type { ShardPosition } from '../stores/progress-store.ts';

/** Workers that a task may kill, or outlast, before it is failed for it. */
const DEATHS_TO_FAIL_A_TASK = 3;

/** How long a worker is taken to be alive after it last said so, in milliseconds. It says so three times as often. */
export const LEASE_MILLISECONDS = 60_000;

/** The result of a task whose worker ended each time it was tried. */
export const WORKER_CRASHED: TaskResult = {
  status: 'failed',
  httpStatus: 500,
  errorCode: 'WorkerCrashed',
  message: `The worker crashed or ran out of time ${DEATHS_TO_FAIL_A_TASK} times while it carried out this task`,
};

/** A worker's name: its epoch tells a worker that was told to stop from one that died. */
export function workerName(epoch: number, invocation: string): string {
  return `${epoch}.${invocation}`;
}

/** Whether a worker is named on the shard and taken to be alive. */
export function isWorkedOn(position: ShardPosition, now: number): boolean {
  return position.by !== undefined && (position.lease ?? 0) > now;
}

/** Whether a worker of another epoch is at the shard, and taken to be alive. */
export function isWorkedOnBefore(position: ShardPosition, epoch: number, now: number): boolean {
  return isWorkedOn(position, now) && position.by?.startsWith(`${epoch}.`) === false;
}

/**
 * The position of a shard that a worker takes; undefined if it must be left to a worker of another epoch that is still
 * ending its tasks.
 *
 * A worker of the same epoch that is still named has died: a wave begins when every child of the wave before has ended,
 * and a clean end takes the name off. That is a death at this task, the first or one more.
 */
export function takeOver(
  seen: ShardPosition | undefined,
  taker: { readonly epoch: number; readonly invocation: string },
  now: number,
): ShardPosition | undefined {
  const named = { by: workerName(taker.epoch, taker.invocation), lease: now + LEASE_MILLISECONDS };
  if (seen === undefined) return { at: 0, ...named };
  if (seen.by?.startsWith(`${taker.epoch}.`) === true) return { ...died(seen), ...named };
  return isWorkedOn(seen, now) ? undefined : { ...seen, ...named };
}

/** The position after one more death at its task. */
export function died(position: ShardPosition): ShardPosition {
  const { by: _, lease: __, ...rest } = position;
  const deaths = position.diedAt === position.at ? (position.deaths ?? 0) + 1 : 1;
  return { ...rest, deaths, diedAt: position.at };
}

/** The position after a clean end. */
export function released(position: ShardPosition): ShardPosition {
  const { by: _, lease: __, ...rest } = position;
  return rest;
}

/**
 * Whether the tasks ahead are to be run one at a time: a worker died, and the task that killed it may lie anywhere in the
 * window of tasks that were in flight.
 */
export function isSuspect(position: ShardPosition, window: number): boolean {
  return position.diedAt !== undefined && position.at < position.diedAt + window;
}

/** Whether the task that the shard stands at has had its chances. */
export function isCondemned(position: ShardPosition): boolean {
  return position.diedAt === position.at && (position.deaths ?? 0) >= DEATHS_TO_FAIL_A_TASK;
}
