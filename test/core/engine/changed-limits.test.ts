import { expect, test } from '@jest/globals';
import { updateJobLimits } from '../../../core/api/update-job-limits.ts';
import { EngineBench, SUCCESS } from '../../support/engine-bench.ts';
import { EngineCloud } from '../../support/engine-cloud.ts';

/** A job of tasks of a tenth of a second on six workers of two tasks each, and the API beside it. */
async function runningJob() {
  const bench: EngineBench = new EngineBench({
    manifest: Array.from({ length: 40_000 }, (_, line) => `bkt,k${line}\n`).join(''),
    concurrency: 2,
    tasksPerShard: 1_000,
    workers: 6,
    execute: async () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await bench.clock.sleep(100);
      inFlight -= 1;
      return SUCCESS;
    },
  });
  let inFlight = 0;
  let most = 0;
  const cloud = new EngineCloud(bench);
  const context = {
    jobs: bench.jobs,
    callScheduler: async (jobId?: string) => void bench.callScheduler(jobId),
    clock: () => new Date(bench.clock.now()),
    identity: { account: '000000000000', region: 'us-east-1', partition: 'aws' },
    jobRoles: [],
  };
  await cloud.create();
  await bench.clock.sleep(10_000);
  return {
    bench,
    cloud,
    update: async (limits: object) => await updateJobLimits({ JobId: bench.jobId, ...limits }, context),
    /** Tasks begun in so many milliseconds from now. */
    begunIn: async (milliseconds: number): Promise<number> => {
      const before = bench.begun.length;
      await bench.clock.sleep(milliseconds);
      return bench.begun.length - before;
    },
    mostInFlight: async (milliseconds: number): Promise<number> => {
      most = inFlight;
      await bench.clock.sleep(milliseconds);
      return most;
    },
  };
}

test('a rate that is lowered while the job runs counts within seconds, and so does its end', async () => {
  const { begunIn, update } = await runningJob();
  expect(await begunIn(10_000)).toBeGreaterThan(1_000);
  await update({ RateLimit: { TasksPerSecond: 20 } });
  await begunIn(6_000);
  const slow = await begunIn(20_000);
  expect(slow).toBeGreaterThan(20);
  expect(slow).toBeLessThanOrEqual(20 * 20 + 20);
  await update({ RateLimit: { TasksPerSecond: 5 } });
  await begunIn(4_000);
  expect(await begunIn(20_000)).toBeLessThanOrEqual(20 * 5 + 20);
  await update({ RateLimit: null });
  await begunIn(4_000);
  // The bench's Map keeps its one worker, at full speed.
  expect(await begunIn(10_000)).toBeGreaterThan(150);
});

test('a job that may have fewer workers has them within seconds, and finishes whole', async () => {
  const { bench, cloud, mostInFlight, update } = await runningJob();
  expect(await mostInFlight(5_000)).toBe(12);
  await update({ MaxWorkers: 2 });
  await bench.clock.sleep(6_000);
  expect(await mostInFlight(30_000)).toBe(4);
  await update({ MaxWorkers: null });
  expect((await cloud.untilEnd()).status).toBe('Complete');
  expect(bench.reportLines()).toHaveLength(40_000);
});
