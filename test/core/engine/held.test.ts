import { expect, test } from '@jest/globals';
import { pauseJob, resumeJob } from '../../../core/api/pause-job.ts';
import { EngineBench, SUCCESS } from '../../support/engine-bench.ts';
import { EngineCloud } from '../../support/engine-cloud.ts';

const TASKS = 2_000;

/** A job of tasks of a tenth of a second, the times at which they begin, and what the API asks of it. */
function slowJob() {
  const begun: number[] = [];
  const bench: EngineBench = new EngineBench({
    manifest: Array.from({ length: TASKS }, (_, line) => `bkt,k${line}\n`).join(''),
    concurrency: 2,
    execute: async () => {
      begun.push(bench.clock.now());
      await bench.clock.sleep(100);
      return SUCCESS;
    },
  });
  const cloud = new EngineCloud(bench);
  const context = {
    jobs: bench.jobs,
    callScheduler: async (jobId?: string) => void bench.callScheduler(jobId),
    clock: () => new Date(bench.clock.now()),
    identity: { account: '000000000000', region: 'us-east-1', partition: 'aws' },
    jobRoles: [],
  };
  return {
    bench,
    cloud,
    begun,
    pause: async () => await pauseJob({ JobId: bench.jobId }, context),
    resume: async () => await resumeJob({ JobId: bench.jobId }, context),
  };
}

test('a job that is paused begins nothing after five seconds, for hours and sweeps, and goes on where it was', async () => {
  const { bench, cloud, begun, pause, resume } = slowJob();
  await cloud.create();
  await bench.clock.sleep(10_000);
  const paused = bench.clock.now();
  expect((await pause()).Status).toBe('Pausing');
  await cloud.until(({ status }) => status === 'Paused');
  expect(bench.clock.now() - paused).toBeLessThan(6_000);
  await bench.clock.sleep(3_600_000);
  expect(Math.max(...begun)).toBeLessThanOrEqual(paused + 5_000);
  expect(begun.length).toBeLessThan(TASKS);
  expect((await bench.jobs.getState(bench.jobId))?.status).toBe('Paused');
  await resume();
  expect((await cloud.untilEnd()).status).toBe('Complete');
  expect(begun.length).toBe(TASKS);
  expect(bench.reportLines()).toHaveLength(TASKS);
});

test('a job that is paused before its first task is Paused when its manifest was read, and begins none', async () => {
  const { bench, cloud, begun, pause, resume } = slowJob();
  await bench.create();
  expect((await pause()).Status).toBe('New');
  await bench.callScheduler(bench.jobId);
  await cloud.until(({ status }) => status === 'Paused');
  await bench.clock.sleep(600_000);
  expect(begun).toEqual([]);
  await resume();
  expect((await cloud.untilEnd()).status).toBe('Complete');
  expect(bench.reportLines()).toHaveLength(TASKS);
});

test('a job that is resumed while it is still pausing goes on', async () => {
  const { bench, cloud, begun, pause, resume } = slowJob();
  await cloud.create();
  await bench.clock.sleep(5_000);
  await pause();
  await bench.clock.sleep(1_000);
  expect((await resume()).Status).toBe('Pausing');
  expect((await cloud.untilEnd()).status).toBe('Complete');
  expect(begun.length).toBe(TASKS);
});
