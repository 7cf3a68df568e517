import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type BenchOptions, EngineBench, FAILURE, SUCCESS } from '../../support/engine-bench.ts';
import { EngineCloud } from '../../support/engine-cloud.ts';
import { Life } from '../../support/life.ts';

const manifest = (lines: number): string => Array.from({ length: lines }, (_, line) => `bkt,k${line}\n`).join('');
const keysOf = (lines: readonly string[]): string[] => lines.map((line) => line.split(',')[1] ?? '').sort();

/** A job of tasks of a second each, and one, k2, of half a minute. */
function steadyJob(options: Partial<BenchOptions> = {}): EngineCloud {
  const bench: EngineBench = new EngineBench({
    manifest: manifest(400),
    tasksPerShard: 100,
    workers: 2,
    concurrency: 2,
    execute: async ({ key }) => {
      await bench.clock.sleep(key === 'k2' ? 30_000 : 1_000);
      return key.endsWith('7') ? FAILURE : SUCCESS;
    },
    ...options,
  });
  return new EngineCloud(bench);
}

async function expectCountsAreLines(bench: EngineBench): Promise<void> {
  const totals = await bench.jobs.getTotals(bench.jobId);
  const lines = bench.reportLines();
  expect(lines).toHaveLength(totals.succeeded + totals.failed);
  expect(lines.filter((line) => line.includes(',failed,'))).toHaveLength(totals.failed);
  expect(new Set(keysOf(lines)).size).toBe(lines.length);
}

describe.each(['Cancelling', 'Failing'] as const)('a job that goes %s in the midst of its tasks', (status) => {
  test('begins no task after three seconds; what was in flight ends, is counted and reported', async () => {
    const cloud = steadyJob();
    const { bench } = cloud;
    await cloud.create();
    await bench.clock.sleep(5_500);
    await cloud.move(status);
    const movedAt = bench.passed;
    const k2 = bench.begun.find(({ key }) => key === 'k2')!;
    await cloud.untilEnd();
    expect(bench.passed).toBeGreaterThanOrEqual(k2.at + 30_000);
    expect(bench.passed).toBeLessThan(k2.at + 45_000);
    expect(bench.begun.at(-1)!.at).toBeLessThanOrEqual(movedAt + 3_000);
    expect(keysOf(bench.reportLines())).toEqual([...bench.executed.keys()].sort());
    await expectCountsAreLines(bench);
  });

  test('waits for a worker that died no longer than its lease', async () => {
    const lives: Life[] = [];
    const cloud = steadyJob({
      lifeOf: (name) => {
        const life = Life.forever();
        if (name === 'worker') lives.push(life);
        return life;
      },
    });
    const { bench } = cloud;
    await cloud.create();
    await bench.clock.sleep(25_000);
    for (const life of lives) life.kill();
    const diedAt = bench.passed;
    await cloud.move(status);
    await cloud.untilEnd();
    expect(bench.passed).toBeGreaterThan(diedAt + 20_000);
    expect(bench.passed).toBeLessThanOrEqual(diedAt + 75_000);
    expect(bench.reportLines().length).toBeGreaterThan(0);
    await expectCountsAreLines(bench);
  });
});

describe('a worker that is lost in the midst of its bookkeeping', () => {
  test('and has written its results: they are counted and reported', async () => {
    const lives: Life[] = [];
    const cloud = steadyJob({
      lifeOf: (name) => {
        const life = Life.forever();
        if (name === 'worker') lives.push(life);
        return life;
      },
      meanwhile: async (by, call) => {
        if (by !== 'worker' || call !== 'advance') return;
        for (const life of lives) life.kill();
      },
    });
    const { bench } = cloud;
    await cloud.create();
    await cloud.until(() => lives[0]?.dead === true);
    const [written] = [...bench.work.objects].filter(([key]) => key.includes('/results/'));
    const { succeeded, failed } = written![1].metadata;
    await cloud.move('Cancelling');
    await cloud.untilEnd();
    expect(bench.reportLines().length).toBeGreaterThanOrEqual(Number(succeeded) + Number(failed));
    expect(Number(succeeded)).toBeGreaterThan(0);
    await expectCountsAreLines(bench);
  });

  test('and comes back when the report is written: it counts nothing any more', async () => {
    let frozen = 0;
    const cloud = steadyJob({
      meanwhile: async (by, call) => {
        if (by !== 'worker') return;
        // Its lease is not renewed while it stands still.
        if (frozen > 0 && call === 'setPosition') throw new Error('frozen');
        if (call !== 'putIfAbsent') return;
        frozen += 1;
        await cloud.bench.clock.sleep(300_000);
      },
      toleratesFaults: true,
    });
    const { bench } = cloud;
    await cloud.create();
    await cloud.until(() => frozen > 0);
    await cloud.move('Cancelling');
    await cloud.untilEnd();
    const lines = bench.reportLines().length;
    const before = bench.work.objects.size;
    await bench.clock.sleep(400_000);
    expect(bench.work.objects.size).toBeGreaterThan(before);
    const blocks = await bench.progress.listBlocks(bench.jobId);
    expect(blocks.reduce((sum, block) => sum + block.succeeded + block.failed, 0)).toBe(lines);
  });
});

