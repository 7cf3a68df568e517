import type { WorkMetadata } from '../../../core/stores/work-store.ts';
import { MemoryWorkStore } from '../../support/memory-work-store.ts';
import { AWS } from './aws.ts';
import type { ScaleClock } from './clock.ts';
import type { Meter } from './meter.ts';

const NOTHING = Buffer.alloc(0);

/**
 * The work bucket: takes the time of S3, counts requests. Shard files are not there: each is as many lines as a full one
 * has. Of results only what they say of themselves is kept, for the report copies their lines unread.
 */
export class MeteredWorkStore extends MemoryWorkStore {
  private readonly lines: Buffer;

  /** @param unitsPerShard lines of a full shard's file. */
  constructor(
    private readonly clock: ScaleClock,
    private readonly meter: Meter,
    unitsPerShard: number,
  ) {
    super();
    this.lines = Buffer.from('bbb,k\n'.repeat(unitsPerShard));
  }

  override async get(key: string): Promise<{ body: Buffer; metadata: WorkMetadata } | undefined> {
    this.meter.get();
    await this.clock.sleep(AWS.s3);
    return isShardFile(key) ? { body: this.lines, metadata: {} } : await super.get(key);
  }

  override async head(key: string): Promise<{ size: number; metadata: WorkMetadata } | undefined> {
    this.meter.get();
    await this.clock.sleep(AWS.s3);
    return await super.head(key);
  }

  override async put(key: string, body: Buffer | string, metadata: WorkMetadata = {}): Promise<void> {
    this.meter.put();
    await this.clock.sleep(AWS.s3);
    this.keep(key, body, metadata);
  }

  override async putIfAbsent(
    key: string,
    body: Buffer | string,
    metadata: WorkMetadata = {},
  ): Promise<'written' | 'exists'> {
    this.meter.put();
    await this.clock.sleep(AWS.s3);
    if (this.objects.has(key)) return 'exists';
    this.keep(key, body, metadata);
    return 'written';
  }

  private keep(key: string, body: Buffer | string, metadata: WorkMetadata): void {
    const kept = key.includes('/results/') ? NOTHING : Buffer.from(body);
    this.objects.set(key, { body: kept, metadata });
  }
}

function isShardFile(key: string): boolean {
  return key.includes('/prepare/') && key.endsWith('.csv') && !key.includes('/items-');
}
