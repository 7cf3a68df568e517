import type { JobState } from './records.ts';
import type { JobStatus } from './status.ts';

/** What a line of a job's log is about. */
const EVENT_KINDS = ['Status', 'Request', 'Trouble', 'Wave', 'Throttled'] as const;
export type JobEventKind = (typeof EVENT_KINDS)[number];

/** A line of a job's log. */
export interface JobEvent {
  /** Unique in its job, and the same whoever writes it again. */
  readonly id: string;
  /** ISO 8601, milliseconds. */
  readonly at: string;
  readonly kind: JobEventKind;
  readonly text: string;
  /** Of a status event: the status that the job entered, and what S3's own events say of it. */
  readonly status?: JobStatus;
  /** Of the last one of a job some of whose tasks failed. */
  readonly failedTasks?: number;
  readonly failureCodes?: readonly string[];
  readonly reasons?: readonly string[];
}

/** A line that its job's state still carries: its time is left out where it is about now. */
export type PendingEvent = Omit<JobEvent, 'at'> & Partial<Pick<JobEvent, 'at'>>;

/** Lines that wait to be written, beyond which only changes of status are kept. */
const PENDING_MAXIMUM = 50;

/** Lines of a job beyond which only changes of status are kept: a caller may change a priority forever. */
const LINES_MAXIMUM = 500;

/** The first line of a new job. */
export function creationEvents(createdAt: string): Pick<JobState, 'outbox' | 'events'> {
  return { events: 1, outbox: [{ id: lineId(1), at: createdAt, kind: 'Status', status: 'New', text: 'New' }] };
}

/** The lines that a state carries after a change, those that it carried included. */
export function withEvents(before: JobState, after: JobState): Pick<JobState, 'outbox' | 'events'> {
  let { events: number = 0, outbox = [] } = before;
  for (const line of changesOf(before, after)) {
    const kept = line.kind === 'Status' || (number < LINES_MAXIMUM && outbox.length < PENDING_MAXIMUM);
    if (!kept) continue;
    number += 1;
    outbox = [...outbox, { id: lineId(number), ...line }];
  }
  return { ...(number === 0 ? {} : { events: number }), ...(outbox.length === 0 ? {} : { outbox }) };
}

/** Sorts by the order of writing. */
function lineId(number: number): string {
  return `s${String(number).padStart(6, '0')}`;
}

function changesOf(before: JobState, after: JobState): Omit<PendingEvent, 'id'>[] {
  const lines: Omit<PendingEvent, 'id'>[] = [];
  const request = (text: string): void => void lines.push({ kind: 'Request', text });
  if (after.priority !== before.priority) request(`Priority ${after.priority}, was ${before.priority}`);
  if (after.tasksPerSecond !== before.tasksPerSecond) {
    request(
      after.tasksPerSecond === undefined ? 'No limit of its rate' : `At most ${after.tasksPerSecond} tasks a second`,
    );
  }
  if (after.maxWorkers !== before.maxWorkers) {
    request(after.maxWorkers === undefined ? 'No limit of its workers' : `At most ${after.maxWorkers} workers`);
  }
  if (JSON.stringify(after.failureThreshold) !== JSON.stringify(before.failureThreshold)) request(thresholdText(after));
  if (after.held !== undefined && before.held === undefined) request(heldText(after.held));
  if (after.held === undefined && before.held !== undefined && after.status === before.status) request('Resumed');
  if (after.waitsFor === undefined && before.waitsFor !== undefined && after.status === before.status) {
    request('The jobs that it waited for have ended');
  }
  if (after.trouble !== undefined && after.trouble.FailureCode !== before.trouble?.FailureCode) {
    lines.push({ kind: 'Trouble', text: `${after.trouble.FailureCode}: ${after.trouble.FailureReason}` });
  }
  if (after.status !== before.status) lines.push(statusLine(before, after));
  return lines;
}

function statusLine(before: JobState, after: JobState): Omit<PendingEvent, 'id'> {
  const failures = after.failureReasons.slice(before.failureReasons.length);
  const failureTexts = failures.map(({ FailureCode, FailureReason }) => `${FailureCode}: ${FailureReason}`);
  const { statusUpdateReason: reason } = after;
  const reasons = reason === undefined || reason === before.statusUpdateReason ? [] : [reason];
  const { status, failedTasks } = after;
  const failed =
    failedTasks === undefined ? '' : `, with ${failedTasks} failed ${failedTasks === 1 ? 'task' : 'tasks'}`;
  return {
    kind: 'Status',
    at: after.statusSince,
    status,
    ...(failedTasks === undefined ? {} : { failedTasks }),
    text: [status + failed, ...failureTexts, ...reasons].join('. '),
    ...(failures.length === 0 ? {} : { failureCodes: failures.map(({ FailureCode }) => FailureCode) }),
    ...(reasons.length === 0 ? {} : { reasons }),
  };
}

function thresholdText({ failureThreshold: threshold }: JobState): string {
  if (threshold === undefined) return 'The usual failure threshold';
  return `Fails once more than ${threshold.percent} percent of at least ${threshold.minimumTasks} tasks failed`;
}

function heldText({ reason }: NonNullable<JobState['held']>): string {
  return reason === undefined ? 'Paused on request' : `Paused on request: ${reason}`;
}
