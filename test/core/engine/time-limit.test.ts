import { describe, expect, test } from '@jest/globals';
import { type BenchOptions, EngineBench, SUCCESS } from '../../support/engine-bench.ts';
import { EngineCloud } from '../../support/engine-cloud.ts';

/** One shard whose tasks take so many seconds, one at a time, by workers of a hundred seconds. */
function job(tasks: number, seconds: (key: string) => number, options: Partial<BenchOptions> = {}): EngineCloud {
  const bench: EngineBench = new EngineBench({
    manifest: Array.from({ length: tasks }, (_, line) => `bkt,k${line}\n`).join(''),
    tasksPerShard: tasks,
    concurrency: 1,
    workerMilliseconds: 100_000,
    execute: async ({ key }, _, signal) => {
      await bench.clock.sleep(seconds(key) * 1_000, signal);
      return SUCCESS;
    },
    ...options,
  });
  return new EngineCloud(bench);
}

const linesWith = (bench: EngineBench, text: string): string[] =>
  bench.reportLines().filter((line) => line.includes(text));

describe('a worker whose time is over', () => {
  test('is not taken for one with a fault, although its clock is a little behind', async () => {
    const cloud = job(3, (key) => (key === 'k1' ? 3_600 : 3));
    const { bench } = cloud;
    const dependencies = bench.dependencies.bind(bench);
    bench.dependencies = (life) => {
      const deps = dependencies(life);
      return { ...deps, clock: { ...deps.clock, now: () => bench.clock.now() - 2 } };
    };
    await cloud.create();
    const { status, failureReasons } = await cloud.until(
      ({ trouble, endedAt }) => trouble?.FailureCode === 'WorkerFault' || endedAt !== undefined,
    );
    expect({ status, failureReasons }).toEqual({ status: 'Complete', failureReasons: [] });
    expect(linesWith(bench, 'failed')).toEqual([expect.stringMatching(/^bkt,k1,,failed,500,WorkerCrashed,/)]);
  });

  test('has what ended before counted, and begun by no other again', async () => {
    const cloud = job(8, (key) => (key === 'k5' ? 3_600 : 3));
    const { bench } = cloud;
    await cloud.create();
    await cloud.until(() => bench.executed.get('k5') === 2);
    expect(bench.passed).toBeLessThan(110_000);
    const [block] = await bench.progress.listBlocks(bench.jobId);
    expect(block).toMatchObject({ succeeded: 5, failed: 0 });
    expect(block?.parts.get(0)).toMatchObject({ at: 5 });
    // It had ended some in the part that was cut off: that is no death yet.
    expect(block?.parts.get(0)?.deaths).toBeUndefined();
    expect(['k0', 'k1', 'k2', 'k3', 'k4'].map((key) => bench.executed.get(key))).toEqual([1, 1, 1, 1, 1]);
  });

  test.each([1, 3])(
    'fails the task that outlasts it three times, and that one only (%i at once)',
    async (concurrency) => {
      const cloud = job(30, (key) => (key === 'k5' ? 3_600 : 1), { concurrency });
      const { bench } = cloud;
      await cloud.create();
      const { status, failureReasons } = await cloud.untilEnd();
      expect({ status, failureReasons }).toEqual({ status: 'Complete', failureReasons: [] });
      expect(await bench.jobs.getTotals(bench.jobId)).toMatchObject({ succeeded: 29, failed: 1 });
      expect(linesWith(bench, 'failed')).toEqual([expect.stringMatching(/^bkt,k5,,failed,500,WorkerCrashed,/)]);
      // The first worker may have ended tasks of its own before, which is no death.
      expect(bench.executed.get('k5')).toBeGreaterThanOrEqual(3);
      expect(bench.executed.get('k5')).toBeLessThanOrEqual(4);
    },
  );

  test('does not begin a task slower than the rest of its time', async () => {
    const cloud = job(7, () => 40);
    const { bench } = cloud;
    await cloud.create();
    await cloud.untilEnd();
    expect([...bench.executed.values()]).toEqual([1, 1, 1, 1, 1, 1, 1]);
    expect(await bench.jobs.getTotals(bench.jobId)).toMatchObject({ succeeded: 7, failed: 0 });
  });

  test('fails no task for a function that lasts as long as a worker can', async () => {
    const cloud = job(3, () => 99);
    await cloud.create();
    await cloud.untilEnd();
    expect([...cloud.bench.executed.values()]).toEqual([1, 1, 1]);
    expect((await cloud.bench.jobs.getTotals(cloud.bench.jobId)).failed).toBe(0);
  });
});
