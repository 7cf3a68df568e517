import type { JobDescriptor } from '../api/job-shapes.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatCount, formatTasks } from './format.ts';
import type { Message } from './message.ts';

/** How a job ended, in words: "Complete, with 12 failed tasks" is not "Complete". */
export function outcomeOf(job: JobDescriptor): string {
  const { total, failed, done } = countsOf(job);
  const failures = failed === 0 ? '' : `, with ${formatTasks(failed, 'failed')}`;
  switch (job.Status) {
    case 'Complete':
      if (total === 0) return 'Complete: there was no task to do';
      return failed === 0
        ? `Complete: all ${formatTasks(total)} succeeded`
        : `Complete${failures} of ${formatCount(total)}`;
    case 'Cancelled':
      return `Cancelled after ${formatCount(done)} of ${formatTasks(total)}${failures}${because(job.StatusUpdateReason)}`;
    case 'Failed':
      return `Failed after ${formatCount(done)} of ${formatTasks(total)}${failures}${because(...reasonsOf(job))}`;
    default:
      return job.Status;
  }
}

/** The last line of `jobs watch`. */
export function jobEnded(job: JobDescriptor): Message {
  const outcome = outcomeOf(job);
  const { total, failed, done } = countsOf(job);
  return {
    text: `Job ${job.JobId}: ${outcome}`,
    json: {
      JobId: job.JobId,
      Status: job.Status,
      Outcome: outcome,
      TotalNumberOfTasks: total,
      NumberOfTasksSucceeded: done - failed,
      NumberOfTasksFailed: failed,
      FailureReasons: job.FailureReasons ?? [],
    },
  };
}

/** 0 only for a job that is Complete and without one failed task. */
export function exitCodeOf(job: JobDescriptor): ExitCode {
  return job.Status === 'Complete' && countsOf(job).failed === 0 ? EXIT.done : EXIT.failed;
}

function countsOf(job: JobDescriptor): { total: number; failed: number; done: number } {
  const failed = job.ProgressSummary?.NumberOfTasksFailed ?? 0;
  const succeeded = job.ProgressSummary?.NumberOfTasksSucceeded ?? 0;
  return { total: job.ProgressSummary?.TotalNumberOfTasks ?? 0, failed, done: failed + succeeded };
}

function reasonsOf(job: JobDescriptor): string[] {
  return (job.FailureReasons ?? []).map((failure) => `${failure.FailureCode}: ${failure.FailureReason}`);
}

function because(...reasons: (string | undefined)[]): string {
  const told = reasons.filter((reason) => reason !== undefined && reason !== '');
  return told.length === 0 ? '' : `. ${told.join('; ')}`;
}
