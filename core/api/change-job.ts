import type { JobState } from '../job/records.ts';
import { ApiError } from './api-error.ts';
import type { ApiContext } from './context.ts';
import { findState } from './find-job.ts';

/** Other writers of a job's state are few (an execution's turn, the scheduler): ten tries are plenty. */
const TRIES = 10;

/**
 * Writes what `decide` makes of the job's state, again from the newest state where somebody else wrote in between.
 * `decide` answers undefined to leave the state as it is. Answers the state that the job has then.
 *
 * @throws ApiError NotFoundException; what `decide` throws.
 */
export async function changeJob(
  context: ApiContext,
  jobId: string,
  decide: (state: JobState) => JobState | undefined,
): Promise<JobState> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const state = await findState(jobId, context);
    const next = decide(state);
    if (next === undefined) return state;
    if (await context.jobs.updateState(next)) return next;
  }
  throw new ApiError('TooManyRequestsException', `Job ${jobId} is being changed by others; try again.`);
}
