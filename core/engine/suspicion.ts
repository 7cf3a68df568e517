import type { TaskResult } from '../operations/operation.ts';
import type { ShardPosition } from '../stores/progress-store.ts';

/** Invocations that a task may kill before it is failed for it. */
export const DEATHS_TO_FAIL_A_TASK = 3;

/** The result of a task whose worker died each time it was tried. */
export const WORKER_CRASHED: TaskResult = {
  status: 'failed',
  httpStatus: 500,
  errorCode: 'WorkerCrashed',
  message: `The worker ended abnormally ${DEATHS_TO_FAIL_A_TASK} times while it carried out this task`,
};

/**
 * The position of a shard that an invocation takes. If another invocation is still named there, it died after it had
 * begun tasks (a clean end takes its name off): a death at this task, the first or one more.
 */
export function takeOver(seen: ShardPosition | undefined, invocation: string, window: number): ShardPosition {
  const at = seen?.at ?? 0;
  if (seen?.by === undefined) {
    return seen !== undefined && isSuspect(seen, window) ? { ...seen, by: invocation } : { at, by: invocation };
  }
  return { at, by: invocation, deaths: seen.diedAt === at ? (seen.deaths ?? 0) + 1 : 1, diedAt: at };
}

/**
 * Whether the tasks ahead are to be run one at a time: a worker died, and the task that killed it may lie anywhere in the
 * window of tasks that were in flight.
 */
export function isSuspect(position: ShardPosition, window: number): boolean {
  return position.diedAt !== undefined && position.at < position.diedAt + window;
}
