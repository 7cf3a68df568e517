import { CronExpressionParser } from 'cron-parser';
import { type EventsRefusal, validationFailure } from './refusal.ts';

/** When a scheduled rule fires. */
export interface Schedule {
  /** The first time after `time` (both in milliseconds since 1970), or undefined when there is none any more. */
  after(time: number): number | undefined;
}

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * A schedule expression: `rate(5 minutes)`, or `cron(minutes hours day-of-month month day-of-week year)` in UTC. The
 * wildcard W is not known here.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 *
 * @throws EventsRefusal (ValidationException)
 */
export function parseSchedule(expression: string): Schedule {
  const [, kind, content = ''] = /^(rate|cron)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return parseRate(expression, content);
  if (kind === 'cron') return parseCron(expression, content);
  throw invalidSchedule(expression, 'it is neither rate(…) nor cron(…)');
}

function invalidSchedule(expression: string, reason: string): EventsRefusal {
  return validationFailure(`Parameter ScheduleExpression is not valid. (${expression}: ${reason})`);
}

function parseRate(expression: string, content: string): Schedule {
  const [, digits, unit = '', plural] = /^([1-9]\d{0,5}) (minute|hour|day)(s?)$/.exec(content.trim()) ?? [];
  const count = Number(digits);
  if (digits === undefined || (count === 1) !== (plural === '')) {
    throw invalidSchedule(expression, 'a rate is like rate(1 minute), rate(12 hours), rate(7 days)');
  }
  const period = count * (UNITS[unit] ?? 0);
  return { after: (time) => time + period };
}

function parseCron(expression: string, content: string): Schedule {
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', years, ...rest] = content
    .trim()
    .split(/\s+/);
  if (years === undefined || rest.length > 0) throw invalidSchedule(expression, 'a cron expression has six fields');
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw invalidSchedule(expression, 'one of day-of-month and day-of-week, and only one, is ?');
  }
  if (/W/i.test(dayOfMonth)) throw invalidSchedule(expression, 'the local cloud does not know the wildcard W');
  const fields = ['0', minutes, hours, dayOfMonth, month, fromSundayZero(expression, dayOfWeek)].join(' ');
  const mayBeYear = parseYears(expression, years);
  const next = (time: number): number =>
    CronExpressionParser.parse(fields, { currentDate: new Date(time), tz: 'UTC' })
      .next()
      .getTime();
  try {
    next(Date.now());
  } catch (error) {
    throw invalidSchedule(expression, error instanceof Error ? error.message : String(error));
  }
  return { after: (time) => nextInYears(time, next, mayBeYear) };
}

/** AWS counts the days of the week from 1, the parser (as crontabs do) from 0. */
function fromSundayZero(expression: string, dayOfWeek: string): string {
  return dayOfWeek.replace(/(?<![#/\d])\d+/g, (digits) => {
    const day = Number(digits);
    if (day < 1 || day > 7) throw invalidSchedule(expression, 'a day of the week is 1 to 7 or SUN to SAT');
    return String(day - 1);
  });
}

const FIRST_YEAR = 1970;
const LAST_YEAR = 2199;

function parseYears(expression: string, field: string): (year: number) => boolean {
  const ranges = field.split(',').map((part) => {
    const [, any, from, to, step] = /^(?:(\*)|(\d{4})(?:-(\d{4}))?)(?:\/([1-9]\d*))?$/.exec(part) ?? [];
    if (any === undefined && from === undefined) throw invalidSchedule(expression, `${part} is not a year`);
    const first = any === undefined ? Number(from) : FIRST_YEAR;
    const last = to === undefined ? (any === undefined && step === undefined ? first : LAST_YEAR) : Number(to);
    return { first, last, step: Number(step ?? 1) };
  });
  return (year) => ranges.some(({ first, last, step }) => year >= first && year <= last && (year - first) % step === 0);
}

function nextInYears(
  time: number,
  next: (time: number) => number,
  mayBeYear: (year: number) => boolean,
): number | undefined {
  let from = time;
  while (new Date(from).getUTCFullYear() <= LAST_YEAR) {
    const candidate = next(from);
    const year = new Date(candidate).getUTCFullYear();
    if (year > LAST_YEAR) return undefined;
    if (mayBeYear(year)) return candidate;
    // The moment before the next year begins, since what is asked for lies after it.
    from = Date.UTC(year + 1, 0, 1) - 1;
  }
  return undefined;
}
