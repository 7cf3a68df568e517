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
  // The examples of the EventBridge User Guide, "Cron expressions reference".
  ['cron(0 10 * * ? *)', 'UTC', '2026-11-24T10:00:00.000Z'],
  ['cron(15 12 * * ? *)', 'UTC', '2026-11-23T12:15:00.000Z'],
  ['cron(0 18 ? * MON-FRI *)', 'UTC', '2026-11-23T18:00:00.000Z'],
  ['cron(0 8 1 * ? *)', 'UTC', '2026-11-01T08:00:00.000Z'],
  ['cron(0/10 * ? * MON-FRI *)', 'UTC', '2026-11-24T12:00:00.000Z'],
  ['cron(0/5 8-17 ? * MON-FRI *)', 'UTC', '2026-11-24T12:00:00.000Z'],
  ['cron(0 9 ? * 2#1 *)', 'UTC', '2026-11-02T09:00:00.000Z'],
  ['cron(0/30 20-2 ? * MON-FRI *)', 'UTC', '2026-11-24T02:30:00.000Z'],
  // W is the weekday nearest a day: not over the end of its month, and not in one that has no such day.
  ['cron(0 12 3W * ? *)', 'UTC', '2026-11-03T12:00:00.000Z'],
  ['cron(0 12 15W 11 ? *)', 'UTC', '2026-11-16T12:00:00.000Z'],
  ['cron(0 12 15W 8 ? *)', 'UTC', '2026-08-14T12:00:00.000Z'],
  ['cron(0 12 1W 8 ? *)', 'UTC', '2026-08-03T12:00:00.000Z'],
  ['cron(0 12 31W 5 ? *)', 'UTC', '2026-05-29T12:00:00.000Z'],
  ['cron(0 12 31W * ? *)', 'UTC', '2026-10-30T12:00:00.000Z'],
  ['cron(0 3 15W * ? *)', 'Asia/Tokyo', '2026-11-15T18:00:00.000Z'],
  // L is the last day of the month or the week, or the month's last such day of the week; # one of them.
  ['cron(0 12 1,L * ? *)', 'UTC', '2026-11-01T12:00:00.000Z'],
  ['cron(0 12 L 2 ? 2024)', 'UTC', '2024-02-29T12:00:00.000Z'],
  ['cron(0 12 ? * L *)', 'UTC', '2026-11-21T12:00:00.000Z'],
  ['cron(0 12 ? * 6L *)', 'UTC', '2026-10-30T12:00:00.000Z'],
  ['cron(0 12 ? * friL *)', 'UTC', '2026-10-30T12:00:00.000Z'],
  ['cron(0 12 ? * 3#2 *)', 'UTC', '2026-11-10T12:00:00.000Z'],
  ['cron(0 12 ? * TUE#5 *)', 'UTC', '2026-09-29T12:00:00.000Z'],
  ['cron(0 12 ? * SAT-SUN *)', 'UTC', '2026-11-22T12:00:00.000Z'],
  ['cron(0 12 ? JAN-MAR 2,4 *)', 'UTC', '2026-03-30T12:00:00.000Z'],
  ['cron(0 0 * * ? *)', 'Asia/Kathmandu', '2026-11-23T18:15:00.000Z'],
  ['cron(0 12 29 2 ? *)', 'UTC', '2024-02-29T12:00:00.000Z'],
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

/** All times, by looking as the sweeper does. */
function timesOf(expression: string, zone: string, from: string, to: string): string[] {
  const each = schedule(expression, zone);
  const seen = new Set<string>();
  for (let now = Date.parse(from); now < Date.parse(to); now += 300_000) {
    const time = each.lastBetween(Date.parse(from), now);
    if (time !== undefined) seen.add(new Date(time).toISOString().slice(5, 16));
  }
  return [...seen];
}

test.each([
  // Lord Howe moves its clocks by half an hour, Santiago at midnight.
  ['cron(30 2 * * ? *)', 'America/New_York', '2026-03-07T12:00Z', '2026-03-09T12:00Z', ['03-09T06:30']],
  ['cron(30 1 * * ? *)', 'America/New_York', '2026-10-31T12:00Z', '2026-11-02T12:00Z', ['11-01T05:30', '11-02T06:30']],
  ['cron(15 2 * * ? *)', 'Australia/Lord_Howe', '2026-10-02T20:00Z', '2026-10-04T20:00Z', ['10-04T15:15']],
  [
    'cron(45 1 * * ? *)',
    'Australia/Lord_Howe',
    '2026-04-04T00:00Z',
    '2026-04-06T00:00Z',
    ['04-04T14:45', '04-05T15:15'],
  ],
  ['cron(0 0 * * ? *)', 'America/Santiago', '2026-09-05T12:00Z', '2026-09-07T12:00Z', ['09-07T03:00']],
])('%s in %s, from %s to %s, where clocks are moved', (expression, zone, from, to, expected) => {
  expect(timesOf(expression, zone, from, to)).toEqual(expected);
});

test('what comes each half hour goes on through both hours of a night that has one twice', () => {
  const times = timesOf('cron(0/30 * * * ? *)', 'America/New_York', '2026-11-01T04:45Z', '2026-11-01T06:55Z');
  expect(times).toEqual(['11-01T05:00', '11-01T05:30', '11-01T06:00', '11-01T06:30']);
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
  ['cron(0 3 ? * 0 *)', /days of the week from 1 \(SUN\) to 7 \(SAT\), or \*; '0' is not/],
  ['cron(0 3 LW * ? *)', /W after one day of the month/],
  ['cron(0 3 1W,15W * ? *)', /W after one day of the month, and by itself/],
  ['cron(0 3 32W * ? *)', /W after one day of the month/],
  ['cron(0 3 ? * 3#6 *)', /3#2 is the second Tuesday/],
  ['cron(0 3 ? * 3#1,6#3 *)', /must have # by itself/],
  ['cron(0 3 ? * 2/2 *)', /days of the week from/],
  ['cron(0 3 H * ? *)', /days of the month from 1 to 31/],
  ['cron(0 3 31 FEB,APR ? *)', /no month of it has that day/],
  ['cron(61 3 * * ? *)', /minutes from 0 to 59, or \*; '61' is not/],
  ['cron(0 24 * * ? *)', /hours from 0 to 23/],
  ['cron(0/0 3 * * ? *)', /minutes from 0 to 59/],
  ['cron(0 3 * 13 ? *)', /months from 1 \(JAN\) to 12/],
  ['cron(0 3 * * ? 1969)', /years from 1970/],
  ['cron(0 3 * * ? 2030-2020)', /years from 1970/],
  ['rate(1 hours)', /must be a rate/],
  ['rate(0 hours)', /must be a rate/],
  ['rate(5 weeks)', /must be a rate/],
])('%s is refused', (expression, message) => {
  expect(parseSchedule(expression, 'UTC', 0)).toEqual({ problem: expect.stringMatching(message) });
});
