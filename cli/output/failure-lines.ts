import { hasEnded } from '../../core/job/status.ts';
import type { FailureGroup, JobDescriptor } from '../api/job-shapes.ts';
import { formatCount } from './format.ts';
import { hint, type Message } from './message.ts';
import { type Column, tableLines } from './table.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'TASKS', align: 'right' },
  { heading: 'ERROR CODE', align: 'left' },
  { heading: 'FIRST MESSAGE', align: 'left' },
  { heading: 'FOR EXAMPLE', align: 'left' },
];

/** A message wider than this would push the examples off the screen. */
const MESSAGE_WIDTH = 60;

/** `jobs failures`: a heading and a line for each error code; in JSON a document for each. */
export function failureTable(job: JobDescriptor): Message[] {
  const groups = job.Drover?.Failures ?? [];
  const ended = hasEnded(job.Status);
  if (groups.length === 0) return [hint(`No task of job ${job.JobId} failed${ended ? '' : ' so far'}.`)];
  const [heading = '', ...lines] = tableLines(COLUMNS, groups.map(cellsOf));
  return [
    hint(heading),
    ...groups.map((group, index) => ({ text: lines[index] ?? '', json: { JobId: job.JobId, ...group } })),
    hint(ended ? `Once more, only these: drover jobs retry ${job.JobId} --only failed` : `So far: it is ${job.Status}`),
  ];
}

function cellsOf({ Tasks, ErrorCode, ResultMessage, Objects }: FailureGroup): string[] {
  const message = ResultMessage.replace(/\s+/g, ' ');
  const more = Tasks > Objects.length ? ', …' : '';
  return [
    formatCount(Tasks),
    ErrorCode,
    message.length > MESSAGE_WIDTH ? `${message.slice(0, MESSAGE_WIDTH - 1)}…` : message,
    `${Objects.join(', ')}${more}`,
  ];
}
