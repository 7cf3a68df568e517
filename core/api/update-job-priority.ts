import { hasEnded } from '../job/status.ts';
import { change } from '../job/transition.ts';
import { ApiError } from './api-error.ts';
import { changeJob } from './change-job.ts';
import type { ApiContext } from './context.ts';
import type { UpdateJobPriorityResult } from './results.ts';

/**
 * Changes the priority of a job that has not ended.
 *
 * @throws ApiError NotFoundException; BadRequestException for a job that has ended (the model has no other code).
 */
export async function updateJobPriority(
  { JobId, Priority }: { JobId: string; Priority: number },
  context: ApiContext,
): Promise<UpdateJobPriorityResult> {
  await changeJob(context, JobId, (state) => {
    if (hasEnded(state.status)) {
      throw new ApiError(
        'BadRequestException',
        `Job ${JobId} is ${state.status}: the priority of a job that has ended cannot be changed.`,
      );
    }
    return state.priority === Priority ? undefined : change(state, { priority: Priority });
  });
  await context.callScheduler(JobId);
  return { JobId, Priority };
}
