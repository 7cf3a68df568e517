/** Shards in one block: one DynamoDB item. Keeps an item of worst case (every shard begun) under 16 KB. */
export const SHARDS_PER_BLOCK = 256;

/** How far a shard is that was begun and is not done. */
export interface ShardPosition {
  /** Tasks counted so far: the next part begins at this task of the shard. */
  readonly at: number;
  /** The invocation that is (or was, if it died) at work on it; absent after a clean end. */
  readonly by?: string;
  /** Invocations that died with the shard standing at `diedAt`. */
  readonly deaths?: number;
  readonly diedAt?: number;
}

/** The ledger of 256 consecutive shards. Counters are only ever added here, in the write that moves a shard on. */
export interface Block {
  readonly jobId: string;
  readonly number: number;
  /** Shard numbers (of the job) that are finished. */
  readonly done: ReadonlySet<number>;
  /** Shard number → position, for each shard begun and not done. */
  readonly parts: ReadonlyMap<number, ShardPosition>;
  readonly succeeded: number;
  readonly failed: number;
  /** Set by ReportJob: nothing is counted after it. */
  readonly sealed: boolean;
}

/** A part's bookkeeping: moves `shard` from task `from` to task `to`, and counts. */
export interface Advance {
  readonly shard: number;
  readonly from: number;
  readonly to: number;
  /** True when `to` is the shard's end. */
  readonly done: boolean;
  readonly succeeded: number;
  readonly failed: number;
  /** Kept as the position's `by` while the same invocation goes on. */
  readonly by?: string;
}

/** `behind`: the shard already stands at or past `to`. `conflict`: it stands elsewhere, before `to`. */
export type AdvanceOutcome = 'advanced' | 'behind' | 'sealed' | 'conflict';

/** The Progress table, as the engine sees it. All reads are strongly consistent. */
export interface ProgressStore {
  /** If absent. */
  createBlock(jobId: string, block: number): Promise<void>;
  getBlock(jobId: string, block: number): Promise<Block | undefined>;
  listBlocks(jobId: string): Promise<readonly Block[]>;
  /**
   * Puts a begun shard's position (who is at work, deaths so far) on condition that it still stands where `seen` says
   * (undefined: not begun) and the block is not sealed. False: it moved; read again.
   */
  setPosition(jobId: string, shard: number, seen: ShardPosition | undefined, next: ShardPosition): Promise<boolean>;
  advance(jobId: string, advance: Advance): Promise<AdvanceOutcome>;
  seal(jobId: string, block: number): Promise<void>;
  deleteBlocks(jobId: string): Promise<void>;
}

/** The block that a shard belongs to. */
export function blockOf(shard: number): number {
  return Math.floor(shard / SHARDS_PER_BLOCK);
}
