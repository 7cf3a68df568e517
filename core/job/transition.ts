import type { After } from './after.ts';
import { mayBeHeld } from './hold.ts';
import { withEvents } from './job-event.ts';
import type { FailureThreshold, Hold, JobFailure, JobState, Trouble } from './records.ts';
import { hasEnded, type JobStatus, mayFollow } from './status.ts';

/** What may change in a job's state besides its status. `undefined` takes away what may go. */
export interface JobChanges {
  readonly priority?: number;
  readonly tasksPerSecond?: number | undefined;
  readonly maxWorkers?: number | undefined;
  readonly failureThreshold?: FailureThreshold | undefined;
  readonly totalTasks?: number;
  readonly shards?: number;
  readonly filtered?: number;
  readonly generatedManifestETag?: string;
  readonly failedTasks?: number;
  readonly statusUpdateReason?: string;
  /** Added to those that are there. */
  readonly failureReasons?: readonly JobFailure[];
  readonly trouble?: Trouble | undefined;
  readonly held?: Hold | undefined;
  readonly waitsFor?: After | undefined;
}

/** Thrown when code asks for an arrow that the lifecycle does not have: look with `mayFollow` first. */
export class IllegalTransition extends Error {
  override readonly name = 'IllegalTransition';
  constructor(
    readonly jobId: string,
    readonly from: JobStatus,
    readonly to: JobStatus,
  ) {
    super(`Job ${jobId} is ${from}, and no job goes from ${from} to ${to}.`);
  }
}

/** Statuses whose beginning ends every execution that went before: entering one raises the epoch. */
const NEW_EPOCH: ReadonlySet<JobStatus> = new Set(['Active', 'Pausing', 'Completing', 'Cancelling', 'Failing']);

/** S3 Control's limits for JobFailure (model 2018-08-20): 64 and 256 characters. */
const FAILURE_CODE_LENGTH = 64;
export const FAILURE_REASON_LENGTH = 256;

/**
 * The state of a job that moves along an arrow, ready for `JobStore.updateState`: version and, where the stage changes,
 * epoch one higher; time spent in Active added up; the dates of suspension and end set. A trouble belongs to the status
 * it was seen in and goes with it; a hold stays as long as the job may still begin tasks; a job that left New waits for no
 * other.
 *
 * @throws IllegalTransition when the lifecycle has no such arrow.
 */
export function transition(state: JobState, to: JobStatus, now: Date, changes: JobChanges = {}): JobState {
  if (!mayFollow(state.status, to)) {
    throw new IllegalTransition(state.jobId, state.status, to);
  }
  const at = now.toISOString();
  return amend(state, {
    ...changes,
    trouble: changes.trouble,
    ...(mayBeHeld(to) ? {} : { held: undefined }),
    waitsFor: undefined,
    status: to,
    statusSince: at,
    epoch: NEW_EPOCH.has(to) ? state.epoch + 1 : state.epoch,
    activeMilliseconds: activeMilliseconds(state, now),
    ...(to === 'Suspended' ? { suspendedAt: at } : {}),
    ...(hasEnded(to) ? { endedAt: at } : {}),
  });
}

/** The state with these changes and the same status, ready for `JobStore.updateState`: the version one higher. */
export function change(state: JobState, changes: JobChanges): JobState {
  return amend(state, changes);
}

/** The state with the next epoch and the same status: when the present epoch's execution died or hands over. */
export function nextEpoch(state: JobState): JobState {
  return amend(state, { epoch: state.epoch + 1 });
}

/** Milliseconds that the job has spent in Active until now, the present stay included. */
export function activeMilliseconds(state: JobState, now: Date): number {
  const stay = state.status === 'Active' ? Math.max(0, now.getTime() - Date.parse(state.statusSince)) : 0;
  return state.activeMilliseconds + stay;
}

/** The state without the lines of its log that were written and announced, those up to this one. */
export function announced(state: JobState, last: string): JobState {
  const { outbox = [], ...rest } = state;
  const left = outbox.filter(({ id }) => id > last);
  return { ...rest, ...(left.length === 0 ? {} : { outbox: left }), version: state.version + 1 };
}

type Amendment = JobChanges &
  Partial<Pick<JobState, 'status' | 'statusSince' | 'epoch' | 'activeMilliseconds' | 'suspendedAt' | 'endedAt'>>;

function amend(state: JobState, amendment: Amendment): JobState {
  const { failureReasons = [], trouble, ...changes } = amendment;
  const amended = {
    ...state,
    ...changes,
    ...('trouble' in amendment ? { trouble: trouble && { ...trouble, ...shortened(trouble) } } : {}),
    failureReasons: [...state.failureReasons, ...failureReasons.map(shortened)],
    version: state.version + 1,
  };
  // What may go is taken away: the store keeps no undefined.
  const next = Object.fromEntries(Object.entries(amended).filter(([, value]) => value !== undefined));
  return { ...(next as unknown as JobState), ...withEvents(state, next as unknown as JobState) };
}

function shortened(failure: JobFailure): JobFailure {
  return {
    FailureCode: failure.FailureCode.slice(0, FAILURE_CODE_LENGTH),
    FailureReason: failure.FailureReason.slice(0, FAILURE_REASON_LENGTH),
  };
}
