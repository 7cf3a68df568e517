import type { JobStatus } from '../../core/job/status.ts';
import type { JobDescriptor } from '../api/job-shapes.ts';
import { addSample, type Pace, paceOf, type Sample } from './progress-meter.ts';

/** What the bar, the plain lines and the JSON of `jobs watch` show at one moment. */
export interface JobProgress extends Pace {
  readonly jobId: string;
  readonly status: JobStatus;
  /** Undefined until the manifest has been read. */
  readonly total: number | undefined;
  readonly succeeded: number;
  readonly failed: number;
}

/** Remembers the looks at one job, for its rate. Knows no clock: each look brings its time. */
export class JobProgressTracker {
  private samples: readonly Sample[] = [];

  /** Takes the job as it is now. */
  look(job: JobDescriptor, at: number): JobProgress {
    const succeeded = job.ProgressSummary?.NumberOfTasksSucceeded ?? 0;
    const failed = job.ProgressSummary?.NumberOfTasksFailed ?? 0;
    const total = job.ProgressSummary?.TotalNumberOfTasks;
    this.samples = addSample(this.samples, { at, done: succeeded + failed });
    return { jobId: job.JobId, status: job.Status, total, succeeded, failed, ...paceOf(this.samples, total ?? 0) };
  }
}
