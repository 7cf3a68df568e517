import type { JobDescriptor, JobListDescriptor } from './job-shapes.ts';

/** A job's counts, with what the API leaves out made plain. */
export interface TaskCounts {
  /** Tasks in the manifest; undefined while nobody knows, because the manifest was not read (to its end). */
  readonly total: number | undefined;
  readonly succeeded: number;
  readonly failed: number;
  /** Succeeded and failed together. */
  readonly done: number;
}

/**
 * The counts of a job. The API gives a total of 0 (or none) both for a manifest that is not read yet and for one without
 * lines; only a job that is Complete is known to be of the second kind. Else 0 of 0 would look like 100 %.
 */
export function taskCountsOf(job: JobDescriptor | JobListDescriptor): TaskCounts {
  const succeeded = job.ProgressSummary?.NumberOfTasksSucceeded ?? 0;
  const failed = job.ProgressSummary?.NumberOfTasksFailed ?? 0;
  const given = job.ProgressSummary?.TotalNumberOfTasks ?? 0;
  const total = given > 0 || job.Status === 'Complete' ? given : undefined;
  return { total, succeeded, failed, done: succeeded + failed };
}
