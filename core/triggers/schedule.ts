import { CronExpressionParser } from 'cron-parser';

/** The times of a schedule. */
export interface Schedule {
  /** The last time after `from` and not after `to` (milliseconds since 1970); undefined where there is none. */
  lastBetween(from: number, to: number): number | undefined;
}

/** What is wrong with an expression, to follow its member's name. */
export interface ScheduleProblem {
  readonly problem: string;
}

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

const EXAMPLE = 'like rate(12 hours) or cron(0 3 * * ? *)';

/** Years that a cron expression of EventBridge may name. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 2199;

/** Times that are looked at for one whose year fits: a schedule fires at most each minute, for two weeks back. */
const MOST_LOOKS = 50_000;

/**
 * Reads `rate(value unit)`, counted from `start`, or `cron(minutes hours day-of-month month day-of-week year)` in a time
 * zone, as EventBridge has them (User Guide, "Schedule types in EventBridge Scheduler").
 *
 * @param start milliseconds since 1970.
 */
export function parseSchedule(expression: string, timeZone: string, start: number): Schedule | ScheduleProblem {
  const [, kind, content = ''] = /^(rate|cron)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return parseRate(content.trim(), start);
  if (kind === 'cron') return parseCron(content.trim(), timeZone);
  return { problem: `must be ${EXAMPLE}` };
}

/** Whether this platform knows the time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function parseRate(content: string, start: number): Schedule | ScheduleProblem {
  const [, digits, unit = '', plural] = /^([1-9]\d{0,5}) (minute|hour|day)(s?)$/.exec(content) ?? [];
  const count = Number(digits);
  if (digits === undefined || (count === 1) !== (plural === '')) {
    return { problem: 'must be a rate like rate(1 minute), rate(12 hours) or rate(7 days)' };
  }
  const period = count * (UNITS[unit] ?? 0);
  return {
    lastBetween(from, to) {
      const last = start + Math.floor((to - start) / period) * period;
      return last > from && last > start ? last : undefined;
    },
  };
}

function parseCron(content: string, timeZone: string): Schedule | ScheduleProblem {
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', years, ...rest] = content.split(/\s+/);
  if (years === undefined || rest.length > 0) {
    return { problem: 'must have six fields: cron(minutes hours day-of-month month day-of-week year)' };
  }
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    return { problem: 'must have a ? for day-of-month or for day-of-week, and not for both, like cron(0 3 * * ? *)' };
  }
  if (/W/i.test(dayOfMonth))
    return { problem: 'must do without W (the weekday nearest a day), which is not supported' };
  const days = fromSundayZero(dayOfWeek);
  const mayBeYear = parseYears(years);
  if (days === undefined) return { problem: 'must have days of the week from 1 (SUN) to 7 (SAT)' };
  if (mayBeYear === undefined) return { problem: `must have years from ${FIRST_YEAR} to ${LAST_YEAR}, or *` };
  const fields = ['0', minutes, hours, dayOfMonth, month, days].join(' ');
  try {
    CronExpressionParser.parse(fields, { tz: timeZone });
  } catch (error) {
    return { problem: `must be ${EXAMPLE}: ${error instanceof Error ? error.message : String(error)}` };
  }
  const wall = new Intl.DateTimeFormat('en', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const comes = hasFixedHours(hours) ? (time: number) => !isSecondOfTwo(time, wall) : () => true;
  const mayBe = (time: Date, year: number): boolean => mayBeYear(year) && comes(time.getTime());
  return { lastBetween: (from, to) => lastOfCron(fields, timeZone, mayBe, from, to) };
}

function lastOfCron(
  fields: string,
  tz: string,
  mayBe: (time: Date, year: number) => boolean,
  from: number,
  to: number,
): number | undefined {
  // The parser looks for times before the one that it is given.
  const times = CronExpressionParser.parse(fields, { currentDate: new Date(to + 1), tz });
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const time = times.prev();
    if (time.getTime() <= from) return undefined;
    if (mayBe(time.toDate(), time.getFullYear())) return time.getTime();
  }
  return undefined;
}

const HOUR = 3_600_000;

function hasFixedHours(hours: string): boolean {
  return !/[*/]/.test(hours);
}

/**
 * Whether a clock on the wall showed the same an hour before: in the night that summer time ends. As with EventBridge
 * Scheduler ("Daylight savings time on EventBridge Scheduler") what such a night has twice comes once, and what the night
 * that it begins in leaves out does not come.
 */
function isSecondOfTwo(time: number, wall: Intl.DateTimeFormat): boolean {
  return wall.format(time) === wall.format(time - HOUR);
}

/** EventBridge counts the days of the week from 1, the parser (as crontabs do) from 0. */
function fromSundayZero(dayOfWeek: string): string | undefined {
  let isRight = true;
  const days = dayOfWeek.replace(/(?<![#/\d])\d+/g, (digits) => {
    const day = Number(digits);
    isRight &&= day >= 1 && day <= 7;
    return String(day - 1);
  });
  return isRight ? days : undefined;
}

function parseYears(field: string): ((year: number) => boolean) | undefined {
  const ranges = field.split(',').map((part) => {
    const [, any, from, to, step] = /^(?:(\*)|(\d{4})(?:-(\d{4}))?)(?:\/([1-9]\d*))?$/.exec(part) ?? [];
    if (any === undefined && from === undefined) return undefined;
    const first = any === undefined ? Number(from) : FIRST_YEAR;
    const last = to !== undefined ? Number(to) : any !== undefined || step !== undefined ? LAST_YEAR : first;
    return first < FIRST_YEAR || last > LAST_YEAR ? undefined : { first, last, step: Number(step ?? 1) };
  });
  const known = ranges.filter((range) => range !== undefined);
  if (known.length < ranges.length) return undefined;
  return (year) => known.some(({ first, last, step }) => year >= first && year <= last && (year - first) % step === 0);
}
