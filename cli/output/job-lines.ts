import { thresholdOf } from '../../core/job/failure-threshold.ts';
import type { FailureThresholdRequest } from '../../core/job/request.ts';
import type { JobListDescriptor, LimitsAnswer, PriorityAnswer, StatusAnswer } from '../api/job-shapes.ts';
import { taskCountsOf } from '../api/task-counts.ts';
import { formatCount, formatPercent, formatTime, formatWorkers } from './format.ts';
import { hint, type Message } from './message.ts';
import { statusText } from './outcome.ts';
import { type Column, tableLines } from './table.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'JOB', align: 'left' },
  { heading: 'STATUS', align: 'left' },
  { heading: 'PRIORITY', align: 'right' },
  { heading: 'TASKS', align: 'right' },
  { heading: 'DONE', align: 'right' },
  { heading: 'FAILED', align: 'right' },
  { heading: 'CREATED', align: 'left' },
  { heading: 'OPERATION', align: 'left' },
  { heading: 'DESCRIPTION', align: 'left' },
];

/** `jobs list`: a heading and a line for each job; in JSON each job as the API gives it. */
export function jobTable(jobs: readonly JobListDescriptor[]): Message[] {
  if (jobs.length === 0) return [hint('There are no such jobs.')];
  const [heading = '', ...lines] = tableLines(COLUMNS, jobs.map(cellsOf));
  return [hint(heading), ...jobs.map((job, index) => ({ text: lines[index] ?? '', json: job }))];
}

/** `jobs create`. */
export function jobCreated(jobId: string): Message {
  return { text: `Created job ${jobId}`, json: { JobId: jobId } };
}

/** `jobs cancel` and `jobs confirm`. */
export function statusChanged(answer: StatusAnswer): Message {
  const reason = answer.StatusUpdateReason === undefined ? '' : ` (${answer.StatusUpdateReason})`;
  return { text: `Job ${answer.JobId} is now ${answer.Status}${reason}`, json: answer };
}

/** `jobs pause`. */
export function jobPaused(answer: StatusAnswer): Message {
  return { text: `Job ${answer.JobId} is ${answer.Status}. ${answer.StatusUpdateReason ?? ''}`.trim(), json: answer };
}

/** `jobs resume`. */
export function jobResumed(answer: StatusAnswer): Message {
  const { JobId, Status } = answer;
  const waits = Status === 'Paused' || Status === 'Pausing' ? `: ${Status} until it has workers` : ` (${Status})`;
  return { text: `Job ${JobId} may go on${waits}`, json: answer };
}

/** `jobs priority`. */
export function priorityChanged(answer: PriorityAnswer): Message {
  return { text: `Job ${answer.JobId} now has priority ${answer.Priority}`, json: answer };
}

/** `jobs update`. */
export function limitsChanged(answer: LimitsAnswer): Message {
  const { JobId, RateLimit, MaxWorkers, FailureThreshold } = answer;
  const rate = RateLimit === undefined ? 'no limit of its rate' : `at most ${RateLimit.TasksPerSecond} tasks a second`;
  const workers = MaxWorkers === undefined ? 'no limit of its workers' : `at most ${formatWorkers(MaxWorkers)}`;
  const threshold = FailureThreshold === undefined ? '' : `, and ${thresholdText(FailureThreshold)}`;
  return { text: `Job ${JobId} now has ${rate} and ${workers}${threshold}`, json: answer };
}

/** `fails once more than 5 percent of at least 1,000 tasks failed`. */
export function thresholdText(request: FailureThresholdRequest): string {
  const { minimumTasks, percent } = thresholdOf(request);
  if (percent === 100) return 'never fails for its tasks';
  return `fails once more than ${percent} percent of at least ${formatCount(minimumTasks)} tasks failed`;
}

function cellsOf(job: JobListDescriptor): string[] {
  const { total, failed, done } = taskCountsOf(job);
  return [
    job.JobId,
    statusText(job),
    String(job.Priority ?? ''),
    total === undefined ? '–' : formatCount(total),
    total === undefined ? '–' : formatPercent(done, total),
    total === undefined ? '–' : formatCount(failed),
    job.CreationTime === undefined ? '' : formatTime(job.CreationTime),
    job.Operation ?? '',
    oneLine(job.Description ?? ''),
  ];
}

/** A description with a line break must not break the table. */
function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > 60 ? `${flat.slice(0, 59)}…` : flat;
}
