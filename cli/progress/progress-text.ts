import type { JobStatus } from '../../core/job/status.ts';
import { formatCount, formatDuration, formatPercent, formatRate, formatWorkers } from '../output/format.ts';
import type { Message } from '../output/message.ts';
import type { JobProgress } from './job-progress.ts';

/** What a job is doing in each status that it does not stay in for good. */
const DOING: Readonly<Record<JobStatus, string>> = {
  New: 'New: about to read the manifest',
  Preparing: 'Preparing: reading the manifest',
  Suspended: 'Suspended: waiting for your confirmation',
  Ready: 'Ready: waiting for its turn',
  Active: 'Active',
  Pausing: 'Pausing: making room for jobs of higher priority',
  Paused: 'Paused: waiting for jobs of higher priority',
  Completing: 'Completing: writing the report',
  Complete: 'Complete',
  Cancelling: 'Cancelling: ending what was begun',
  Cancelled: 'Cancelled',
  Failing: 'Failing: ending what was begun',
  Failed: 'Failed',
};

/** Those of which a reason that the job gives tells more. */
const WAITING: ReadonlySet<JobStatus> = new Set(['New', 'Ready', 'Pausing', 'Paused']);

const BAR_WIDEST = 40;
const BAR_NARROWEST = 10;

/** The progress without a bar: `Active  63 %  1,890 of 3,000 done  12 failed  640/s  2 s left`. */
function progressText(progress: JobProgress): string {
  return [doing(progress), ...figuresOf(progress), ...extrasOf(progress)].join('  ');
}

/** The progress as one line with a bar, no wider than the terminal. */
export function progressBarText(progress: JobProgress, columns: number): string {
  const figures = figuresOf(progress).join('  ');
  const text = progress.status === 'Active' ? figures : [doing(progress), figures].filter(Boolean).join('  ');
  const room = columns - text.length - 5;
  if (progress.total === undefined || room < BAR_NARROWEST) return text.slice(0, Math.max(0, columns - 1));
  const extras = ['', ...extrasOf(progress)].join('  ');
  const shown = room - extras.length < BAR_NARROWEST ? text : text + extras;
  return `${barOf(progress, progress.total, Math.min(BAR_WIDEST, columns - shown.length - 5))}  ${shown}`;
}

/** The bar alone. Full only when every task is done. */
export function barOf(progress: JobProgress, total: number, width: number): string {
  const done = progress.succeeded + progress.failed;
  const filled = total === 0 ? width : Math.floor((width * done) / total);
  return `[${'█'.repeat(filled)}${'░'.repeat(width - filled)}]`;
}

/** A line of `jobs watch` where there is no terminal. */
export function progressLine(progress: JobProgress): Message {
  return {
    text: progressText(progress),
    json: {
      JobId: progress.jobId,
      Status: progress.status,
      ...(progress.total !== undefined && { TotalNumberOfTasks: progress.total }),
      NumberOfTasksSucceeded: progress.succeeded,
      NumberOfTasksFailed: progress.failed,
      ...(progress.workers !== undefined && { Workers: progress.workers }),
      ...(progress.throttled !== undefined && { ThrottledAttempts: progress.throttled }),
      ...(progress.reason !== undefined && { StatusUpdateReason: progress.reason }),
      ...(progress.perSecond !== undefined && { TasksPerSecond: Math.round(progress.perSecond * 10) / 10 }),
      ...(progress.secondsLeft !== undefined &&
        progress.status === 'Active' && { SecondsLeft: Math.round(progress.secondsLeft) }),
    },
  };
}

/** What is left out first where a line is short. */
function extrasOf({ status, workers, throttled }: JobProgress): string[] {
  if (status !== 'Active') return [];
  return [
    ...(workers === undefined ? [] : [formatWorkers(workers)]),
    ...(throttled === undefined ? [] : [`throttled ${formatCount(throttled)}×`]),
  ];
}

function doing(progress: JobProgress): string {
  // What it waits for was said.
  if (progress.reason !== undefined && WAITING.has(progress.status)) return progress.status;
  const told = DOING[progress.status];
  return progress.status === 'Suspended' ? `${told} (drover jobs confirm ${progress.jobId})` : told;
}

function figuresOf(progress: JobProgress): string[] {
  const { total, failed, perSecond, secondsLeft } = progress;
  if (total === undefined) return [];
  const done = progress.succeeded + failed;
  const figures = [
    formatPercent(done, total),
    `${formatCount(done)} of ${formatCount(total)} done`,
    `${formatCount(failed)} failed`,
  ];
  if (progress.status !== 'Active') return figures;
  if (perSecond !== undefined) figures.push(formatRate(perSecond));
  if (secondsLeft !== undefined && secondsLeft > 0) figures.push(`${formatDuration(secondsLeft)} left`);
  return figures;
}
