import type { JobDescriptor, JobListDescriptor } from '../api/job-shapes.ts';
import { taskCountsOf } from '../api/task-counts.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatCount, formatTasks } from './format.ts';
import { hint, type Message } from './message.ts';

/** How a job ended, in words: "Complete, with 12 failed tasks" is not "Complete". */
export function outcomeOf(job: JobDescriptor): string {
  const { total = 0, failed } = taskCountsOf(job);
  const failures = failed === 0 ? '' : `, with ${formatTasks(failed, 'failed')}`;
  switch (job.Status) {
    case 'Complete':
      if (total === 0) return 'Complete: there was no task to do';
      if (job.Drover?.DryRun === true) return dryRunOf(total, failed);
      return failed === 0
        ? `Complete: all ${formatTasks(total)} succeeded`
        : `Complete${failures} of ${formatCount(total)}`;
    case 'Cancelled':
      return `Cancelled ${whenOf(job)}${failures}${because(job.StatusUpdateReason)}`;
    case 'Failed':
      return `Failed ${whenOf(job)}${failures}${because(...reasonsOf(job))}`;
    default:
      return job.Status;
  }
}

/** A status by itself, and that tasks failed where some did: "Complete, with failures" is not "Complete". */
export function statusText(job: JobDescriptor | JobListDescriptor): string {
  const saysSo = job.Status === 'Failed' || job.Status === 'Failing';
  return saysSo || taskCountsOf(job).failed === 0 ? job.Status : `${job.Status}, with failures`;
}

function dryRunOf(total: number, failed: number): string {
  const outcome =
    failed === 0 ? `All ${formatTasks(total)}` : `${formatCount(total - failed)} of ${formatTasks(total)}`;
  return `Complete: a dry run, which changed nothing. ${outcome} would succeed`;
}

function whenOf(job: JobDescriptor): string {
  const { total, done } = taskCountsOf(job);
  if (done === 0 || total === undefined) return 'before its first task';
  return `after ${formatCount(done)} of ${formatTasks(total)}`;
}

/** The last line of `jobs watch`. */
export function jobEnded(job: JobDescriptor): Message {
  const outcome = outcomeOf(job);
  const { total = 0, succeeded, failed } = taskCountsOf(job);
  return {
    text: `Job ${job.JobId}: ${outcome}`,
    json: {
      JobId: job.JobId,
      Status: job.Status,
      Outcome: outcome,
      TotalNumberOfTasks: total,
      NumberOfTasksSucceeded: succeeded,
      NumberOfTasksFailed: failed,
      FailureReasons: job.FailureReasons ?? [],
    },
  };
}

/** What to look at next, after the last line of `jobs watch`. */
export function nextLook(job: JobDescriptor): Message[] {
  const { failed, done } = taskCountsOf(job);
  if (failed > 0) return [hint(`What failed, and why: drover jobs failures ${job.JobId}`)];
  if (done === 0 || job.Report?.Enabled !== true || job.Status === 'Failed') return [];
  return [hint(`A line for each task: drover report ${job.JobId}`)];
}

/** 0 only for a job that is Complete and without one failed task. */
export function exitCodeOf(job: JobDescriptor): ExitCode {
  return job.Status === 'Complete' && taskCountsOf(job).failed === 0 ? EXIT.done : EXIT.failed;
}

function reasonsOf(job: JobDescriptor): string[] {
  return (job.FailureReasons ?? []).map((failure) => `${failure.FailureCode}: ${failure.FailureReason}`);
}

function because(...reasons: (string | undefined)[]): string {
  const told = reasons.filter((reason) => reason !== undefined && reason !== '');
  return told.length === 0 ? '' : `. ${told.join('; ')}`;
}
