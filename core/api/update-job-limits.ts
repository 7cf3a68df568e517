import { thresholdOf } from '../job/failure-threshold.ts';
import { mayBeHeld } from '../job/hold.ts';
import type { FailureThreshold, JobState } from '../job/records.ts';
import type { FailureThresholdRequest } from '../job/request.ts';
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
  /** null: S3's own. */
  readonly FailureThreshold?: FailureThresholdRequest | null | undefined;
}

/** The limits that the job has now. */
export interface UpdateJobLimitsResult {
  readonly JobId: string;
  readonly RateLimit?: RateLimit;
  readonly MaxWorkers?: number;
  readonly FailureThreshold?: Required<FailureThresholdRequest>;
}

/**
 * Changes the limits of a job while it runs: its workers see a new rate at their next look, three seconds later at most.
 * A job that had no rate, or has more workers than it may have now, pauses for some seconds, and goes on within them.
 *
 * @throws InvalidInput where nothing is to be changed; ApiError NotFoundException; JobStatusException for a job that has
 *   ended or is about to.
 */
export async function updateJobLimits(
  { JobId, RateLimit, MaxWorkers, FailureThreshold }: UpdateJobLimitsInput,
  context: ApiContext,
): Promise<UpdateJobLimitsResult> {
  if ([RateLimit, MaxWorkers, FailureThreshold].every((limit) => limit === undefined)) {
    throw new InvalidInput([{ path: '', says: 'must have RateLimit, MaxWorkers or FailureThreshold' }]);
  }
  const changes: JobChanges = {
    ...(RateLimit === undefined ? {} : { tasksPerSecond: RateLimit?.TasksPerSecond }),
    ...(MaxWorkers === undefined ? {} : { maxWorkers: MaxWorkers ?? undefined }),
    ...(FailureThreshold === undefined
      ? {}
      : { failureThreshold: FailureThreshold === null ? undefined : thresholdOf(FailureThreshold) }),
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
  return { JobId, ...limitsOf(state) };
}

/** The limits of a job as they are now: they can be changed, and taken away, while it runs. */
export function limitsOf({
  tasksPerSecond,
  maxWorkers,
  failureThreshold,
}: JobState): Omit<UpdateJobLimitsResult, 'JobId'> {
  return {
    ...(tasksPerSecond === undefined ? {} : { RateLimit: { TasksPerSecond: tasksPerSecond } }),
    ...(maxWorkers === undefined ? {} : { MaxWorkers: maxWorkers }),
    ...(failureThreshold === undefined ? {} : { FailureThreshold: shown(failureThreshold) }),
  };
}

function shown({ minimumTasks, percent }: FailureThreshold): Required<FailureThresholdRequest> {
  return { MinimumTasks: minimumTasks, Percent: percent };
}

function refuseEnding({ jobId, status }: JobState): void {
  if (mayBeHeld(status)) return;
  throw new ApiError(
    'JobStatusException',
    `Job ${jobId} is ${status}: only the limits of a job that has not ended, and is not about to, can be changed.`,
  );
}
