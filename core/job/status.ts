/**
 * The lifecycle of a job: thirteen statuses and the arrows between them.
 * One arrow is not S3's: Ready to Paused, for a job that a caller pauses before its first task.
 * Source: S3 User Guide, "Tracking job status and completion reports" (batch-ops-job-status).
 */

/** Where a job is in its life. Names are those of S3 Control's `JobStatus`. */
export const JOB_STATUSES = [
  'Active',
  'Cancelled',
  'Cancelling',
  'Complete',
  'Completing',
  'Failed',
  'Failing',
  'New',
  'Paused',
  'Pausing',
  'Preparing',
  'Ready',
  'Suspended',
] as const;

export type JobStatus = (typeof JOB_STATUSES)[number];

/** What a caller may ask of UpdateJobStatus. */
export const REQUESTED_JOB_STATUSES = ['Cancelled', 'Ready'] as const;
export type RequestedJobStatus = (typeof REQUESTED_JOB_STATUSES)[number];

/** The one table of allowed arrows: a status, and the statuses that may follow it. */
const ARROWS: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  New: ['Preparing', 'Cancelling', 'Failing'],
  Preparing: ['Ready', 'Suspended', 'Cancelling', 'Failing'],
  Suspended: ['Ready', 'Cancelled', 'Failed'],
  Ready: ['Active', 'Paused', 'Cancelling', 'Failing'],
  Active: ['Completing', 'Pausing', 'Cancelling', 'Failing'],
  Pausing: ['Paused', 'Cancelling', 'Failing'],
  Paused: ['Active', 'Cancelling', 'Failing'],
  Completing: ['Complete', 'Failed'],
  Cancelling: ['Cancelled'],
  Failing: ['Failed'],
  Complete: [],
  Cancelled: [],
  Failed: [],
};

/** Whether a job may go from one status to another. */
export function mayFollow(from: JobStatus, to: JobStatus): boolean {
  return ARROWS[from].includes(to);
}

/** Whether a job in this status has ended: no arrow leads out of it. */
export function hasEnded(status: JobStatus): boolean {
  return ARROWS[status].length === 0;
}

/** The three state machines. A stage and an epoch name an execution: `<job>-<stage>-<epoch>`. */
export type Stage = 'prepare' | 'run' | 'report';

/**
 * The stage whose execution should exist while a job is in this status; undefined where a job waits
 * (for confirmation, for capacity) or has ended.
 */
export function stageOf(status: JobStatus): Stage | undefined {
  switch (status) {
    case 'New':
    case 'Preparing':
      return 'prepare';
    case 'Active':
      return 'run';
    case 'Completing':
    case 'Cancelling':
    case 'Failing':
      return 'report';
    case 'Suspended':
    case 'Ready':
    case 'Pausing':
    case 'Paused':
    case 'Complete':
    case 'Cancelled':
    case 'Failed':
      return undefined;
    default:
      return status satisfies never;
  }
}
