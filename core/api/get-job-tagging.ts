import { isRetained } from '../job/retention.ts';
import { noSuchJob } from './api-error.ts';
import type { ApiContext } from './context.ts';
import type { GetJobTaggingResult } from './results.ts';

/** @throws ApiError NotFoundException. */
export async function getJobTagging({ JobId }: { JobId: string }, context: ApiContext): Promise<GetJobTaggingResult> {
  const job = await context.jobs.getJob(JobId);
  if (job === undefined || !isRetained(job.state, context.clock())) throw noSuchJob(JobId);
  return { Tags: [...job.tags] };
}
