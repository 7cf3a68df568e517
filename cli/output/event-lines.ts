import type { JobEventLine, NewsLine } from '../api/job-shapes.ts';
import { formatTime } from './format.ts';
import type { Message } from './message.ts';

/** `jobs events`: a line of a job's log. */
export function eventLine(jobId: string, event: JobEventLine): Message {
  return {
    text: `${formatTime(event.Time)}  ${event.Kind.padEnd(9)}  ${event.Text}`,
    json: { JobId: jobId, ...event },
  };
}

/** `events`: a change of some job's status. */
export function newsLine(event: NewsLine): Message {
  return { text: `${formatTime(event.Time)}  ${event.JobId}  ${event.Text}`, json: event };
}
