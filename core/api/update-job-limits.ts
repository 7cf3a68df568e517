import { mayBeHeld } from '../job/hold.ts';
import type { JobState } from '../job/records.ts';
import { change, type JobChanges, transition } from '../job/transition.ts';
import { InvalidInput } from '../validation/invalid-input.ts';
import { ApiError } from './api-error.ts';
import { changeJob } from './change-job.ts';
import type { ApiContext } from './context.ts';

interface RateLimit {
  readonly TasksPerSecond: number;
}

/** What is left out stays as it is; null takes a limit away. */
export interface UpdateJobLimitsInput {
  readonly JobId: string;
  readonly RateLimit?: RateLimit | null | undefined;
  readonly MaxWorkers?: number | null | undefined;
}

/** The limits that the job has now. */
export interface UpdateJobLimitsResult {
  readonly JobId: string;
  readonly RateLimit?: RateLimit;
  readonly MaxWorkers?: number;
}

/**
 * Changes the limits of a job while it runs: its workers see a new rate at their next look, three seconds later at most.
 * A job that had no rate, or has more workers than it may have now, pauses for some seconds, and goes on within them.
 *
 * @throws InvalidInput where nothing is to be changed; ApiError NotFoundException; JobStatusException for a job that has
 *   ended or is about to.
 */
export async function updateJobLimits(
  { JobId, RateLimit, MaxWorkers }: UpdateJobLimitsInput,
  context: ApiContext,
): Promise<UpdateJobLimitsResult> {
  if (RateLimit === undefined && MaxWorkers === undefined) {
    throw new InvalidInput([{ path: '', says: 'must have RateLimit or MaxWorkers, or both' }]);
  }
  const changes: JobChanges = {
    ...(RateLimit === undefined ? {} : { tasksPerSecond: RateLimit?.TasksPerSecond }),
    ...(MaxWorkers === undefined ? {} : { maxWorkers: MaxWorkers ?? undefined }),
  };
  const { shares } = await context.jobs.getSchedule();
  const workers = shares[JobId]?.workers ?? 0;
  const state = await changeJob(context, JobId, (before) => {
    refuseEnding(before);
    const tooMany = workers > (changes.maxWorkers ?? Number.POSITIVE_INFINITY);
    // Workers that had no rate do not know with how many others they share one.
    const firstRate = before.tasksPerSecond === undefined && changes.tasksPerSecond !== undefined;
    return before.status === 'Active' && (tooMany || firstRate)
      ? transition(before, 'Pausing', context.clock(), changes)
      : change(before, changes);
  });
  await context.callScheduler(JobId);
  const { tasksPerSecond, maxWorkers } = state;
  return {
    JobId,
    ...(tasksPerSecond === undefined ? {} : { RateLimit: { TasksPerSecond: tasksPerSecond } }),
    ...(maxWorkers === undefined ? {} : { MaxWorkers: maxWorkers }),
  };
}

function refuseEnding({ jobId, status }: JobState): void {
  if (mayBeHeld(status)) return;
  throw new ApiError(
    'JobStatusException',
    `Job ${jobId} is ${status}: only the limits of a job that has not ended, and is not about to, can be changed.`,
  );
}
