import type { Estimate } from '../estimate/estimate.ts';
import { estimateJob } from '../estimate/estimate-job.ts';
import type { EstimateInput } from '../estimate/estimate-request.ts';
import type { Job } from '../job/records.ts';
import { capacityOf } from '../scheduling/capacity.ts';
import { InvalidInput } from '../validation/invalid-input.ts';
import { ApiError } from './api-error.ts';
import type { ApiContext } from './context.ts';
import { shownJob } from './find-job.ts';

/**
 * What a job takes, in time and in dollars: of one that has been prepared, or of a request that is not submitted.
 *
 * Nothing is read of the request's manifest or objects. That would need the job's role, which a caller may name here
 * without being allowed to pass it; and a job that waits for its confirmation has been prepared, and knows its tasks.
 *
 * @param input as `checkEstimateInput` gives it.
 * @throws InvalidInput where nobody says how many tasks there are; ApiError NotFoundException, or JobStatusException
 *   for a job that has not read its manifest.
 */
export async function estimate(input: EstimateInput, context: ApiContext): Promise<{ readonly Estimate: Estimate }> {
  const { JobId, Assumptions: assumptions = {} } = input;
  const measured = await context.jobs.getCapacity();
  const maximum = context.maxConcurrentWorkers ?? Number.POSITIVE_INFINITY;
  const capacity = { workers: capacityOf(maximum, measured), measured: measured !== undefined };
  if (JobId !== undefined) {
    const job = shownJob(await context.jobs.getJob(JobId), JobId, context);
    const tasks = preparedTasks(job, assumptions.Tasks);
    const prepared = { jobId: JobId, shards: job.state.shards };
    return { Estimate: estimateJob({ request: job.stored.request, tasks, prepared, assumptions, capacity }) };
  }
  if (input.Request === undefined || assumptions.Tasks === undefined) throw tasksMissing();
  return {
    Estimate: estimateJob({ request: input.Request, tasks: assumptions.Tasks, assumptions, capacity }),
  };
}

function preparedTasks({ state }: Job, given: number | undefined): number {
  if (given !== undefined) {
    const says = 'is for a Request: a job that has been prepared knows its tasks';
    throw new InvalidInput([{ path: 'Assumptions.Tasks', says }]);
  }
  if (state.totalTasks !== undefined) return state.totalTasks;
  throw new ApiError(
    'JobStatusException',
    `Job ${state.jobId} is ${state.status} and has not read its manifest: it does not know how many tasks it has.`,
  );
}

function tasksMissing(): InvalidInput {
  const says =
    'is missing: no manifest is read for an estimate. Give the number of objects, or create the job with ' +
    'ConfirmationRequired true: it is prepared, and can be estimated by its JobId before it begins';
  return new InvalidInput([{ path: 'Assumptions.Tasks', says }]);
}
