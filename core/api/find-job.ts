import type { JobState } from '../job/records.ts';
import { isRetained } from '../job/retention.ts';
import { noSuchJob } from './api-error.ts';
import type { ApiContext } from './context.ts';

/**
 * What a store answered of a job, if there is such a job and it is within its retention.
 *
 * @throws ApiError NotFoundException.
 */
export function shownJob<Found extends { readonly state: JobState }>(
  found: Found | undefined,
  jobId: string,
  context: ApiContext,
): Found {
  if (found === undefined || !isRetained(found.state, context.clock())) throw noSuchJob(jobId);
  return found;
}

/** @throws ApiError NotFoundException. */
export async function findState(jobId: string, context: ApiContext): Promise<JobState> {
  const state = await context.jobs.getState(jobId);
  return shownJob(state === undefined ? undefined : { state }, jobId, context).state;
}
