import type { JobTag } from '../job/request.ts';
import { isRetained } from '../job/retention.ts';
import { noSuchJob } from './api-error.ts';
import type { ApiContext } from './context.ts';

/**
 * Replaces all tags of a job, which may have ended; an empty list takes them away.
 *
 * @throws ApiError NotFoundException.
 */
export async function putJobTagging(
  { JobId, Tags }: { JobId: string; Tags: readonly JobTag[] },
  context: ApiContext,
): Promise<Record<string, never>> {
  const state = await context.jobs.getState(JobId);
  if (state === undefined || !isRetained(state, context.clock())) throw noSuchJob(JobId);
  await context.jobs.putTags(JobId, Tags);
  return {};
}