describe('a cancel between any two side effects', () => {
  const cancelAt = fc.integer({ min: 1, max: 80 });

  /** A small job that is cancelled, or paused and served again, just before a worker's n-th side effect. */
  function smallJob(at: number, what: (cloud: EngineCloud) => Promise<void>, options: Partial<BenchOptions>) {
    let effects = 0;
    const bench: EngineBench = new EngineBench({
      manifest: manifest(40),
      tasksPerShard: 8,
      workers: 2,
      concurrency: 2,
      execute: async ({ key }) => {
        await bench.clock.sleep(700);
        return key.endsWith('7') ? FAILURE : SUCCESS;
      },
      meanwhile: async (by) => {
        if (by !== 'worker') return;
        effects += 1;
        if (effects === at) await what(cloud);
      },
      ...options,
    });
    const cloud: EngineCloud = new EngineCloud(bench);
    return cloud;
  }

  const cancel = async (cloud: EngineCloud): Promise<void> => {
    const state = await cloud.bench.jobs.getState(cloud.bench.jobId);
    if (state?.status === 'Active') await cloud.move('Cancelling');
  };

  test('loses nothing that was begun', async () => {
    await fc.assert(
      fc.asyncProperty(cancelAt, fc.integer({ min: 0, max: 5_000 }), async (at, pause) => {
        const cloud = smallJob(
          at,
          async (cloud) => {
            await cancel(cloud);
            // The worker is slow just here: the report may begin meanwhile.
            await cloud.bench.clock.sleep(pause);
          },
          {},
        );
        await cloud.create();
        const { status } = await cloud.untilEnd();
        await cloud.bench.clock.sleep(120_000);
        expect(status).toMatch(/^(Cancelled|Complete)$/);
        expect(keysOf(cloud.bench.reportLines())).toEqual([...cloud.bench.executed.keys()].sort());
        expect([...cloud.bench.executed.values()].every((times) => times === 1)).toBe(true);
        await expectCountsAreLines(cloud.bench);
      }),
      { numRuns: 120 },
    );
  });

  test('and workers that die: the counts are the lines', async () => {
    const lives = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.boolean()), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(cancelAt, lives, async (at, lives) => {
        const next = lives.values();
        const cloud = smallJob(at, cancel, {
          lifeOf: (name) => {
            const life = name === 'worker' || name === 'report' ? next.next() : undefined;
            return life === undefined || life.done === true ? Life.forever() : new Life(...life.value);
          },
        });
        await cloud.create();
        expect((await cloud.untilEnd()).status).toMatch(/^(Cancelled|Complete)$/);
        await expectCountsAreLines(cloud.bench);
      }),
      { numRuns: 120 },
    );
  });

  test('a pause there does not double, lose or fail a task', async () => {
    const pause = async (cloud: EngineCloud): Promise<void> => void cloud.pauseAndResume().catch(() => undefined);
    await fc.assert(
      fc.asyncProperty(cancelAt, async (at) => {
        const cloud = smallJob(at, pause, { manifest: manifest(60) });
        await cloud.create();
        expect((await cloud.untilEnd()).status).toBe('Complete');
        expect(cloud.bench.reportLines()).toHaveLength(60);
        expect([...cloud.bench.executed.values()].every((times) => times === 1)).toBe(true);
        await expectCountsAreLines(cloud.bench);
      }),
      { numRuns: 60 },
    );
  });
});
