import type { JobEvent } from '../job/job-event.ts';
import type { Job, JobState, JobTotals, Schedule, StoredRequest } from '../job/records.ts';
import type { JobTag } from '../job/request.ts';

/** The Jobs table, as the engine sees it. Every write that could race is conditional and says whether it took. */
export interface JobStore {
  /**
   * Writes OPEN, request, tags and state in that order, each only if absent.
   * Answers the stored request: this one, or the earlier one of the same job id (compare the hashes).
   */
  createJob(request: StoredRequest, state: JobState, tags: readonly JobTag[]): Promise<StoredRequest>;
  /** The whole job, strongly consistent; undefined if there is none or its state was not written yet. */
  getJob(jobId: string): Promise<Job | undefined>;
  getRequest(jobId: string): Promise<StoredRequest | undefined>;
  /** Strongly consistent. */
  getState(jobId: string): Promise<JobState | undefined>;
  getTotals(jobId: string): Promise<JobTotals>;
  /**
   * Writes `next` on condition that the stored version is `next.version - 1`. False: somebody else was first. True also
   * when just that is stored: a write that took and was repeated (or two callers that wanted the same: both may go on).
   */
  updateState(next: JobState): Promise<boolean>;
  /** Sets totals on condition that they are larger than (or equal to) those stored. */
  raiseTotals(jobId: string, totals: JobTotals): Promise<void>;
  /** Takes the right to sum anew: true for one caller in `minimumAge` milliseconds. */
  claimSum(jobId: string, now: number, minimumAge: number): Promise<boolean>;
  putTags(jobId: string, tags: readonly JobTag[]): Promise<void>;

  /** Ids by creation time, newest first, from an index that may lag. `after` is the `next` of the page before. */
  listJobIds(limit: number, after?: string): Promise<{ readonly jobIds: readonly string[]; readonly next?: string }>;
  /** States of these jobs (those that exist), read from the table. */
  getStates(jobIds: readonly string[]): Promise<readonly JobState[]>;
  /** Ids of all jobs not yet closed: base-table reads, strongly consistent. */
  openJobIds(): Promise<readonly string[]>;
  /** Files an ended job under its end, for its deletion 90 days on, and takes it off the open jobs. Idempotent. */
  closeJob(jobId: string, endedAt: string): Promise<void>;
  /** Jobs that ended before this time, oldest first. */
  closedJobs(before: string, limit: number): Promise<readonly ClosedJob[]>;
  /** Removes every item of a closed job, the pointer to it last. */
  deleteJob(job: ClosedJob): Promise<void>;

  /** Writes lines of a job's log; a line of the same id takes the other's place. Changes of status are also news. */
  putEvents(jobId: string, events: readonly JobEvent[]): Promise<void>;
  /** The lines of a job's log in the order of their times. */
  getEvents(jobId: string): Promise<readonly JobEvent[]>;
  /** Changes of status of all jobs, in order, after the `next` of the page before, or of the last `limit` ones. */
  getNews(limit: number, after?: string): Promise<NewsPage>;
  /** Forgets news from before this time (ISO 8601), so many at most. */
  deleteNews(before: string, limit: number): Promise<void>;

  /** Version 0 and no shares when none was ever written. */
  getSchedule(): Promise<Schedule>;
  /** Writes on condition that the stored version is `next.version - 1`. True also when just that is stored. */
  putSchedule(next: Schedule): Promise<boolean>;
  /** Workers that the account can run at once, as last measured; undefined before the first measurement. */
  getCapacity(): Promise<number | undefined>;
  putCapacity(workers: number): Promise<void>;
}

/** The pointer to a job that has ended. */
export interface ClosedJob {
  readonly jobId: string;
  readonly endedAt: string;
}

/** Changes of status of all jobs. */
export interface NewsPage {
  readonly news: readonly News[];
  /** Where the next page begins, now or when there is more. */
  readonly next: string;
}

export interface News {
  readonly jobId: string;
  readonly event: JobEvent;
}
