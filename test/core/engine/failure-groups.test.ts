import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { groupFailures, KnownCodes, mergeFailures, OTHER_CODES } from '../../../core/engine/failure-groups.ts';
import type { FailureGroup } from '../../../core/job/records.ts';
import { reportRow } from '../../../core/report/report-row.ts';
import { EngineBench, FAILURE, SUCCESS } from '../../support/engine-bench.ts';

/** The report's line of a task that failed. */
function row(key: string, errorCode: string, message = 'gone, "for" good\n'): string {
  const line = { bucket: 'bkt', key, manifestKey: key };
  return reportRow(line, { status: 'failed', httpStatus: 404, errorCode, message });
}

const group = (errorCode: string, tasks: number): FailureGroup => {
  return { errorCode, tasks, message: 'm', objects: ['bkt/k'] };
};

const total = (groups: readonly FailureGroup[]): number => groups.reduce((sum, { tasks }) => sum + tasks, 0);

describe('failures of a part', () => {
  test('are grouped by error code, with the first of each', () => {
    const rows = Buffer.from(row('a', 'NoSuchKey') + row('b', 'AccessDenied') + row('c', 'NoSuchKey') + row('d', ''));
    expect(groupFailures(rows, new KnownCodes([], 5))).toEqual([
      { errorCode: 'NoSuchKey', tasks: 2, message: 'gone, "for" good\n', objects: ['bkt/a', 'bkt/c'] },
      { errorCode: 'AccessDenied', tasks: 1, message: 'gone, "for" good\n', objects: ['bkt/b'] },
      { errorCode: '(none)', tasks: 1, message: 'gone, "for" good\n', objects: ['bkt/d'] },
    ]);
  });

  test('of a store that makes up codes stay few: those of the block, and two of each of many workers', () => {
    const rows = Buffer.from(Array.from({ length: 50 }, (_, n) => row(`k${n}`, `Code${n}`)).join(''));
    const groups = groupFailures(rows, new KnownCodes([group('Code40', 1)]));
    expect(groups.map(({ errorCode }) => errorCode).sort()).toEqual([OTHER_CODES, 'Code0', 'Code1', 'Code40'].sort());
    expect(total(groups)).toBe(50);
    expect(groupFailures(rows, new KnownCodes([], 64))).toHaveLength(8 + 1);
    expect(groupFailures(rows, new KnownCodes([], 1))).toHaveLength(24 + 1);
    const full = Array.from({ length: 24 }, (_, n) => group(`Known${n}`, 1));
    expect(groupFailures(rows, new KnownCodes(full)).map(({ errorCode }) => errorCode)).toEqual([OTHER_CODES]);
  });
});

test('failures of blocks add up to those of the job: ten codes at most, none uncounted, the most frequent first', () => {
  const code = fc.integer({ min: 0, max: 30 }).map((n) => (n === 30 ? OTHER_CODES : `C${n}`));
  const groups = fc.array(fc.tuple(code, fc.integer({ min: 1, max: 99 })).map(([name, tasks]) => group(name, tasks)));
  fc.assert(
    fc.property(groups, (all) => {
      const merged = mergeFailures(all);
      expect(total(merged)).toBe(total(all));
      expect(merged.length).toBeLessThanOrEqual(10);
      expect(new Set(merged.map(({ errorCode }) => errorCode)).size).toBe(merged.length);
      const counts = merged.map(({ tasks }) => tasks);
      expect(counts).toEqual([...counts].sort((a, b) => b - a));
    }),
  );
});

test('a job knows what failed in it, by code and exactly, though its workers die', async () => {
  const keys = Array.from({ length: 300 }, (_, n) => `k${n}`);
  const codeOf = (key: string): string => ['NoSuchKey', 'AccessDenied', ''][Number(key.slice(1)) % 3] ?? '';
  let calls = 0;
  const bench = new EngineBench({
    manifest: keys.map((key) => `bkt,${key}\n`).join(''),
    tasksPerShard: 20,
    toleratesFaults: true,
    execute: async ({ key }) => {
      calls += 1;
      if (calls % 97 === 0) throw new Error('a fault of the worker');
      return codeOf(key) === '' ? SUCCESS : { ...FAILURE, errorCode: codeOf(key) };
    },
    request: { Drover: { FailureThreshold: { Percent: 100 } } },
  });
  await bench.create();
  await bench.runToEnd();
  const { failures, succeeded, failed } = await bench.jobs.getTotals(bench.jobId);
  expect([succeeded, failed]).toEqual([100, 200]);
  expect(failures?.map(({ errorCode, tasks }) => [errorCode, tasks])).toEqual([
    ['AccessDenied', 100],
    ['NoSuchKey', 100],
  ]);
});
