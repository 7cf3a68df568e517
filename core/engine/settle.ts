import type { Block, ShardPosition } from '../stores/progress-store.ts';
import { forEachBounded } from './bounded.ts';
import type { EngineDependencies } from './dependencies.ts';
import { findPart } from './part-file.ts';
import { type Plan, shardsOf } from './plan.ts';
import { isWorkedOn } from './suspicion.ts';

/** Blocks settled at once. */
const CONCURRENCY = 16;

/** Whether a living worker is at some shard: it may still be about to count. */
export function hasWorkers(blocks: readonly Block[], now: number): boolean {
  return blocks.some((block) => !block.sealed && [...block.parts.values()].some((part) => isWorkedOn(part, now)));
}

/**
 * Ends the counting. For each unfinished shard, results that were written and not counted are counted; then the block is
 * sealed, and nothing is counted in it any more. From then on a results file belongs to the report exactly when its
 * first task lies below its shard's position.
 */
export async function settle(
  deps: EngineDependencies,
  jobId: string,
  plan: Plan,
  blocks: readonly Block[],
): Promise<void> {
  const open = blocks.filter((block) => !block.sealed);
  if (open.length === 0) return;
  const tasks = new Map([...shardsOf(jobId, plan)].map(({ shard, tasks: count }) => [shard, count]));
  await forEachBounded(open, CONCURRENCY, async (block) => {
    for (const [shard, position] of block.parts) {
      await countWritten(deps, jobId, shard, tasks.get(shard) ?? 0, position);
    }
    await deps.progress.seal(jobId, block.number);
  });
}

async function countWritten(
  deps: EngineDependencies,
  jobId: string,
  shard: number,
  tasks: number,
  position: ShardPosition,
): Promise<void> {
  let from = position.at;
  while (from < tasks) {
    const part = await findPart(deps.work, jobId, shard, from);
    if (part === undefined) return;
    const { end, succeeded, failed } = part;
    await deps.progress.advance(jobId, { shard, from, to: end, done: end >= tasks, succeeded, failed });
    from = end;
  }
}
