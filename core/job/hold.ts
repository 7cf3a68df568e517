import type { JobState } from './records.ts';
import { hasEnded, type JobStatus, stageOf } from './status.ts';

/** S3 Control's limit for StatusUpdateReason (model 2018-08-20). */
const REASON_LENGTH = 256;

/** Whether a job in this status may still begin tasks, now or later: only such a job can be paused and resumed. */
export function mayBeHeld(status: JobStatus): boolean {
  return !hasEnded(status) && stageOf(status) !== 'report';
}

/** Says on a job that a caller paused it, since when, why, and what makes it go on; undefined for any other. */
export function holdText({ jobId, held }: JobState): string | undefined {
  if (held === undefined) return undefined;
  const begin = `Paused on request at ${held.since}`;
  const end = `. It waits for drover jobs resume ${jobId}`;
  const reason = held.reason === undefined ? '' : `: ${held.reason}`;
  return begin + reason.slice(0, REASON_LENGTH - begin.length - end.length) + end;
}
