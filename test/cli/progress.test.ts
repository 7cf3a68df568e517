import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatCount, formatDuration, formatPercent, formatRate } from '../../cli/output/format.ts';
import type { JobProgress } from '../../cli/progress/job-progress.ts';
import { addSample, paceOf, type Sample } from '../../cli/progress/progress-meter.ts';
import { barOf, progressBarText } from '../../cli/progress/progress-text.ts';

function samplesOf(...looks: readonly (readonly [seconds: number, done: number])[]): readonly Sample[] {
  return looks.reduce<readonly Sample[]>(
    (samples, [seconds, done]) => addSample(samples, { at: seconds * 1_000, done }),
    [],
  );
}

function progress(changes: Partial<JobProgress>): JobProgress {
  return {
    jobId: 'j',
    status: 'Active',
    total: 100,
    succeeded: 0,
    failed: 0,
    perSecond: undefined,
    secondsLeft: undefined,
    ...changes,
  };
}

describe('pace', () => {
  test('is not known before something moved', () => {
    expect(paceOf(samplesOf([0, 0]), 100)).toEqual({ perSecond: undefined, secondsLeft: undefined });
    expect(paceOf(samplesOf([0, 0], [5, 0]), 100)).toEqual({ perSecond: undefined, secondsLeft: undefined });
  });

  test('is the rate between the looks, and the rest at that rate', () => {
    expect(paceOf(samplesOf([0, 0], [2, 100]), 400)).toEqual({ perSecond: 50, secondsLeft: 6 });
  });

  test('forgets what is older than its window', () => {
    const samples = samplesOf([0, 0], [1, 10_000], [10, 10_000], [20, 10_100], [30, 10_200]);
    expect(paceOf(samples, 10_300)).toEqual({ perSecond: 10, secondsLeft: 10 });
  });

  test('tells a job that stands still from one that moves', () => {
    expect(paceOf(samplesOf([0, 0], [1, 50], [30, 50], [60, 50]), 100)).toEqual({
      perSecond: undefined,
      secondsLeft: undefined,
    });
  });

  test('has nothing left at the end', () => {
    expect(paceOf(samplesOf([0, 0], [2, 100]), 100).secondsLeft).toBe(0);
  });

  test('remembers little however long a job runs', () => {
    const samples = samplesOf(...Array.from({ length: 5_000 }, (_, second) => [second, second * 7] as const));
    expect(samples.length).toBeLessThan(20);
    expect(paceOf(samples, 70_000).perSecond).toBe(7);
  });
});

describe('the bar', () => {
  test('shows figures that fit on the line', () => {
    const line = progressBarText(progress({ succeeded: 50, failed: 13, perSecond: 640, secondsLeft: 2 }), 80);
    expect(line).toBe(
      '[████████████░░░░░░░░]  63 %  63 of 100 done  13 failed  640/s  2 s left'.replace(
        /\[.*\]/,
        barOf(progress({ succeeded: 50, failed: 13 }), 100, 27),
      ),
    );
    expect(line).toHaveLength(79);
  });

  test('is full exactly when everything is done', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e9 }),
        fc.integer({ min: 0, max: 1e9 }),
        fc.integer({ min: 10, max: 40 }),
        (a, b, width) => {
          const total = Math.max(a, b);
          const bar = barOf(progress({ succeeded: Math.min(a, b) }), total, width);
          expect(bar).toHaveLength(width + 2);
          expect(bar.includes('░')).toBe(a !== b);
          expect(formatPercent(Math.min(a, b), total) === '100 %').toBe(a === b);
        },
      ),
    );
  });

  test('never is wider than the terminal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), fc.nat(), (columns, done, more) => {
        const line = progressBarText(
          progress({
            succeeded: done,
            total: done + more,
            perSecond: 12.3,
            secondsLeft: 99_999,
            workers: 12,
            throttled: 34,
          }),
          columns,
        );
        expect(line.length).toBeLessThan(columns);
      }),
    );
  });

  test('says what the job is about when it is not at its tasks', () => {
    expect(progressBarText(progress({ status: 'Preparing', total: undefined }), 80)).toBe(
      'Preparing: reading the manifest',
    );
    expect(progressBarText(progress({ status: 'Completing', succeeded: 100 }), 100)).toMatch(
      /^\[█+\] {2}Completing: writing the report {2}100 % {2}100 of 100 done {2}0 failed$/,
    );
  });
});

describe('figures', () => {
  test.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [65, '1 min 05 s'],
    [3_599.6, '1 h 00 min'],
    [7_380, '2 h 03 min'],
    [450_000, '5 d 05 h'],
  ])('%d seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  test('counts have their thousands apart', () => {
    expect([0, 999, 1_000, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
  });

  test('slow rates keep a decimal', () =>
    expect([0.25, 9.94, 640.4].map(formatRate)).toEqual(['0.3/s', '9.9/s', '640/s']));
});
