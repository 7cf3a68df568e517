import type { JobState } from '../job/records.ts';
import { type JobStatus, mayFollow, type RequestedJobStatus } from '../job/status.ts';
import { transition } from '../job/transition.ts';
import { ApiError } from './api-error.ts';
import { changeJob } from './change-job.ts';
import type { ApiContext } from './context.ts';
import type { UpdateJobStatusResult } from './results.ts';

export interface UpdateJobStatusInput {
  readonly JobId: string;
  readonly RequestedJobStatus: RequestedJobStatus;
  readonly StatusUpdateReason?: string | undefined;
}

/**
 * Confirms a suspended job (Ready), or cancels one that runs or waits (Cancelled): one that waits for confirmation is
 * Cancelled at once, any other is Cancelling until its report is written, and asking again changes nothing.
 *
 * @throws ApiError NotFoundException; JobStatusException when the lifecycle has no such arrow.
 */
export async function updateJobStatus(
  { JobId, RequestedJobStatus, StatusUpdateReason }: UpdateJobStatusInput,
  context: ApiContext,
): Promise<UpdateJobStatusResult> {
  const state = await changeJob(context, JobId, (before) => {
    const to = statusAfter(before.status, RequestedJobStatus);
    if (to === undefined) throw notPossible(before, RequestedJobStatus);
    if (to === before.status) return undefined;
    const reason = StatusUpdateReason === undefined ? {} : { statusUpdateReason: StatusUpdateReason };
    return transition(before, to, context.clock(), reason);
  });
  await context.callScheduler(JobId);
  return {
    JobId,
    Status: state.status,
    ...(state.statusUpdateReason === undefined ? {} : { StatusUpdateReason: state.statusUpdateReason }),
  };
}

/** Undefined where the request is not possible; the same status where nothing is left to do. */
function statusAfter(status: JobStatus, requested: RequestedJobStatus): JobStatus | undefined {
  if (requested === 'Ready') return status === 'Suspended' ? 'Ready' : undefined;
  if (status === 'Suspended') return 'Cancelled';
  if (status === 'Cancelling' || mayFollow(status, 'Cancelling')) return 'Cancelling';
  return undefined;
}

function notPossible({ jobId, status }: JobState, requested: RequestedJobStatus): ApiError {
  const rule =
    requested === 'Ready'
      ? 'only a Suspended job, which waits for confirmation, can be made Ready'
      : 'only a job that has not ended, and is not about to, can be cancelled';
  return new ApiError('JobStatusException', `Job ${jobId} is ${status}: ${rule}.`);
}
