import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { WINDOW_FACTOR } from '../../../core/engine/part.ts';
import type { Batch, Task } from '../../../core/operations/operation.ts';
import type { TaskResult } from '../../../core/operations/task-result.ts';
import { type BenchOptions, EngineBench, FAILURE, SUCCESS } from '../../support/engine-bench.ts';
import { Life } from '../../support/life.ts';

const linesOf = (tasks: number): string => Array.from({ length: tasks }, (_, line) => `bkt,k${line}\n`).join('');
const lineOf = ({ key }: Task): number => Number(key.slice(1));

/** A bench whose operation carries out batches of so many tasks; what they were is kept. */
class BatchBench extends EngineBench {
  readonly batches: number[][] = [];

  constructor(
    size: number,
    execute: (tasks: readonly Task[]) => Promise<readonly TaskResult[]>,
    options: Omit<BenchOptions, 'operation'>,
  ) {
    const batch: Batch<unknown> = {
      size: () => size,
      execute: async (tasks) => {
        this.batches.push(tasks.map(lineOf));
        return await execute(tasks);
      },
    };
    super({ ...options, operation: { batch } });
  }

  async run(): Promise<void> {
    await this.create();
    await this.runToEnd();
  }

  /** The tasks of each part that was written, in the order of writing. */
  get parts(): number[] {
    return [...this.work.objects]
      .filter(([key]) => key.includes('/results/'))
      .map(([, { body }]) => body.toString().split('\r\n').length - 1);
  }
}

