import { type CronField, parseDates, parseField, parseYears } from './cron-fields.ts';
import type { Schedule, ScheduleProblem } from './schedule.ts';
import { instantsOf, wallClock } from './wall-clock.ts';

const DAY = 86_400_000;

/**
 * Reads `minutes hours day-of-month month day-of-week year` in a time zone, as EventBridge Scheduler has it: what the night
 * that summer time begins in leaves out does not come, and what the night that it ends in has twice comes once, unless the
 * hours are `*` or have a step (User Guide, "Daylight savings time on EventBridge Scheduler").
 */
export function parseCron(content: string, timeZone: string): Schedule | ScheduleProblem {
  const [minuteText = '', hourText = '', dayOfMonth = '', monthText = '', dayOfWeek = '', yearText, ...rest] = content
    .toUpperCase()
    .split(/\s+/);
  if (yearText === undefined || rest.length > 0) {
    return { problem: 'must have six fields: cron(minutes hours day-of-month month day-of-week year)' };
  }
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    return { problem: 'must have a ? for day-of-month or for day-of-week, and not for both, like cron(0 3 * * ? *)' };
  }
  const minutes = parseField('minutes', minuteText);
  if ('problem' in minutes) return minutes;
  const hours = parseField('hours', hourText);
  if ('problem' in hours) return hours;
  const months = parseField('months', monthText);
  if ('problem' in months) return months;
  const dates = parseDates(dayOfMonth, dayOfWeek);
  if ('problem' in dates) return dates;
  const years = parseYears(yearText);
  if ('problem' in years) return years;
  const zone = wallClock(timeZone);
  const onDay = (date: Date): boolean =>
    years.has(date.getUTCFullYear()) && months.values.has(date.getUTCMonth() + 1) && dates.has(date);
  if (!everComes(months, dates)) return { problem: 'must have a day that there is: no month of it has that day' };
  const times = [...hours.values].flatMap((hour) => [...minutes.values].map((minute) => (hour * 60 + minute) * 60_000));
  const twice = /[*/]/.test(hourText);
  return {
    lastBetween(from, to) {
      const first = Math.max(startOfDay(zone(from)), Date.UTC(years.first, 0, 1));
      for (let day = startOfDay(zone(to)); day >= first; day -= DAY) {
        if (!onDay(new Date(day))) continue;
        const last = instantsOf(zone, day, times, twice).reduce(
          (best, each) => (each > from && each <= to && each > best ? each : best),
          -1,
        );
        if (last >= 0) return last;
      }
      return undefined;
    },
  };
}

function startOfDay(wall: number): number {
  return Math.floor(wall / DAY) * DAY;
}

/** Whether one of 28 years, after which the calendar repeats itself, has such a day. */
function everComes(months: CronField, dates: { readonly has: (date: Date) => boolean }): boolean {
  for (let day = Date.UTC(2000, 0, 1); day < Date.UTC(2028, 0, 1); day += DAY) {
    const date = new Date(day);
    if (months.values.has(date.getUTCMonth() + 1) && dates.has(date)) return true;
  }
  return false;
}
