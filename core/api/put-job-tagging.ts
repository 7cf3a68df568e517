import type { JobTag } from '../job/request.ts';
import type { ApiContext } from './context.ts';
import { findState } from './find-job.ts';

/**
 * Replaces all tags of a job, which may have ended; an empty list takes them away.
 *
 * @throws ApiError NotFoundException.
 */
export async function putJobTagging(
  { JobId, Tags }: { JobId: string; Tags: readonly JobTag[] },
  context: ApiContext,
): Promise<Record<string, never>> {
  await findState(JobId, context);
  await context.jobs.putTags(JobId, Tags);
  return {};
}
