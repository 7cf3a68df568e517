import type { PlannedShard } from './plan.ts';

/** Shards of one wave at most: a Map run reads its CSV quickly and a straggler does not hold too many. */
const MOST_SHARDS = 40_000;

/** Shards of one wave at least, if there are so many: each wave costs a turn. */
const LEAST_SHARDS = 50;

/** What the workers should do in one wave, in milliseconds. */
const WAVE_MILLISECONDS = 10 * 60_000;

/** A shard's time when nothing was measured yet. */
const ASSUMED_SHARD_MILLISECONDS = 10_000;

/**
 * How many shards the next wave takes: what the workers should do in about ten minutes, so that what a share allows, and
 * where neighbours lie, is looked at anew that often, and few children begin when their time is over.
 *
 * @param shardMilliseconds what a shard took a worker in the wave before, if that is known.
 */
export function waveSize(workers: number, shardMilliseconds = ASSUMED_SHARD_MILLISECONDS): number {
  const shards = (workers * WAVE_MILLISECONDS) / Math.max(1, shardMilliseconds);
  return Math.round(Math.min(MOST_SHARDS, Math.max(LEAST_SHARDS, 2 * workers, shards)));
}

/**
 * The shards in an order in which neighbours do not run together: with W workers the first W shards lie evenly over the
 * whole, for the keys of one neighbourhood share one partition of S3.
 */
export function strided<Shard>(shards: readonly Shard[], workers: number): Shard[] {
  const stride = Math.max(1, Math.ceil(shards.length / Math.max(1, workers)));
  const order: Shard[] = [];
  for (let start = 0; start < stride; start += 1) {
    for (let index = start; index < shards.length; index += stride) {
      const shard = shards[index];
      if (shard !== undefined) order.push(shard);
    }
  }
  return order;
}

/** A wave's CSV. File names are the engine's own: no quotes, no backslashes, no commas. */
export function waveCsv(shards: readonly PlannedShard[], concurrency: number): string {
  const rows = shards.map(({ shard, file, tasks }) => `${shard},${file},${tasks},${concurrency}\n`);
  return `shard,file,tasks,concurrency\n${rows.join('')}`;
}
