import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseSchedule, type Schedule } from '../../../core/triggers/schedule.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');

function schedule(expression: string, zone = 'UTC', start = 0): Schedule {
  const parsed = parseSchedule(expression, zone, start);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

const last = (expression: string, zone = 'UTC', from = 0): string | undefined => {
  const time = schedule(expression, zone).lastBetween(from, NOW);
  return time === undefined ? undefined : new Date(time).toISOString();
};

test.each([
  ['cron(0 3 * * ? *)', 'UTC', '2026-11-24T03:00:00.000Z'],
  ['cron(0 3 * * ? *)', 'Europe/Berlin', '2026-11-24T02:00:00.000Z'],
  ['cron(0 12 * * ? *)', 'UTC', '2026-11-24T12:00:00.000Z'],
  ['cron(30 8 ? * MON-FRI *)', 'UTC', '2026-11-24T08:30:00.000Z'],
  ['cron(0 3 ? * 1 *)', 'UTC', '2026-11-22T03:00:00.000Z'],
  ['cron(0 3 ? * SUN *)', 'America/New_York', '2026-11-22T08:00:00.000Z'],
  ['cron(0 0 1 * ? *)', 'UTC', '2026-11-01T00:00:00.000Z'],
  ['cron(0 0 L * ? *)', 'UTC', '2026-10-31T00:00:00.000Z'],
  ['cron(0 0 1 1 ? 2025)', 'UTC', '2025-01-01T00:00:00.000Z'],
  ['cron(0/15 * * * ? *)', 'UTC', '2026-11-24T12:00:00.000Z'],
])('%s in %s came last at %s', (expression, zone, expected) => {
  expect(last(expression, zone)).toBe(expected);
});

test('what a night of summer time leaves out is skipped, and what it has twice comes once', () => {
  const daily = schedule('cron(30 2 * * ? *)', 'Europe/Berlin');
  const times = (from: string, to: string): Set<string> => {
    const seen = new Set<string>();
    for (let now = Date.parse(from); now < Date.parse(to); now += 600_000) {
      const time = daily.lastBetween(Date.parse(from), now);
      if (time !== undefined) seen.add(new Date(time).toISOString());
    }
    return seen;
  };
  expect(times('2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z')).toEqual(new Set());
  expect(times('2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z')).toEqual(new Set(['2026-10-25T00:30:00.000Z']));
});

test('a time that is not after the beginning has not come', () => {
  expect(last('cron(0 3 * * ? *)', 'UTC', Date.parse('2026-11-24T03:00:00Z'))).toBeUndefined();
  expect(last('cron(0 3 * * ? *)', 'UTC', Date.parse('2026-11-24T02:59:59Z'))).toBe('2026-11-24T03:00:00.000Z');
  expect(last('cron(0 3 * * ? 2030)', 'UTC', Date.parse('2026-11-10T00:00:00Z'))).toBeUndefined();
});

test('a rate counts from its beginning, which is not a time of it', () => {
  const hourly = schedule('rate(1 hour)', 'UTC', NOW - 90 * 60_000);
  expect(hourly.lastBetween(0, NOW)).toBe(NOW - 30 * 60_000);
  expect(schedule('rate(2 hours)', 'UTC', NOW - 90 * 60_000).lastBetween(0, NOW)).toBeUndefined();
});

test('whoever looks each minute sees each time of a rate exactly once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(10_000_000), (minutes, start) => {
      const each = schedule(`rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`, 'UTC', start);
      const seen = new Set<number>();
      for (let minute = 0; minute < 400; minute += 1) {
        const time = each.lastBetween(start, start + minute * 60_000 + 1);
        if (time !== undefined) seen.add(time);
      }
      expect(seen.size).toBe(Math.floor(399 / minutes));
    }),
  );
});

test.each([
  ['0 3 * * *', /must be like rate/],
  ['cron(0 3 * * *)', /six fields/],
  ['cron(0 3 * * * *)', /\? for day-of-month/],
  ['cron(0 3 ? * ? *)', /\? for day-of-month/],
  ['cron(0 3 ? * 0 *)', /from 1 \(SUN\) to 7/],
  ['cron(0 3 15W * ? *)', /do without W/],
  ['cron(61 3 * * ? *)', /must be like/],
  ['cron(0 3 * * ? 1969)', /years from 1970/],
  ['rate(1 hours)', /must be a rate/],
  ['rate(0 hours)', /must be a rate/],
  ['rate(5 weeks)', /must be a rate/],
])('%s is refused', (expression, message) => {
  expect(parseSchedule(expression, 'UTC', 0)).toEqual({ problem: expect.stringMatching(message) });
});
