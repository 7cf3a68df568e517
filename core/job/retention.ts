import type { JobState } from './records.ts';

/** Days that an ended job is kept and shown (S3 User Guide, troubleshooting-batch-operations). */
const RETENTION_DAYS = 90;

const RETENTION_MILLISECONDS = RETENTION_DAYS * 24 * 60 * 60 * 1000;

/** Jobs that ended before this time are over their retention. */
export function retentionStart(now: Date): Date {
  return new Date(now.getTime() - RETENTION_MILLISECONDS);
}

/** Whether the job is still to be shown: an ended one may be gone from view before the sweeper has deleted it. */
export function isRetained(state: JobState, now: Date): boolean {
  return state.endedAt === undefined || Date.parse(state.endedAt) >= retentionStart(now).getTime();
}
