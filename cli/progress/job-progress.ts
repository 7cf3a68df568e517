import { hasEnded, type JobStatus } from '../../core/job/status.ts';
import type { JobDescriptor } from '../api/job-shapes.ts';
import { taskCountsOf } from '../api/task-counts.ts';
import { addSample, type Pace, paceOf, type Sample } from './progress-meter.ts';

/** What the bar, the plain lines and the JSON of `jobs watch` show at one moment. */
export interface JobProgress extends Pace {
  readonly jobId: string;
  readonly status: JobStatus;
  /** Undefined until the manifest has been read. */
  readonly total: number | undefined;
  readonly succeeded: number;
  readonly failed: number;
  /** Workers that it has now. */
  readonly workers?: number | undefined;
  /** Requests that S3 refused for their number, so far. */
  readonly throttled?: number | undefined;
  /** What it waits for, or what keeps it from going on. */
  readonly reason?: string | undefined;
}

/** Remembers the looks at one job, for its rate. Knows no clock: each look brings its time. */
export class JobProgressTracker {
  private samples: readonly Sample[] = [];

  /** Takes the job as it is now. */
  look(job: JobDescriptor, at: number): JobProgress {
    const { total, succeeded, failed, done } = taskCountsOf(job);
    // Time spent waiting or reading the manifest says nothing about the pace of tasks.
    this.samples = job.Status === 'Active' ? addSample(this.samples, { at, done }) : [];
    return {
      jobId: job.JobId,
      status: job.Status,
      total,
      succeeded,
      failed,
      workers: job.Drover?.Workers,
      throttled: job.Drover?.Throttled?.Attempts,
      reason: hasEnded(job.Status) ? undefined : job.StatusUpdateReason,
      ...paceOf(this.samples, total ?? 0),
    };
  }
}
