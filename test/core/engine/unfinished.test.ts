import { describe, expect, test } from '@jest/globals';
import { noteTrouble } from '../../../core/engine/job-changes.ts';
import type { Batch } from '../../../core/operations/operation.ts';
import { TaskUnfinished } from '../../../core/operations/task-notes.ts';
import { EngineBench, SUCCESS } from '../../support/engine-bench.ts';
import { EngineCloud } from '../../support/engine-cloud.ts';
import { Life } from '../../support/life.ts';

/** Milliseconds of a worker's life. */
const WORKER = 100_000;

/**
 * A job of short tasks and of one, k5, that takes so many seconds, goes on from its notes, and gives up by the deadline.
 * A pair of tasks is a batch: that is how they are given their notes.
 */
function job(seconds: number, { tasks = 12, dies = (_: number): boolean => false } = {}) {
  const visits: number[] = [];
  const batch: Batch<unknown> = {
    size: () => 2,
    execute: async (pair, _, { notes, deadline, signal }) => {
      const long = pair.find(({ key }) => key === 'k5');
      if (long === undefined) {
        await bench.clock.sleep(1_000, signal);
        return pair.map(() => SUCCESS);
      }
      let done = Number((await notes.read(long.taskId)) ?? 0);
      visits.push(done);
      while (done < seconds) {
        if (bench.clock.now() + 10_000 >= deadline) throw new TaskUnfinished();
        await bench.clock.sleep(10_000, signal);
        done += 10;
        await notes.write(long.taskId, done);
        if (dies(done)) return await bench.clock.sleep(10 * WORKER, signal).then(() => []);
      }
      return pair.map(() => SUCCESS);
    },
  };
  const bench: EngineBench = new EngineBench({
    manifest: Array.from({ length: tasks }, (_, line) => `bkt,k${line}\n`).join(''),
    tasksPerShard: tasks,
    concurrency: 1,
    workerMilliseconds: WORKER,
    operation: { batch },
  });
  return { cloud: new EngineCloud(bench), bench, visits };
}

describe('a task that takes longer than an invocation', () => {
  test('goes on where it was in the next one, without deaths or trouble', async () => {
    const { cloud, bench, visits } = job(1_000);
    await cloud.create();
    const seen = { deaths: 0, troubles: [] as string[] };
    const stop = bench.clock.every(1_000, async () => {
      const [block] = await bench.progress.listBlocks(bench.jobId);
      for (const { deaths = 0 } of block?.parts.values() ?? []) seen.deaths = Math.max(seen.deaths, deaths);
      const trouble = (await bench.jobs.getState(bench.jobId))?.trouble?.FailureCode;
      if (trouble !== undefined) seen.troubles.push(trouble);
    });
    const { status } = await cloud.untilEnd();
    stop();
    expect({ status, ...seen }).toEqual({ status: 'Complete', deaths: 0, troubles: [] });
    expect(visits.length).toBeGreaterThan(9);
    expect(visits.every((done, visit) => visit === 0 || done > (visits[visit - 1] ?? 0))).toBe(true);
    // No wave waits for a standstill to pass: little but the task's own time goes by.
    expect(bench.passed).toBeLessThan(1.5 * 1_000_000);
    expect(bench.reportLines()).toHaveLength(12);
    expect(await bench.jobs.getTotals(bench.jobId)).toMatchObject({ succeeded: 12, failed: 0 });
  });

  test('takes a trouble off by getting on', async () => {
    const { cloud, bench, visits } = job(1_000);
    await cloud.create();
    await cloud.until(() => visits.length === 2);
    const { epoch } = (await bench.jobs.getState(bench.jobId))!;
    const failure = { FailureCode: 'WorkerFault', FailureReason: 'A worker failed: once' };
    await noteTrouble(bench.dependencies(Life.forever()), bench.jobId, epoch, failure);
    await cloud.until(() => visits.length === 3);
    expect((await bench.jobs.getState(bench.jobId))?.trouble).toBeUndefined();
    const { status, failureReasons } = await cloud.untilEnd();
    expect({ status, failureReasons }).toEqual({ status: 'Complete', failureReasons: [] });
  });

  test('that gives up again and again without getting on takes no more than a wave now and then', async () => {
    let tries = 0;
    const bench: EngineBench = new EngineBench({
      manifest: 'bkt,k0\n',
      execute: async () => {
        tries += 1;
        throw new TaskUnfinished();
      },
    });
    const cloud = new EngineCloud(bench);
    await cloud.create();
    await bench.clock.sleep(600_000);
    expect(tries).toBeGreaterThan(10);
    expect(tries).toBeLessThanOrEqual(41);
    await cloud.move('Cancelling');
    expect((await cloud.untilEnd()).status).toBe('Cancelled');
  });

  test('has the tasks before it counted meanwhile', async () => {
    const { cloud, bench, visits } = job(1_000);
    await cloud.create();
    await cloud.until(() => visits.length === 3);
    const [block] = await bench.progress.listBlocks(bench.jobId);
    expect(block).toMatchObject({ succeeded: 4, failed: 0 });
    expect(block?.parts.get(0)).toMatchObject({ at: 4 });
  });

  test('is failed like any other when it outlasts its worker three times without giving up', async () => {
    const { cloud, bench } = job(1_000, { dies: (done) => done >= 50 });
    await cloud.create();
    expect((await cloud.untilEnd()).status).toBe('Complete');
    const failed = bench.reportLines().filter((line) => line.includes(',failed,'));
    expect(failed).toEqual([expect.stringMatching(/^bkt,k\d+,,failed,500,WorkerCrashed,/)]);
  });
});
