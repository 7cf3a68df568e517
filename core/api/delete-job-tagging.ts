import type { ApiContext } from './context.ts';
import { putJobTagging } from './put-job-tagging.ts';

/**
 * Takes all tags off a job.
 *
 * @throws ApiError NotFoundException.
 */
export async function deleteJobTagging(
  { JobId }: { JobId: string },
  context: ApiContext,
): Promise<Record<string, never>> {
  return putJobTagging({ JobId, Tags: [] }, context);
}
