import type { JobFailure, JobState, Trouble } from '../job/records.ts';
import { hasEnded, type JobStatus, mayFollow, stageOf } from '../job/status.ts';
import { change, type JobChanges, nextEpoch, transition } from '../job/transition.ts';
import type { EngineDependencies } from './dependencies.ts';

/** How long a cause that concerns the whole job may last before the job fails for it. */
const TROUBLE_PATIENCE_MILLISECONDS = 10 * 60_000;

/**
 * Moves a job along an arrow as an execution of this epoch may: undefined if the job is of another epoch by now or no
 * arrow leads there. Repeats when somebody else wrote in between.
 */
export async function moveJob(
  deps: EngineDependencies,
  jobId: string,
  epoch: number,
  to: JobStatus,
  changes: JobChanges = {},
): Promise<JobState | undefined> {
  for (;;) {
    const state = await deps.jobs.getState(jobId);
    if (state === undefined || state.epoch !== epoch || !mayFollow(state.status, to)) return undefined;
    const next = transition(state, to, new Date(deps.clock.now()), changes);
    if (await deps.jobs.updateState(next)) return next;
  }
}

/** Sends the job to Failing (and on to its report) for this reason. Does nothing if the epoch is over. */
export async function failJob(
  deps: EngineDependencies,
  jobId: string,
  epoch: number,
  failure: JobFailure,
): Promise<void> {
  const failing = await moveJob(deps, jobId, epoch, 'Failing', { failureReasons: [failure] });
  if (failing !== undefined) await deps.callScheduler(jobId);
}

/** Lets the next epoch take over where this one's execution has done its share. */
export async function handOver(deps: EngineDependencies, jobId: string, epoch: number): Promise<void> {
  for (;;) {
    const state = await deps.jobs.getState(jobId);
    if (state?.epoch !== epoch) return;
    if (await deps.jobs.updateState(nextEpoch(state))) break;
  }
  await deps.callScheduler(jobId);
}

/** The trouble of a job of which nobody knows another. */
export const NO_PROGRESS: JobFailure = {
  FailureCode: 'NoProgress',
  FailureReason: 'No task ended in the last round of workers. The logs of the worker function may say more.',
};

/** What may last as long as it does: capacity and throttles come back. */
const NEVER_FATAL: ReadonlySet<string> = new Set([NO_PROGRESS.FailureCode, 'Throttled']);

/**
 * Shows on the job what keeps it from going on. It is in trouble since the first cause was seen, whatever causes follow;
 * after ten minutes a job that can fail does. Time in which it only waited for capacity does not count against it.
 */
export async function noteTrouble(
  deps: EngineDependencies,
  jobId: string,
  epoch: number,
  failure: JobFailure,
): Promise<void> {
  const state = await deps.jobs.getState(jobId);
  if (state === undefined || state.epoch !== epoch || hasEnded(state.status)) return;
  const trouble: Trouble = { ...failure, since: since(state.trouble, failure, deps.clock.now()) };
  if (isFatal(trouble, deps.clock.now()) && stageOf(state.status) !== 'report') {
    return await failJob(deps, jobId, epoch, failure);
  }
  // Workers of a large job meet the same cause together: one of them writes it.
  if (state.trouble?.FailureCode !== failure.FailureCode) await deps.jobs.updateState(change(state, { trouble }));
}

function since(before: Trouble | undefined, failure: JobFailure, now: number): string {
  const counts = before !== undefined && (passes(failure) || !passes(before));
  return counts ? before.since : new Date(now).toISOString();
}

/** Takes the trouble off a job that moves again. */
export async function clearTrouble(deps: EngineDependencies, jobId: string): Promise<void> {
  const state = await deps.jobs.getState(jobId);
  if (state?.trouble !== undefined) await deps.jobs.updateState(change(state, { trouble: undefined }));
}

/** Whether a trouble has lasted longer than a job should wait for it to pass. */
export function isFatal(trouble: Trouble, now: number): boolean {
  return !passes(trouble) && now - Date.parse(trouble.since) >= TROUBLE_PATIENCE_MILLISECONDS;
}

/** Whether it is waited for, however long. */
function passes({ FailureCode }: JobFailure): boolean {
  return NEVER_FATAL.has(FailureCode);
}
