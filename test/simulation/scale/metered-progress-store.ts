import type { Advance, AdvanceOutcome, Block, ShardPosition } from '../../../core/stores/progress-store.ts';
import { blockOf } from '../../../core/stores/progress-store.ts';
import { MemoryProgressStore } from '../../support/memory-progress-store.ts';
import { AWS } from './aws.ts';
import type { ScaleClock } from './clock.ts';
import type { Meter } from './meter.ts';

/** Bytes of a block's attributes; of a shard's number in `done`; of a begun shard with its worker's name and lease. */
const BLOCK_BYTES = 100;
const DONE_BYTES = 5;
const BEGUN_BYTES = 50;

/** The Progress table: takes the time of DynamoDB, counts the units of each block. Blocks are not copied: none may be changed. */
export class MeteredProgressStore extends MemoryProgressStore {
  /** Told of each part that was counted. */
  onAdvance: (tasks: number, done: boolean) => void = () => undefined;

  constructor(
    private readonly clock: ScaleClock,
    private readonly meter: Meter,
  ) {
    super();
  }

  override async createBlock(jobId: string, block: number): Promise<void> {
    this.meter.write(`block ${block}`, 1);
    await this.clock.sleep(AWS.dynamoWrite);
    await super.createBlock(jobId, block);
  }

  override async getBlock(jobId: string, block: number): Promise<Block | undefined> {
    this.meter.read(`block ${block}`, Math.ceil(this.bytes(jobId, block) / 4_096));
    await this.clock.sleep(AWS.dynamoRead);
    const found = this.blocks.get(jobId)?.get(block);
    return found === undefined ? undefined : { jobId, number: block, ...found };
  }

  override async listBlocks(jobId: string): Promise<readonly Block[]> {
    const blocks = this.blocks.get(jobId);
    if (blocks === undefined) return [];
    let bytes = 0;
    for (const number of blocks.keys()) bytes += this.bytes(jobId, number);
    const units = Math.max(1, Math.ceil(bytes / 4_096));
    this.meter.usage.readUnits += units;
    this.meter.count('sum of the blocks', units);
    // A page has 1 MB at most.
    await this.clock.sleep(AWS.dynamoRead * Math.max(1, Math.ceil(bytes / 1_000_000)));
    return [...blocks].map(([number, block]) => ({ jobId, number, ...block }));
  }

  override async setPosition(
    jobId: string,
    shard: number,
    seen: ShardPosition | undefined,
    next: ShardPosition,
  ): Promise<boolean> {
    await this.update(jobId, blockOf(shard));
    return await super.setPosition(jobId, shard, seen, next);
  }

  override async advance(jobId: string, advance: Advance): Promise<AdvanceOutcome> {
    await this.update(jobId, blockOf(advance.shard));
    const outcome = await super.advance(jobId, advance);
    if (outcome === 'advanced') this.onAdvance(advance.succeeded + advance.failed, advance.done);
    return outcome;
  }

  override async seal(jobId: string, block: number): Promise<void> {
    // All are sealed at once, once: not a load of the run.
    this.meter.usage.writeUnits += this.writeUnits(jobId, block);
    await this.clock.sleep(AWS.dynamoWrite);
    await super.seal(jobId, block);
  }

  private async update(jobId: string, block: number): Promise<void> {
    const units = this.writeUnits(jobId, block);
    this.meter.write(`block ${block}`, units);
    this.meter.count('partition of the blocks, written', units);
    await this.clock.sleep(AWS.dynamoWrite);
  }

  private writeUnits(jobId: string, block: number): number {
    return Math.ceil((this.bytes(jobId, block) + BEGUN_BYTES) / 1_024);
  }

  private bytes(jobId: string, block: number): number {
    const found = this.blocks.get(jobId)?.get(block);
    return BLOCK_BYTES + (found === undefined ? 0 : found.done.size * DONE_BYTES + found.parts.size * BEGUN_BYTES);
  }
}
