import type { FailureGroup, Throttled } from '../../core/job/records.ts';
import type { Advance, AdvanceOutcome, Block, ProgressStore, ShardPosition } from '../../core/stores/progress-store.ts';
import { blockOf } from '../../core/stores/progress-store.ts';

interface MutableBlock {
  done: Set<number>;
  parts: Map<number, ShardPosition>;
  succeeded: number;
  failed: number;
  sealed: boolean;
  failures?: readonly FailureGroup[];
  throttled?: Throttled;
}

/** A ProgressStore in memory with the conditions of the real one. */
export class MemoryProgressStore implements ProgressStore {
  readonly blocks = new Map<string, Map<number, MutableBlock>>();

  async createBlock(jobId: string, block: number): Promise<void> {
    const blocks = this.blocks.get(jobId) ?? new Map<number, MutableBlock>();
    this.blocks.set(jobId, blocks);
    if (!blocks.has(block)) {
      blocks.set(block, { done: new Set(), parts: new Map(), succeeded: 0, failed: 0, sealed: false });
    }
  }

  async getBlock(jobId: string, block: number): Promise<Block | undefined> {
    const found = this.blocks.get(jobId)?.get(block);
    return found === undefined ? undefined : { jobId, number: block, ...structuredClone(found) };
  }

  async listBlocks(jobId: string): Promise<readonly Block[]> {
    return [...(this.blocks.get(jobId) ?? [])].map(([number, block]) => ({ jobId, number, ...structuredClone(block) }));
  }

  async setPosition(
    jobId: string,
    shard: number,
    seen: ShardPosition | undefined,
    next: ShardPosition,
  ): Promise<boolean> {
    const block = this.blocks.get(jobId)?.get(blockOf(shard));
    if (block === undefined || block.sealed || block.done.has(shard)) return false;
    const now = block.parts.get(shard);
    if (now?.at !== seen?.at || now?.by !== seen?.by) return JSON.stringify(now) === JSON.stringify(next);
    block.parts.set(shard, next);
    return true;
  }

  async advance(jobId: string, advance: Advance): Promise<AdvanceOutcome> {
    const block = this.blocks.get(jobId)?.get(blockOf(advance.shard));
    const now = block?.parts.get(advance.shard);
    if (block?.done.has(advance.shard) === true || (now?.at ?? -1) >= advance.to) return 'behind';
    if (block === undefined || block.sealed) return 'sealed';
    if (now === undefined || now.at !== advance.from) return 'conflict';
    block.succeeded += advance.succeeded;
    block.failed += advance.failed;
    if (advance.failures !== undefined) block.failures = added(block.failures ?? [], advance.failures);
    const { throttled } = advance;
    if (throttled !== undefined) {
      block.throttled = { ...throttled, attempts: (block.throttled?.attempts ?? 0) + throttled.attempts };
    }
    if (advance.done) {
      block.done.add(advance.shard);
      block.parts.delete(advance.shard);
    } else {
      const { by: _, lease: __, ...rest } = now;
      block.parts.set(advance.shard, { ...rest, at: advance.to, ...advance.worker });
    }
    return 'advanced';
  }

  async seal(jobId: string, block: number): Promise<void> {
    const found = this.blocks.get(jobId)?.get(block);
    if (found !== undefined) found.sealed = true;
  }

  async deleteBlocks(jobId: string): Promise<void> {
    this.blocks.delete(jobId);
  }
}

/** Counts of known codes grow; new codes come at the end. */
function added(known: readonly FailureGroup[], more: readonly FailureGroup[]): FailureGroup[] {
  const groups = known.map((group) => ({ ...group }) as { -readonly [Name in keyof FailureGroup]: FailureGroup[Name] });
  for (const group of more) {
    const same = groups.find(({ errorCode }) => errorCode === group.errorCode);
    if (same === undefined) groups.push({ ...group });
    else same.tasks += group.tasks;
  }
  return groups;
}
