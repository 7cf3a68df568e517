import type { JobState } from '../job/records.ts';
import { isRetained } from '../job/retention.ts';
import type { JobStatus } from '../job/status.ts';
import type { ApiContext } from './context.ts';
import { nextToken, placeOf } from './next-token.ts';
import { progressOf } from './progress.ts';
import type { JobListDescriptor, ListJobsResult } from './results.ts';

export interface ListJobsInput {
  readonly JobStatuses?: readonly JobStatus[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** Jobs in one answer, at most and when nothing is said (model 2018-08-20). */
export const MAX_RESULTS = 1000;

/** Ids looked at together: one round of reads of the table. */
const ROUND = 100;

/** Rounds of one call: 5,000 jobs are looked at for one answer; a page that is short for it has a NextToken. */
const ROUNDS_MAXIMUM = 50;

/** Totals read at once. */
const READS_AT_ONCE = 25;

/**
 * Jobs of this stack, newest first. The order comes from an index that may lag; what is told of a job comes from the
 * table, and a job that is not there (deleted, past its retention) is left out.
 *
 * @throws ApiError InvalidNextTokenException.
 */
export async function listJobs(input: ListJobsInput, context: ApiContext): Promise<ListJobsResult> {
  const wanted = input.MaxResults ?? MAX_RESULTS;
  let place = input.NextToken === undefined ? undefined : placeOf(input.NextToken);
  if (wanted === 0) return { Jobs: [] };
  const found: JobState[] = [];
  for (let round = 0; round < ROUNDS_MAXIMUM; round += 1) {
    const { states, next } = await readRound(input, wanted - found.length, place, context);
    found.push(...states);
    place = next;
    if (next === undefined || found.length >= wanted) break;
  }
  return {
    ...(place === undefined ? {} : { NextToken: nextToken(place) }),
    Jobs: await describe(found, context),
  };
}

/** The next jobs that fit, `limit` at most, and the place in the index after the last of them or of the round. */
async function readRound(
  input: ListJobsInput,
  limit: number,
  place: string | undefined,
  context: ApiContext,
): Promise<{ states: JobState[]; next: string | undefined }> {
  const filtered = input.JobStatuses !== undefined && input.JobStatuses.length > 0;
  const page = await context.jobs.listJobIds(filtered ? ROUND : Math.min(limit, MAX_RESULTS), place);
  const fitting = inOrder(page.jobIds, await context.jobs.getStates(page.jobIds)).filter((state) =>
    fits(state, input, context),
  );
  const states = fitting.slice(0, limit);
  const last = states.at(-1);
  if (fitting.length <= limit || last === undefined) return { states, next: page.next };
  // The index alone knows the place after a job: it is asked for the page that ends there.
  const upToLast = await context.jobs.listJobIds(page.jobIds.indexOf(last.jobId) + 1, place);
  return { states, next: upToLast.next };
}

function inOrder(jobIds: readonly string[], states: readonly JobState[]): JobState[] {
  const byId = new Map(states.map((state) => [state.jobId, state]));
  return jobIds.flatMap((jobId) => byId.get(jobId) ?? []);
}

function fits(state: JobState, { JobStatuses: statuses }: ListJobsInput, context: ApiContext): boolean {
  const wanted = statuses === undefined || statuses.length === 0 || statuses.includes(state.status);
  return wanted && isRetained(state, context.clock());
}

async function describe(states: readonly JobState[], context: ApiContext): Promise<JobListDescriptor[]> {
  const described: JobListDescriptor[] = [];
  for (let from = 0; from < states.length; from += READS_AT_ONCE) {
    const some = states.slice(from, from + READS_AT_ONCE);
    described.push(...(await Promise.all(some.map((state) => describeOne(state, context)))));
  }
  return described;
}

async function describeOne(state: JobState, context: ApiContext): Promise<JobListDescriptor> {
  return {
    JobId: state.jobId,
    ...(state.description === undefined ? {} : { Description: state.description }),
    Operation: state.operation,
    Priority: state.priority,
    Status: state.status,
    CreationTime: state.createdAt,
    ...(state.endedAt === undefined ? {} : { TerminationDate: state.endedAt }),
    ProgressSummary: progressOf(state, await context.jobs.getTotals(state.jobId), context.clock()),
  };
}
