import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TaskResult } from '../../../core/operations/task-result.ts';
import { EngineBench, FAILURE, SUCCESS } from '../../support/engine-bench.ts';
import { Life } from '../../support/life.ts';

/** Lives of the next invocations, by the side effects they have: a short one dies in the midst of its work. */
function mortality(lives: readonly (readonly [effects: number, afterwards: boolean])[]): () => Life {
  const next = lives.values();
  return () => {
    const life = next.next();
    return life.done === true ? Life.forever() : new Life(...life.value);
  };
}

const lives = fc.array(fc.tuple(fc.integer({ min: 1, max: 25 }), fc.boolean()), { maxLength: 40 });

/** Results that follow from the key alone, as S3's would. */
const resultOf = (key: string): TaskResult => (Number(key.slice(1)) % 5 === 0 ? FAILURE : SUCCESS);

describe('whatever dies, between any two side effects', () => {
  test('no line is lost or doubled, and the counts are those of the report', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          tasks: fc.integer({ min: 1, max: 60 }),
          perShard: fc.integer({ min: 1, max: 12 }),
          lives,
          workers: fc.integer({ min: 1, max: 5 }),
        }),
        async ({ tasks, perShard, lives, workers }) => {
          const bench = new EngineBench({
            manifest: Array.from({ length: tasks }, (_, line) => `bkt,k${line}\n`).join(''),
            tasksPerShard: perShard,
            workers,
            concurrency: 3,
            execute: async ({ key }) => resultOf(key),
            lifeOf: mortality(lives),
          });
          await bench.create();
          await bench.runToEnd();
          const { state, totals } = (await bench.jobs.getJob(bench.jobId))!;
          expect(state.status).toBe('Complete');
          const crashed = bench.reportLines().filter((line) => line.includes('WorkerCrashed')).length;
          const failing = Array.from({ length: tasks }, (_, line) => `k${line}`).filter(
            (key) => resultOf(key) === FAILURE,
          );
          expect(totals.succeeded + totals.failed).toBe(tasks);
          expect(totals.failed).toBeGreaterThanOrEqual(failing.length - crashed);
          const keys = bench.reportLines().map((line) => line.split(',')[1]);
          expect(keys.sort()).toEqual(Array.from({ length: tasks }, (_, line) => `k${line}`).sort());
          expect(bench.reportLines().filter((line) => line.includes(',failed,'))).toHaveLength(totals.failed);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('two workers on the same shard at the same time count each task once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), lives, fc.scheduler(), async (tasks, lives, scheduler) => {
        const bench = new EngineBench({
          manifest: Array.from({ length: tasks }, (_, line) => `bkt,k${line}\n`).join(''),
          tasksPerShard: 30,
          concurrency: 2,
          execute: (task) => scheduler.schedule(Promise.resolve(resultOf(task.key))),
          lifeOf: mortality(lives.map(([effects, afterwards]) => [effects + 4, afterwards] as const)),
        });
        await bench.create();
        const healthy = new EngineBench({ ...bench.options, lifeOf: () => Life.forever() });
        Object.assign(bench.options, { lifeOf: undefined });
        await bench.runStage('prepare', 1);
        await bench.schedule(bench.jobId);
        const { epoch } = (await bench.jobs.getState(bench.jobId))!;
        const plan = JSON.parse(bench.work.objects.get(`jobs/${bench.jobId}/plan.json`)!.body.toString());
        const item = {
          shard: '0',
          file: `jobs/${bench.jobId}/prepare/0-${plan.chunks[0].attempt}/0.csv`,
          tasks: String(tasks),
          concurrency: '2',
        };
        const input = { jobId: bench.jobId, epoch, deadline: Number.MAX_SAFE_INTEGER, item };
        const workers = Promise.all([bench.item('run', input), bench.item('run', input), bench.item('run', input)]);
        await scheduler.waitFor(workers);
        await bench.runToEnd();
        expect(healthy.executed.size).toBe(0);
        const { state, totals } = (await bench.jobs.getJob(bench.jobId))!;
        expect(state.status).toBe('Complete');
        expect(totals.succeeded + totals.failed).toBe(tasks);
        expect(new Set(bench.reportLines()).size).toBe(tasks);
        expect(bench.reportLines()).toHaveLength(tasks);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a task that kills its worker', () => {
  test('is failed after three deaths, alone, and all others are carried out', async () => {
    const bench = new EngineBench({
      manifest: Array.from({ length: 20 }, (_, line) => `bkt,k${line}\n`).join(''),
      tasksPerShard: 20,
      concurrency: 4,
      lifeOf: () => new Life(10_000, false),
      execute: async (task, life) => {
        if (task.key !== 'k7') return SUCCESS;
        // The process dies, whatever else it has in flight.
        for (;;) await life.effect(async () => undefined);
      },
    });
    await bench.create();
    await bench.runToEnd();
    const { state, totals } = (await bench.jobs.getJob(bench.jobId))!;
    expect(state.status).toBe('Complete');
    expect(totals).toMatchObject({ succeeded: 19, failed: 1 });
    expect(bench.reportLines().filter((line) => line.includes('WorkerCrashed'))).toEqual([
      'bkt,k7,,failed,500,WorkerCrashed,The worker crashed or ran out of time 3 times while it carried out this task',
    ]);
    expect(bench.executed.get('k7')).toBeLessThanOrEqual(4);
  });
});
