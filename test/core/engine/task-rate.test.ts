import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TaskRate } from '../../../core/engine/task-rate.ts';
import { EngineBench } from '../../support/engine-bench.ts';

describe('a token bucket', () => {
  test('grants no more than its rate, a tenth of a second’s tokens and one batch, over any stretch of time', () => {
    const ask = fc.record({ pause: fc.nat(3_000), tasks: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.array(ask, { maxLength: 60 }), (perSecond, asks) => {
        const rate = new TaskRate(0);
        rate.perSecond = perSecond;
        const granted: { at: number; tasks: number }[] = [];
        let now = 0;
        for (const { pause, tasks } of asks) {
          now += pause;
          const wait = rate.take(tasks, now);
          if (wait === 0) granted.push({ at: now, tasks });
          else expect(wait).toBeGreaterThanOrEqual(1);
        }
        for (const [index, first] of granted.entries()) {
          let sum = 0;
          for (const { at, tasks } of granted.slice(index)) {
            sum += tasks;
            const most = ((at - first.at) * perSecond) / 1_000 + Math.max(1, perSecond / 10) + 40;
            expect(sum).toBeLessThanOrEqual(most);
          }
        }
      }),
    );
  });

  test('keeps to its rate when it is asked again as it says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 20 }), (perSecond, tasks) => {
        const rate = new TaskRate(0);
        rate.perSecond = perSecond;
        let [now, granted] = [0, 0];
        for (let look = 0; granted < 200 * tasks; look += 1) {
          const wait = rate.take(tasks, now);
          if (wait === 0) granted += tasks;
          now += wait;
          expect(look).toBeLessThan(5_000);
        }
        const ideal = (granted / perSecond) * 1_000;
        expect(now).toBeGreaterThan(ideal - 1_000 * (0.1 + (1 + tasks) / perSecond));
        // A wait is a whole number of milliseconds.
        expect(now).toBeLessThan(ideal + 1_000 / perSecond + 200 * 2);
      }),
    );
  });

  test('follows its rate where that changes', () => {
    const rate = new TaskRate(0);
    rate.perSecond = 1;
    expect(rate.take(1, 500)).toBe(500);
    rate.perSecond = 10;
    expect(rate.take(1, 600)).toBe(0);
    expect(rate.take(1, 600)).toBeGreaterThan(0);
  });
});

describe('a job with a rate limit', () => {
  test.each([
    [50, 1_000, 1],
    [600, 6_000, 3],
    [1_000, 10_000, 5],
  ])('of %i tasks a second takes its time over %i tasks, by %i workers', async (TasksPerSecond, tasks, workers) => {
    const bench = new EngineBench({
      manifest: Array.from({ length: tasks }, (_, line) => `bkt,k${line}\n`).join(''),
      tasksPerShard: tasks / 20,
      concurrency: 16,
      workers: 50,
      request: { Drover: { RateLimit: { TasksPerSecond } } },
      execute: async () => {
        await bench.clock.sleep(20);
        return { status: 'succeeded', httpStatus: 200, errorCode: '', message: '' };
      },
    });
    await bench.create();
    await bench.runToEnd();
    const times = bench.begun.map(({ at }) => at);
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000;
    const ideal = tasks / TasksPerSecond;
    expect(seconds).toBeGreaterThan(ideal * 0.95);
    expect(seconds).toBeLessThan(ideal * 1.4 + 1);
    // In no second more than that many begin, but for what each worker holds ready.
    const slack = workers * (1 + TasksPerSecond / workers / 10);
    for (let from = 0; from < times.length; from += 97) {
      const within = times.filter((at) => at >= (times[from] ?? 0) && at < (times[from] ?? 0) + 1_000).length;
      expect(within).toBeLessThanOrEqual(TasksPerSecond + slack);
    }
    expect(bench.reportLines()).toHaveLength(tasks);
  });

  test.each([
    ['is cut', { workers: 1, since: 0 }],
    ['is taken, and it does not know yet that it pauses', undefined],
  ])('keeps to it with the workers that it has when its share %s', async (_, share) => {
    const bench: EngineBench = new EngineBench({
      manifest: Array.from({ length: 20_000 }, (_, line) => `bkt,k${line}\n`).join(''),
      tasksPerShard: 4_000,
      concurrency: 16,
      workers: 5,
      request: { Drover: { RateLimit: { TasksPerSecond: 1_000 } } },
    });
    await bench.create();
    await bench.runStage('prepare', 1);
    await bench.schedule(bench.jobId);
    const { epoch } = (await bench.jobs.getState(bench.jobId))!;
    const run = bench.runStage('run', epoch);
    await bench.clock.sleep(6_000);
    const { version } = await bench.jobs.getSchedule();
    const shares = share === undefined ? {} : { [bench.jobId]: share };
    expect(await bench.jobs.putSchedule({ version: version + 1, shares })).toBe(true);
    const cut = bench.passed;
    await run;
    const after = bench.begun.filter(({ at }) => at >= cut + 3_000 && at < cut + 8_000);
    expect(after.length).toBeGreaterThan(4_000);
    expect(after.length).toBeLessThan(5_600);
  });
});