describe('tasks that are carried out in batches', () => {
  test('are counted and reported one by one, whatever dies', async () => {
    const lives = fc.array(fc.tuple(fc.integer({ min: 1, max: 25 }), fc.boolean()), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 2, max: 12 }),
        lives,
        async (count, tasksPerShard, size, lives) => {
          const next = lives.values();
          const bench = new BatchBench(
            size,
            async (tasks) => {
              await bench.clock.sleep((lineOf(tasks[0]!) * 7) % 50);
              return tasks.map((task) => (lineOf(task) % 3 === 0 ? FAILURE : SUCCESS));
            },
            {
              manifest: linesOf(count),
              tasksPerShard,
              concurrency: 3,
              lifeOf: () => {
                const life = next.next();
                return life.done === true ? Life.forever() : new Life(...life.value);
              },
            },
          );
          await bench.run();
          const lines = bench.reportLines();
          const crashed = lines.filter((line) => line.includes('WorkerCrashed')).length;
          const failing = Math.ceil(count / 3);
          expect(lines.map((line) => Number(line.split(',')[1]?.slice(1))).sort((a, b) => a - b)).toEqual(
            Array.from({ length: count }, (_, line) => line),
          );
          const { succeeded, failed } = await bench.jobs.getTotals(bench.jobId);
          expect(succeeded + failed).toBe(count);
          expect(failed).toBeLessThanOrEqual(failing + crashed);
          expect(failed).toBe(lines.filter((line) => line.includes(',failed,')).length);
          for (const batch of bench.batches) {
            expect(batch.length).toBeLessThanOrEqual(size);
            // Tasks that follow one another, of one shard.
            expect(batch).toEqual(batch.map((_, index) => (batch[0] ?? 0) + index));
            expect(new Set(batch.map((line) => Math.floor(line / tasksPerShard))).size).toBe(1);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('lie in parts of 64 until the threshold is past, and in whole shards then', async () => {
    const execute = async (tasks: readonly Task[]): Promise<TaskResult[]> => {
      await bench.clock.sleep(200);
      return tasks.map(() => SUCCESS);
    };
    const bench: BatchBench = new BatchBench(1_000, execute, {
      manifest: linesOf(6_000),
      tasksPerShard: 2_000,
      workers: 1,
    });
    await bench.run();
    const whole = bench.parts.findIndex((tasks) => tasks > 64);
    const probing = bench.parts.slice(0, whole);
    expect(probing.reduce((sum, tasks) => sum + tasks, 0)).toBeGreaterThanOrEqual(1_000);
    // The last look at the totals may be two seconds old.
    expect(Math.max(...bench.batches.map((batch) => batch.length))).toBe(1_000);
    expect(bench.reportLines()).toHaveLength(6_000);
  });

  test('stop at the failure threshold as single tasks do', async () => {
    const workers = 4;
    const bench = new BatchBench(1_000, async (tasks) => tasks.map(() => FAILURE), {
      manifest: linesOf(20_000),
      tasksPerShard: 5_000,
      workers,
    });
    await bench.run();
    const { state, totals } = (await bench.jobs.getJob(bench.jobId))!;
    expect(state).toMatchObject({
      status: 'Failed',
      failureReasons: [{ FailureCode: 'TaskFailureThresholdExceeded' }],
    });
    expect(totals.failed).toBeGreaterThanOrEqual(1_000);
    expect(totals.failed).toBeLessThanOrEqual(1_000 + workers * 64);
    expect(bench.reportLines()).toHaveLength(totals.failed);
  });

  test('are carried out one at a time after one of them killed a worker, and only that one is failed', async () => {
    const [poison, size, concurrency] = [25, 10, 2];
    const lives: Life[] = [];
    const begun: { life: number; first: number; tasks: number }[] = [];
    const bench: BatchBench = new BatchBench(
      size,
      async (tasks) => {
        const life = lives.at(-1) ?? Life.forever();
        if (life.dead) return await new Promise(() => undefined);
        begun.push({ life: lives.length, first: lineOf(tasks[0]!), tasks: tasks.length });
        await bench.clock.sleep(10);
        if (tasks.some((task) => lineOf(task) === poison)) life.kill();
        return life.dead ? await new Promise(() => undefined) : tasks.map(() => SUCCESS);
      },
      {
        manifest: linesOf(200),
        tasksPerShard: 200,
        workers: 1,
        concurrency,
        lifeOf: (name) => {
          const life = Life.forever();
          if (name === 'worker') lives.push(life);
          return life;
        },
      },
    );
    await bench.run();
    const window = WINDOW_FACTOR * concurrency * size;
    expect(begun.filter(({ life }) => life === 1).every(({ tasks }) => tasks === size)).toBe(true);
    const later = begun.filter(({ life }) => life > 1);
    expect(later.filter(({ first }) => first < window).every(({ tasks }) => tasks === 1)).toBe(true);
    // The task that killed three workers stands where the last suspicion begins.
    expect(later.some(({ first, tasks }) => first >= poison + window && tasks > 1)).toBe(true);
    expect(bench.batches.filter((batch) => batch.includes(poison)).length).toBeLessThanOrEqual(4);
    const failed = bench.reportLines().filter((line) => line.includes(',failed,'));
    expect(failed).toEqual([expect.stringMatching(/^bkt,k25,,failed,500,WorkerCrashed,/)]);
    expect(await bench.jobs.getTotals(bench.jobId)).toMatchObject({ succeeded: 199, failed: 1 });
  });

  test('are no more than a second’s of the job’s rate', async () => {
    const bench = new BatchBench(100, async (tasks) => tasks.map(() => SUCCESS), {
      manifest: linesOf(300),
      tasksPerShard: 300,
      request: { Drover: { RateLimit: { TasksPerSecond: 20 } } },
    });
    await bench.run();
    expect(Math.max(...bench.batches.map((batch) => batch.length))).toBe(20);
    expect(bench.passed).toBeGreaterThan(14_000);
    expect(bench.passed).toBeLessThan(30_000);
  });

  test.each([-1, 1])(
    'are none where an operation gives %i results too many: whose they are nobody knows',
    async (more) => {
      const bench = new BatchBench(5, async (tasks) => Array.from({ length: tasks.length + more }, () => SUCCESS), {
        manifest: linesOf(10),
        toleratesFaults: true,
      });
      await bench.create();
      await bench.runStage('prepare', 1);
      await bench.schedule(bench.jobId);
      const state = (await bench.jobs.getState(bench.jobId))!;
      await bench.runStage('run', state.epoch, () => bench.batches.length > 0);
      expect(await bench.jobs.getState(bench.jobId)).toMatchObject({ trouble: { FailureCode: 'WorkerFault' } });
      expect(bench.parts).toEqual([]);
    },
  );
});
