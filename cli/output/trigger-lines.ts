import type { FiringDescriptor, TriggerDescriptor, TriggerListDescriptor } from '../../core/api/triggers.ts';
import { formatTime } from './format.ts';
import { hint, type Message } from './message.ts';
import { type Column, listLines, tableLines } from './table.ts';

type Row = readonly [name: string, value: string];

const left = (heading: string): Column => ({ heading, align: 'left' });
const TRIGGER_COLUMNS = ['TRIGGER', 'KIND', 'STATUS', 'LAST FIRED', 'OUTCOME', 'WAITS FOR'].map(left);
const FIRING_COLUMNS = ['FIRED', 'OUTCOME', 'CAUSE', 'FOR', 'JOB OR REASON'].map(left);

/** `triggers list`: a heading and a line for each; in JSON each trigger as the API gives it. */
export function triggerTable(triggers: readonly TriggerListDescriptor[]): Message[] {
  if (triggers.length === 0) return [hint('There are no triggers.')];
  const [heading = '', ...lines] = tableLines(TRIGGER_COLUMNS, triggers.map(cellsOf));
  return [hint(heading), ...triggers.map((trigger, index) => ({ text: lines[index] ?? '', json: trigger }))];
}

function cellsOf(trigger: TriggerListDescriptor): string[] {
  const { LastFiring: last } = trigger;
  return [
    trigger.Name,
    trigger.Kind,
    statusOf(trigger),
    last === undefined ? '–' : formatTime(last.Time),
    last?.Status ?? '–',
    waitsFor(trigger),
  ];
}

function statusOf({ Enabled, Deleting, Problem }: Omit<TriggerListDescriptor, 'LastFiring'>): string {
  if (Deleting === true) return 'deleting';
  if (!Enabled) return 'disabled';
  return Problem === undefined ? 'enabled' : 'problem';
}

function waitsFor({
  Kind,
  Bucket,
  Prefix = '',
  Suffix,
  Pattern,
  Schedule,
  TimeZone,
}: Partial<TriggerDescriptor>): string {
  if (Kind === 'Schedule') return `${Schedule} ${TimeZone ?? 'UTC'}`;
  const place = `s3://${Bucket?.split(':').at(-1)}/${Prefix}`;
  if (Kind === 'Inventory') return `reports under ${place}`;
  const ends = [
    Suffix === undefined ? '' : ` that end in ${Suffix}`,
    Pattern === undefined ? '' : ` that fit ${Pattern}`,
  ];
  return `objects under ${place}${ends.join('')}`;
}

/** `triggers describe`: in JSON the API's `Trigger`, unchanged. */
export function triggerDetails(trigger: TriggerDescriptor): Message {
  const rows: Row[] = [
    ['Trigger', trigger.Name],
    ['Status', statusOf(trigger)],
    ...(trigger.Problem === undefined
      ? []
      : [['Problem', `since ${formatTime(trigger.Problem.Since)}: ${trigger.Problem.Reason}`] as const]),
    ['Waits for', waitsFor(trigger)],
    ...eventsOf(trigger),
    ...(trigger.Overlap === undefined ? [] : [['Overlap', trigger.Overlap] as const]),
    ['Defined by', trigger.DefinedBy === 'stack' ? 'a stack, which alone can change it' : 'the API'],
    ['Operation', operationOf(trigger.Job)],
    ['Role', String(trigger.Job['RoleArn'])],
    ['Created', formatTime(trigger.CreationTime)],
    ['Changed', formatTime(trigger.LastChangeTime)],
  ];
  const firings =
    trigger.Firings.length === 0
      ? ['It has not fired in the last two weeks.']
      : tableLines(FIRING_COLUMNS, trigger.Firings.map(firingCells));
  return { text: [...listLines(rows), '', ...firings].join('\n'), json: trigger };
}

/** Said only where they are missing: nothing is wrong then, but arrivals take a minute or two. */
function eventsOf({ Events: events }: TriggerDescriptor): Row[] {
  if (events !== 'Off') return [];
  return [['Events', 'off: the bucket sends none to EventBridge, so that arrivals are found by listing, each minute']];
}

function operationOf({ Operation: operation }: TriggerDescriptor['Job']): string {
  if (typeof operation !== 'object' || operation === null) return '';
  return Object.entries(operation)
    .map(([name, value]) => (name === 'Drover' && typeof value === 'object' ? Object.keys(value ?? {}).join() : name))
    .join();
}

function firingCells({ Time, Status, Cause, Key, ScheduledTime, JobId, Reason }: FiringDescriptor): string[] {
  const subject = Key ?? (ScheduledTime === undefined ? 'the newest report' : formatTime(ScheduledTime));
  return [formatTime(Time), Status, Cause, subject, (JobId ?? Reason ?? '').replace(/\s+/g, ' ')];
}

/** `triggers create`, `enable`, `disable` and `delete`. */
export function triggerChanged(name: string, done: string, more: Readonly<Record<string, unknown>>): Message {
  return { text: `Trigger ${name} is ${done}`, json: { Name: name, ...more } };
}

/** `triggers fire`. */
export function firingOutcome(name: string, firingId: string, firing: FiringDescriptor | undefined): Message {
  return { text: outcomeText(name, firing), json: firing ?? { FiringId: firingId, Status: 'Pending' } };
}

function outcomeText(name: string, firing: FiringDescriptor | undefined): string {
  const why = firing?.Reason === undefined ? '' : ` ${firing.Reason}`;
  switch (firing?.Status) {
    case 'Created':
      return `Trigger ${name} created job ${firing.JobId}`;
    case 'Queued':
      return `Trigger ${name} has fired; its job is made when the one before it has ended.${why}`;
    case 'Skipped':
    case 'Failed':
      return `Trigger ${name} made no job.${why}`;
    default:
      return `Trigger ${name} has fired; nothing has come of it yet.${why} See: drover triggers describe ${name}`;
  }
}
