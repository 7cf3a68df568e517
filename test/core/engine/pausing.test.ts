import { describe, expect, test } from '@jest/globals';
import { type BenchOptions, EngineBench, SUCCESS } from '../../support/engine-bench.ts';
import { EngineCloud } from '../../support/engine-cloud.ts';
import { Life } from '../../support/life.ts';

/** One shard of ten tasks, of which k0 takes a while. */
function shardWithSlowTask(seconds: number, options: Partial<BenchOptions> = {}): EngineCloud {
  const bench: EngineBench = new EngineBench({
    manifest: Array.from({ length: 10 }, (_, line) => `bkt,k${line}\n`).join(''),
    concurrency: 2,
    execute: async ({ key }) => {
      if (key === 'k0') await bench.clock.sleep(seconds * 1_000);
      return SUCCESS;
    },
    ...options,
  });
  return new EngineCloud(bench);
}

/** What became of the job: all done, nothing failed. */
async function expectWhole({ bench }: EngineCloud): Promise<void> {
  const { state, totals } = (await bench.jobs.getJob(bench.jobId))!;
  expect(state.status).toBe('Complete');
  expect(totals).toMatchObject({ succeeded: 10, failed: 0 });
  expect(bench.reportLines()).toHaveLength(10);
}

const positionOf = ({ bench }: EngineCloud) => bench.progress.blocks.get(bench.jobId)?.get(0)?.parts.get(0);

describe('a job that was paused and is served again', () => {
  test('leaves a shard to the worker of before as long as that is ending its tasks', async () => {
    const cloud = shardWithSlowTask(100);
    await cloud.create();
    await cloud.bench.clock.sleep(5_000);
    const first = positionOf(cloud)?.by;
    await cloud.pauseAndResume();
    // The new worker has been there and gone; the old one is still named.
    await cloud.bench.clock.sleep(10_000);
    expect(positionOf(cloud)?.by).toBe(first);
    await cloud.untilEnd();
    expect(cloud.bench.executed.get('k0')).toBe(1);
    await expectWhole(cloud);
  });

  test('takes the shard of a worker that died meanwhile when its lease is over, and counts no death', async () => {
    const lives: Life[] = [];
    const cloud = shardWithSlowTask(100, {
      lifeOf: (name) => {
        const life = Life.forever();
        if (name === 'worker') lives.push(life);
        return life;
      },
    });
    await cloud.create();
    await cloud.bench.clock.sleep(5_000);
    await cloud.pauseAndResume();
    lives[0]!.kill();
    const lease = positionOf(cloud)!.lease! - cloud.bench.clock.now();
    await cloud.bench.clock.sleep(lease - 1);
    expect(cloud.bench.executed.get('k0')).toBe(1);
    await cloud.bench.clock.sleep(30_000);
    expect(cloud.bench.executed.get('k0')).toBe(2);
    expect(positionOf(cloud)?.deaths).toBeUndefined();
    await cloud.untilEnd();
    await expectWhole(cloud);
  });

  test.each([false, true])(
    'again and again never fails a good task, whether its workers die with it: %s',
    async (die) => {
      const lives: Life[] = [];
      const cloud = shardWithSlowTask(100, {
        lifeOf: (name) => {
          const life = Life.forever();
          if (name === 'worker') lives.push(life);
          return life;
        },
      });
      await cloud.create();
      for (let pause = 0; pause < 4; pause += 1) {
        await cloud.until(() => positionOf(cloud) !== undefined);
        await cloud.bench.clock.sleep(die ? 75_000 : 1_000);
        await cloud.pauseAndResume();
        if (die) for (const life of lives.splice(0)) life.kill();
      }
      await cloud.untilEnd();
      expect(cloud.bench.executed.get('k0')).toBe(die ? 5 : 1);
      await expectWhole(cloud);
    },
  );
});
