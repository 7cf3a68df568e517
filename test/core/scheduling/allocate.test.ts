import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from '../../../core/scheduling/allocate.ts';
import { capacityOf, workersOf } from '../../../core/scheduling/capacity.ts';
import { settled } from '../../../core/scheduling/schedule.ts';

const contenders = fc.uniqueArray(
  fc.record({ jobId: fc.uuid(), priority: fc.integer({ min: 0, max: 4 }), demand: fc.integer({ min: 0, max: 30 }) }),
  { selector: ({ jobId }) => jobId, maxLength: 12 },
);

describe('shares of the capacity', () => {
  test.each([
    [
      'the highest priority first',
      [
        ['a', 1, 9],
        ['b', 2, 9],
      ],
      10,
      { b: 9, a: 1 },
    ],
    [
      'none for the lower while the higher wants all',
      [
        ['a', 1, 9],
        ['b', 2, 20],
      ],
      10,
      { b: 10 },
    ],
    [
      'equals share',
      [
        ['a', 1, 9],
        ['b', 1, 9],
      ],
      10,
      { a: 5, b: 5 },
    ],
    [
      'what one cannot use goes to its equals',
      [
        ['a', 1, 2],
        ['b', 1, 20],
        ['c', 1, 20],
      ],
      10,
      { a: 2, b: 4, c: 4 },
    ],
    [
      'the odd one goes to the same job each time',
      [
        ['b', 1, 9],
        ['a', 1, 9],
      ],
      3,
      { a: 2, b: 1 },
    ],
  ] as const)('%s', (_, jobs, capacity, shares) => {
    const wanting = jobs.map(([jobId, priority, demand]) => ({ jobId, priority, demand }));
    expect(Object.fromEntries(allocate(wanting, capacity))).toEqual(shares);
  });

  test('never above capacity or demand, never idle while somebody wants, never a lower one first', () => {
    fc.assert(
      fc.property(contenders, fc.integer({ min: 0, max: 60 }), (jobs, capacity) => {
        const shares = allocate(jobs, capacity);
        const of = (jobId: string): number => shares.get(jobId) ?? 0;
        const total = jobs.reduce((sum, { jobId }) => sum + of(jobId), 0);
        const demand = jobs.reduce((sum, job) => sum + job.demand, 0);
        expect(total).toBe(Math.min(capacity, demand));
        for (const job of jobs) {
          expect(of(job.jobId)).toBeLessThanOrEqual(job.demand);
          for (const other of jobs) {
            if (other.priority < job.priority && of(other.jobId) > 0) expect(of(job.jobId)).toBe(job.demand);
            if (other.priority === job.priority && of(job.jobId) < job.demand) {
              expect(of(other.jobId)).toBeLessThanOrEqual(of(job.jobId) + 1);
            }
          }
        }
      }),
    );
  });

  test('go to at most so many jobs, the higher first, and to the same ones in the next round', () => {
    fc.assert(
      fc.property(
        contenders,
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 6 }),
        (jobs, capacity, most) => {
          const shares = allocate(jobs, capacity, most);
          expect(shares.size).toBeLessThanOrEqual(most);
          const total = [...shares.values()].reduce((sum, workers) => sum + workers, 0);
          expect(total).toBeLessThanOrEqual(capacity);
          for (const job of jobs) {
            if (job.demand === (shares.get(job.jobId) ?? 0)) continue;
            const lower = jobs.filter(({ jobId, priority }) => priority < job.priority && shares.has(jobId));
            expect(lower).toEqual([]);
          }
          const served = jobs.map((job) => ({ ...job, served: shares.has(job.jobId) }));
          expect(allocate(served, capacity, most)).toEqual(shares);
        },
      ),
    );
  });

  test('leave a served job its place among its equals', () => {
    const wanting = ['a', 'b'].map((jobId) => ({ jobId, priority: 1, demand: 3, served: jobId === 'b' }));
    expect(Object.fromEntries(allocate(wanting, 10, 1))).toEqual({ b: 3 });
  });

  test('do not depend on the order in which the jobs are named', () => {
    fc.assert(
      fc.property(contenders, fc.integer({ min: 0, max: 60 }), (jobs, capacity) => {
        expect(allocate([...jobs].reverse(), capacity)).toEqual(allocate(jobs, capacity));
      }),
    );
  });
});

describe('what is settled from what was wanted', () => {
  const had = { a: { workers: 8, since: 0 } };

  test.each([
    ['a cut counts at once', 7, 1_000, 7],
    ['a raise soon after the last change waits', 100, 14_999, 8],
    ['a raise counts after that', 100, 15_000, 100],
    ['a raise by no more than a quarter is not worth a call', 10, 60_000, 8],
  ])('%s', (_, wanted, now, workers) => {
    expect(settled(had, new Map([['a', wanted]]), now)['a']?.workers).toBe(workers);
  });

  test('a job that gets nothing is not named', () => {
    expect(settled(had, new Map(), 1)).toEqual({});
  });
});

test.each([
  [10, 6],
  [1_000, 900],
  [3, 1],
])('an account of %i concurrent executions runs %i workers', (concurrency, workers) => {
  expect(workersOf(concurrency)).toBe(workers);
});

test.each([
  [100, undefined, 6],
  [100, 900, 100],
  [1_000, 900, 900],
])('the operator allows %i, the account %s: %i', (maximum, measured, capacity) => {
  expect(capacityOf(maximum, measured)).toBe(capacity);
});
