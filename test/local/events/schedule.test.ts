import { describe, expect, test } from '@jest/globals';
import { parseSchedule } from '../../../local/events/schedule.ts';

// A Friday.
const FROM = '2026-11-20T10:02:30.000Z';

describe('a schedule expression', () => {
  test.each([
    ['rate(1 minute)', '2026-11-20T10:03:30.000Z'],
    ['rate(12 hours)', '2026-11-20T22:02:30.000Z'],
    ['rate(7 days)', '2026-11-27T10:02:30.000Z'],
    ['cron(* * * * ? *)', '2026-11-20T10:03:00.000Z'],
    ['cron(0/15 * * * ? *)', '2026-11-20T10:15:00.000Z'],
    ['cron(0 10 * * ? *)', '2026-11-21T10:00:00.000Z'],
    ['cron(0 8 1 * ? *)', '2026-12-01T08:00:00.000Z'],
    ['cron(0 18 ? * MON-FRI *)', '2026-11-20T18:00:00.000Z'],
    ['cron(0 9 ? * 2-6 *)', '2026-11-23T09:00:00.000Z'],
    ['cron(0 9 ? * 1 *)', '2026-11-22T09:00:00.000Z'],
    ['cron(0 9 ? * 3#1 *)', '2026-12-01T09:00:00.000Z'],
    ['cron(0 9 ? * 6L *)', '2026-11-27T09:00:00.000Z'],
    ['cron(0 9 L * ? *)', '2026-11-30T09:00:00.000Z'],
    ['cron(0 0 1 JAN ? 2028-2030)', '2028-01-01T00:00:00.000Z'],
    ['cron(0 0 29 2 ? 2027/2)', undefined],
    ['cron(0 0 * * ? 2020)', undefined],
  ])('%s', (expression, expected) => {
    const next = parseSchedule(expression).after(Date.parse(FROM));
    expect(next === undefined ? undefined : new Date(next).toISOString()).toBe(expected);
  });

  test.each([
    'rate(0 minutes)',
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(5 seconds)',
    'every day',
    'cron(* * * * ?)',
    'cron(* * * * * *)',
    'cron(* * ? * ? *)',
    'cron(61 * * * ? *)',
    'cron(0 9 ? * 0 *)',
    'cron(0 9 15W * ? *)',
    'cron(0 0 * * ? soon)',
  ])('%s is refused', (expression) => {
    expect(() => parseSchedule(expression)).toThrow(expect.objectContaining({ name: 'ValidationException' }));
  });
});
