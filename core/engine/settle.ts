import type { Block } from '../stores/progress-store.ts';
import { forEachBounded } from './bounded.ts';
import type { EngineDependencies } from './dependencies.ts';
import { groupFailures, KnownCodes } from './failure-groups.ts';
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
    const codes = new KnownCodes(block.failures, plan.shards);
    for (const [shard, { at }] of block.parts) {
      await countWritten(deps, { jobId, shard, at, tasks: tasks.get(shard) ?? 0 }, codes);
    }
    await deps.progress.seal(jobId, block.number);
  });
}

interface OpenShard {
  readonly jobId: string;
  readonly shard: number;
  readonly tasks: number;
  /** Tasks counted. */
  readonly at: number;
}

async function countWritten(deps: EngineDependencies, { jobId, shard, tasks, at }: OpenShard, codes: KnownCodes) {
  let from = at;
  while (from < tasks) {
    const part = await findPart(deps.work, jobId, shard, from);
    if (part === undefined) return;
    const { end, succeeded, failed } = part.record;
    const failures = failed === 0 ? {} : { failures: groupFailures(part.failed, codes) };
    await deps.progress.advance(jobId, { shard, from, to: end, done: end >= tasks, succeeded, failed, ...failures });
    from = end;
  }
}
