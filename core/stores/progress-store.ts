import type { FailureGroup, Throttled } from '../job/records.ts';

/** Shards in one block: one DynamoDB item. Keeps an item of worst case (every shard begun) under 16 KB. */
export const SHARDS_PER_BLOCK = 256;

/** A worker as it is named on the shard that it is at work on. */
export interface NamedWorker {
  /** `<epoch>.<invocation>` */
  readonly by: string;
  /** Epoch milliseconds until which it is taken to be alive; it moves this on while it is. */
  readonly lease: number;
}

/**
 * How far a shard is that was begun and is not done. The worker is the one that is, or was when it died, at work on it;
 * there is none after a clean end.
 */
export interface ShardPosition extends Partial<NamedWorker> {
  /** Tasks counted so far: the next part begins at this task of the shard. */
  readonly at: number;
  /** Workers that died, or ran out of time, with the shard standing at `diedAt`. */
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
  /** Failed tasks by error code; absent where there are none. */
  readonly failures?: readonly FailureGroup[];
  readonly throttled?: Throttled;
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
  /** What failed, by error code; absent where nothing did. */
  readonly failures?: readonly FailureGroup[];
  /** What S3 throttled meanwhile; absent where it was nothing. */
  readonly throttled?: Throttled;
  /** Who is at work on the shard from here on; absent when nobody is. */
  readonly worker?: NamedWorker;
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
   * (`at` and `by`; undefined: not begun) and the block is not sealed. False: it moved; read again. True also for a
   * write that took and was repeated.
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
