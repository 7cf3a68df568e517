import { expect, test } from '@jest/globals';
import { ShownCounts } from '../../../core/engine/shown-counts.ts';
import { EngineBench } from '../../support/engine-bench.ts';
import { Life } from '../../support/life.ts';

const START = Date.parse('2026-01-02T03:04:05.000Z');

async function counted(): Promise<{ bench: EngineBench; counts: ShownCounts }> {
  const bench = new EngineBench({ manifest: 'bkt,k\n' });
  await bench.progress.createBlock(bench.jobId, 0);
  await bench.progress.setPosition(bench.jobId, 0, undefined, { at: 0 });
  // Another worker added up just before this part was counted.
  await bench.jobs.claimSum(bench.jobId, START, 0);
  await bench.progress.advance(bench.jobId, { shard: 0, from: 0, to: 5, done: false, succeeded: 5, failed: 0 });
  const counts = new ShownCounts(bench.dependencies(Life.forever()), () => ({ jobId: bench.jobId, epoch: 1 }));
  counts.counted();
  await counts.afterPart();
  expect(await bench.jobs.getTotals(bench.jobId)).toMatchObject({ succeeded: 0 });
  return { bench, counts };
}

test('what was counted just after another worker added up is shown within ten seconds, though no part ends', async () => {
  const { bench, counts } = await counted();
  const end = counts.keepFresh();
  await bench.clock.sleep(8_000);
  end();
  expect(await bench.jobs.getTotals(bench.jobId)).toMatchObject({ succeeded: 5 });
});

test('a worker that leaves a job that is paused leaves it with counts that are true', async () => {
  const { bench, counts } = await counted();
  await counts.leave();
  expect(await bench.jobs.getTotals(bench.jobId)).toMatchObject({ succeeded: 5 });
});
