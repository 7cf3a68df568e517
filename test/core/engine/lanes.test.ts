import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { demandOf, laneNeedsOf, lanesOf } from '../../../core/engine/lanes.ts';
import { EngineBench, SUCCESS } from '../../support/engine-bench.ts';
import { EngineCloud } from '../../support/engine-cloud.ts';

const needs = (concurrency: number, invokesFunctions: boolean, mostInvocations?: number, tasksPerSecond?: number) =>
  laneNeedsOf(
    { concurrency, invokesFunctions },
    {
      ...(mostInvocations !== undefined && { mostInvocations }),
      ...(tasksPerSecond !== undefined && { tasksPerSecond }),
    },
  );

const concurrency = fc.integer({ min: 1, max: 64 });
const most = fc.integer({ min: 1, max: 10_000 });

describe('a share', () => {
  test('of a job that invokes functions has room for them, and for no more than the job wants at once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), concurrency, most, (share, tasks, mostInvocations) => {
        const lanes = lanesOf(share, needs(tasks, true, mostInvocations));
        expect(lanes.workers).toBeGreaterThanOrEqual(1);
        expect(lanes.concurrency).toBeGreaterThanOrEqual(1);
        expect(lanes.concurrency).toBeLessThanOrEqual(tasks);
        expect(lanes.workers * lanes.concurrency).toBeLessThanOrEqual(mostInvocations);
        // A share of one still needs a worker and its function.
        expect(lanes.workers * (1 + lanes.concurrency)).toBeLessThanOrEqual(Math.max(2, share));
      }),
    );
  });

  test('of any other job is workers', () => {
    fc.assert(
      fc.property(fc.nat(20_000), concurrency, (share, tasks) => {
        expect(lanesOf(share, needs(tasks, false))).toEqual({ workers: Math.max(1, share), concurrency: tasks });
      }),
    );
  });
});

describe('a demand', () => {
  test('is what a job can use: of its shards, its rate and its invocations', () => {
    fc.assert(
      fc.property(
        fc.nat(50_000),
        concurrency,
        most,
        fc.option(fc.integer({ min: 1, max: 100_000 })),
        (shards, tasks, mostInvocations, rate) => {
          const plain = demandOf(shards, needs(tasks, false, undefined, rate ?? undefined));
          expect(plain).toBeGreaterThanOrEqual(1);
          expect(plain).toBeLessThanOrEqual(Math.max(1, shards));
          if (rate !== null) expect(plain).toBeLessThanOrEqual(Math.ceil(rate / 200));
          const invoking = needs(tasks, true, mostInvocations, rate ?? undefined);
          const demand = demandOf(shards, invoking);
          expect(demand).toBeGreaterThanOrEqual(2);
          expect(demand).toBeLessThanOrEqual(plain * (1 + tasks));
          expect(demand).toBeLessThanOrEqual(mostInvocations + Math.ceil(mostInvocations / tasks));
          expect(lanesOf(demand, invoking).workers).toBeLessThanOrEqual(plain);
        },
      ),
    );
  });

  test('of a large job, given in full, comes close to its invocations', () => {
    fc.assert(
      fc.property(concurrency, most, (tasks, mostInvocations) => {
        const invoking = needs(tasks, true, mostInvocations);
        const lanes = lanesOf(demandOf(100_000, invoking), invoking);
        expect(lanes.workers * lanes.concurrency).toBeGreaterThanOrEqual(mostInvocations / 2);
      }),
    );
  });
});

test.each([
  [undefined, 100],
  [7, 7],
  [1, 1],
])('a job that wants %j invocations at once has no more than %i', async (MaxConcurrentInvocations, most) => {
  let [inFlight, highest] = [0, 0];
  const bench = new EngineBench({
    manifest: Array.from({ length: 600 }, (_, line) => `bkt,k${line}\n`).join(''),
    tasksPerShard: 20,
    concurrency: 16,
    workers: 1_000,
    request: {
      Operation: { LambdaInvoke: { FunctionArn: 'f' }, Drover: { LambdaInvoke: { MaxConcurrentInvocations } } },
    },
    operation: { invokesFunctions: true },
    execute: async () => {
      highest = Math.max(highest, ++inFlight);
      await bench.clock.sleep(100);
      inFlight -= 1;
      return SUCCESS;
    },
  });
  bench.jobs.capacity = 1_000;
  await bench.create();
  await bench.runToEnd();
  expect(bench.reportLines()).toHaveLength(600);
  expect(highest).toBeLessThanOrEqual(most);
  expect(highest).toBeGreaterThanOrEqual(most / 2);
});

test('a job that is paused and served again has no more invocations at once than before', async () => {
  let [inFlight, highest] = [0, 0];
  const bench: EngineBench = new EngineBench({
    manifest: Array.from({ length: 120 }, (_, line) => `bkt,k${line}\n`).join(''),
    tasksPerShard: 10,
    concurrency: 4,
    workers: 1_000,
    request: {
      Operation: { LambdaInvoke: { FunctionArn: 'f' }, Drover: { LambdaInvoke: { MaxConcurrentInvocations: 8 } } },
    },
    operation: { invokesFunctions: true },
    execute: async () => {
      highest = Math.max(highest, ++inFlight);
      await bench.clock.sleep(120_000);
      inFlight -= 1;
      return SUCCESS;
    },
  });
  bench.jobs.capacity = 1_000;
  const cloud = new EngineCloud(bench);
  await cloud.create();
  await cloud.until(() => inFlight === 8);
  await cloud.pauseAndResume();
  expect((await cloud.untilEnd()).status).toBe('Complete');
  expect(highest).toBe(8);
  expect(bench.reportLines()).toHaveLength(120);
});
