import { hasEnded } from '../../core/job/status.ts';
import type { JobDescriptor } from '../api/job-shapes.ts';
import { NotReachableError } from '../errors.ts';
import type { Clock } from '../io.ts';
import { type JobProgress, JobProgressTracker } from '../progress/job-progress.ts';

/** How long a watch puts up with an endpoint that does not answer: a local cloud may be started again meanwhile. */
const PATIENCE_MILLISECONDS = 30_000;

/** What a watch needs: a way to look, a clock, and somebody to show it to. */
export interface WatchDependencies {
  readonly clock: Clock;
  describe(): Promise<JobDescriptor>;
  /** Called after every look, the last one included. */
  show(progress: JobProgress): Promise<void>;
}

/** Looks at a job until it has ended. Answers undefined if the signal was aborted before that. */
export async function watchJob(
  dependencies: WatchDependencies,
  intervalMilliseconds: number,
  signal: AbortSignal,
): Promise<JobDescriptor | undefined> {
  const { clock } = dependencies;
  const tracker = new JobProgressTracker();
  let lastAnswer: number | undefined;
  while (!signal.aborted) {
    const job = await describe(dependencies, lastAnswer);
    if (job !== undefined) {
      lastAnswer = clock.now();
      await dependencies.show(tracker.look(job, lastAnswer));
      if (hasEnded(job.Status)) return job;
    }
    await clock.sleep(intervalMilliseconds, signal);
  }
  return undefined;
}

/** Undefined while an endpoint that did answer does not for a moment. */
async function describe(dependencies: WatchDependencies, lastAnswer?: number): Promise<JobDescriptor | undefined> {
  try {
    return await dependencies.describe();
  } catch (error) {
    const patient = lastAnswer !== undefined && dependencies.clock.now() - lastAnswer < PATIENCE_MILLISECONDS;
    if (patient && error instanceof NotReachableError) return undefined;
    throw error;
  }
}
