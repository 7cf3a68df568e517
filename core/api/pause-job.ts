import { holdText, mayBeHeld } from '../job/hold.ts';
import type { Hold, JobState } from '../job/records.ts';
import { change, transition } from '../job/transition.ts';
import { ApiError } from './api-error.ts';
import { changeJob } from './change-job.ts';
import type { ApiContext } from './context.ts';
import type { UpdateJobStatusResult } from './results.ts';

export interface PauseJobInput {
  readonly JobId: string;
  readonly StatusUpdateReason?: string | undefined;
}

/**
 * Holds a job until it is resumed, whatever its priority. An active one is Pausing and then Paused, one that is Ready is
 * Paused at once; one that is not so far goes on to where its first task would begin, and is Paused there. Asked again
 * it changes nothing.
 *
 * @throws ApiError NotFoundException; JobStatusException for a job that has ended or is about to.
 */
export async function pauseJob(
  { JobId, StatusUpdateReason }: PauseJobInput,
  context: ApiContext,
): Promise<UpdateJobStatusResult> {
  const state = await changeJob(context, JobId, (before) => {
    refuseEnding(before, 'paused');
    if (before.held !== undefined) return undefined;
    const now = context.clock();
    const since = now.toISOString();
    return hold(before, now, StatusUpdateReason === undefined ? { since } : { since, reason: StatusUpdateReason });
  });
  await context.callScheduler(JobId);
  return answerOf(state);
}

/**
 * Lets a paused job go on as its priority allows, from where it was. A job that nobody paused stays as it is, so that
 * the request may be repeated.
 *
 * @throws ApiError NotFoundException; JobStatusException for a job that has ended or is about to.
 */
export async function resumeJob({ JobId }: { JobId: string }, context: ApiContext): Promise<UpdateJobStatusResult> {
  const state = await changeJob(context, JobId, (before) => {
    refuseEnding(before, 'resumed');
    return before.held === undefined ? undefined : change(before, { held: undefined });
  });
  await context.callScheduler(JobId);
  return answerOf(state);
}

function hold(before: JobState, now: Date, held: Hold): JobState {
  if (before.status === 'Active') return transition(before, 'Pausing', now, { held });
  if (before.status === 'Ready') return transition(before, 'Paused', now, { held });
  return change(before, { held });
}

function refuseEnding({ jobId, status }: JobState, wanted: string): void {
  if (mayBeHeld(status)) return;
  throw new ApiError(
    'JobStatusException',
    `Job ${jobId} is ${status}: only a job that has not ended, and is not about to, can be ${wanted}.`,
  );
}

function answerOf(state: JobState): UpdateJobStatusResult {
  const reason = holdText(state) ?? state.statusUpdateReason;
  return {
    JobId: state.jobId,
    Status: state.status,
    ...(reason === undefined ? {} : { StatusUpdateReason: reason }),
  };
}
