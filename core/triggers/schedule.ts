import { parseCron } from './cron.ts';

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
