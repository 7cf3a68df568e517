import type { JobFailure, JobState, Trouble } from '../job/records.ts';
import { hasEnded, type JobStatus, mayFollow, stageOf } from '../job/status.ts';
import { change, type JobChanges, nextEpoch, transition } from '../job/transition.ts';
import type { EngineDependencies } from './dependencies.ts';

/** How long a cause that concerns the whole job may last before the job fails for it. */
export const TROUBLE_PATIENCE_MILLISECONDS = 10 * 60_000;

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
export async function handOver(deps: EngineDependencies, state: JobState): Promise<void> {
  await deps.jobs.updateState(nextEpoch(state));
  await deps.callScheduler(state.jobId);
}

/**
 * Shows on the job what keeps it from going on. The same cause keeps the time it was first seen; after ten minutes of
 * it a job that can fail does.
 */
export async function noteTrouble(
  deps: EngineDependencies,
  jobId: string,
  epoch: number,
  failure: JobFailure,
): Promise<void> {
  const state = await deps.jobs.getState(jobId);
  if (state === undefined || state.epoch !== epoch || hasEnded(state.status)) return;
  const before = state.trouble;
  if (before !== undefined && before.FailureCode === failure.FailureCode) {
    if (troubledTooLong(before, deps.clock.now()) && stageOf(state.status) !== 'report') {
      await failJob(deps, jobId, epoch, { FailureCode: before.FailureCode, FailureReason: before.FailureReason });
    }
    return;
  }
  const trouble: Trouble = { ...failure, since: new Date(deps.clock.now()).toISOString() };
  await deps.jobs.updateState(change(state, { trouble }));
}

/** Takes the trouble off a job that moves again. */
export async function clearTrouble(deps: EngineDependencies, jobId: string): Promise<void> {
  const state = await deps.jobs.getState(jobId);
  if (state?.trouble !== undefined) await deps.jobs.updateState(change(state, { trouble: undefined }));
}

export function troubledTooLong(trouble: Trouble, now: number): boolean {
  return now - Date.parse(trouble.since) >= TROUBLE_PATIENCE_MILLISECONDS;
}
