import type { ApiContext } from './context.ts';
import { shownJob } from './find-job.ts';
import type { GetJobTaggingResult } from './results.ts';

/** @throws ApiError NotFoundException. */
export async function getJobTagging({ JobId }: { JobId: string }, context: ApiContext): Promise<GetJobTaggingResult> {
  const job = shownJob(await context.jobs.getJob(JobId), JobId, context);
  return { Tags: [...job.tags] };
}
