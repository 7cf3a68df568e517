import type { JobEvent } from '../job/job-event.ts';
import { jobEventIdOf } from '../job/status-event.ts';
import type { ApiContext } from './context.ts';
import { findState } from './find-job.ts';

/** A line of a job's log. */
export interface EventShown {
  /** ISO 8601. */
  readonly Time: string;
  readonly Kind: string;
  readonly Text: string;
  /** Of a change of status. */
  readonly Status?: string;
  /** Of the change to Complete, Failed or Cancelled, where tasks failed. */
  readonly NumberOfTasksFailed?: number;
}

export interface ListJobEventsResult {
  readonly JobId: string;
  /** Oldest first. */
  readonly Events: readonly EventShown[];
}

/** A change of status, among those of all jobs. */
export interface NewsShown extends EventShown {
  readonly JobId: string;
  /** The `jobEventId` of the event that told of it. */
  readonly EventId: string;
}

export interface ListEventsResult {
  readonly Events: readonly NewsShown[];
  /** For `after`: what comes later, and what may have been written late, so that some come again with their ids. */
  readonly Next: string;
}

/** So late a change may be written, for the call that made it may have died, in milliseconds: two calls of the sweeper. */
const LATE_MILLISECONDS = 120_000;

/** Changes of status that one answer has at most. */
export const EVENTS_MAXIMUM = 1_000;

/** Those that an answer has unless it is asked for another number. */
const EVENTS_USUAL = 100;

/**
 * What happened to a job: changes of status, requests, waves, throttling and troubles; some dozens of lines.
 *
 * @throws ApiError NotFoundException.
 */
export async function listJobEvents({ JobId }: { JobId: string }, context: ApiContext): Promise<ListJobEventsResult> {
  const { outbox = [] } = await findState(JobId, context);
  const written = await context.jobs.getEvents(JobId);
  // What is not written yet is told all the same.
  const known = new Set(written.map(({ id }) => id));
  const now = context.clock().toISOString();
  const pending = outbox.filter(({ id }) => !known.has(id)).map((event): JobEvent => ({ at: now, ...event }));
  return { JobId, Events: [...written, ...pending].map(shown) };
}

/** Changes of status of all jobs, oldest first: the last ones, or those after an answer's `Next`. Kept for a week. */
export async function listEvents(
  { After, MaxResults = EVENTS_USUAL }: { After?: string | undefined; MaxResults?: number | undefined },
  context: ApiContext,
): Promise<ListEventsResult> {
  const { news, next } = await context.jobs.getNews(MaxResults, After);
  const Events = news.map(({ jobId, event }) => {
    return { JobId: jobId, EventId: jobEventIdOf(jobId, event.id), ...shown(event) };
  });
  const settled = new Date(context.clock().getTime() - LATE_MILLISECONDS).toISOString();
  const isFull = news.length === MaxResults;
  // A full page of what follows must be left behind, or nobody would come further.
  if (After !== undefined && isFull) return { Events, Next: next };
  const first = After ?? (isFull ? news[0]?.event.at : undefined) ?? '';
  // Places in the list begin with a time, and sort as texts.
  const [earlier = next] = [next, settled].sort();
  const [, Next = earlier] = [first, earlier].sort();
  return { Events, Next };
}

function shown({ at, kind, text, status, failedTasks }: JobEvent): EventShown {
  return {
    Time: at,
    Kind: kind,
    Text: text,
    ...(status === undefined ? {} : { Status: status }),
    ...(failedTasks === undefined ? {} : { NumberOfTasksFailed: failedTasks }),
  };
}
