import { expect, test } from '@jest/globals';
import type { DroverOptions } from '../../../core/job/request.ts';
import { EngineBench, FAILURE, SUCCESS } from '../../support/engine-bench.ts';
import { EngineCloud } from '../../support/engine-cloud.ts';

const WORKERS = 8;

/** Runs a job of so many tasks, of which each n-th succeeds. */
async function run(tasks: number, successEach: number, FailureThreshold?: DroverOptions['FailureThreshold']) {
  let begun = 0;
  const bench: EngineBench = new EngineBench({
    manifest: Array.from({ length: tasks }, (_, line) => `bkt,k${line}\n`).join(''),
    concurrency: 4,
    tasksPerShard: 500,
    workers: WORKERS,
    request: { Drover: { FailureThreshold } },
    execute: async () => {
      begun += 1;
      const result = begun % successEach === 0 ? SUCCESS : FAILURE;
      await bench.clock.sleep(20);
      return result;
    },
  });
  const cloud = new EngineCloud(bench);
  await cloud.create('Active');
  const { status, failureReasons } = await cloud.untilEnd();
  return { status, begun, reason: failureReasons[0]?.FailureReason };
}

test('a job whose tasks all fail stops within 1,000 tasks and 64 for each of its workers', async () => {
  const { status, begun, reason } = await run(8_000, Number.POSITIVE_INFINITY);
  expect(status).toBe('Failed');
  expect(begun).toBeGreaterThanOrEqual(1_000);
  expect(begun).toBeLessThanOrEqual(1_000 + 64 * WORKERS);
  expect(reason).toMatch(/more than 50 percent of at least 1000\./);
});

test('a threshold of fewer tasks bites sooner', async () => {
  const { status, begun, reason } = await run(8_000, Number.POSITIVE_INFINITY, { MinimumTasks: 100, Percent: 10 });
  expect(status).toBe('Failed');
  expect(begun).toBeLessThanOrEqual(100 + 64 * WORKERS);
  expect(reason).toMatch(/more than 10 percent of at least 100\./);
});

test('exactly as many failures as allowed do not fail a job', async () => {
  expect((await run(2_000, 2)).status).toBe('Complete');
});

test('a threshold of 100 percent never fails a job', async () => {
  const all = await run(2_000, Number.POSITIVE_INFINITY, { MinimumTasks: 1, Percent: 100 });
  expect(all).toMatchObject({ status: 'Complete', begun: 2_000 });
});
