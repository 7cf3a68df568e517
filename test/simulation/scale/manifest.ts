import type { ChunkRecord } from '../../../core/engine/prepare-chunk.ts';
import { chunkRecordKey } from '../../../core/engine/work-keys.ts';
import { CHUNK_BYTES } from '../../../core/manifest/formats/csv.ts';
import type { ManifestFiles } from '../../../core/stores/manifest-source.ts';
import type { WorkStore } from '../../../core/stores/work-store.ts';
import { AWS, COMPUTING } from './aws.ts';
import type { ScaleClock } from './clock.ts';
import type { Meter } from './meter.ts';
import type { Scenario } from './scenario.ts';

/** Bytes of a line of the manifest, its break included. */
export const LINE_BYTES = 80;

/** Objects of a shard: those of the operations that are one small request each. */
export const TASKS_PER_SHARD = 5_000;

/** A CSV manifest that nobody wrote: its size is true, and it is cut as a real one would be. */
export class ScaleManifest {
  /** Shards cut so far. */
  shards = 0;
  private readonly chunks: number;

  constructor(
    private readonly clock: ScaleClock,
    private readonly meter: Meter,
    private readonly work: WorkStore,
    private readonly scenario: Scenario,
  ) {
    this.chunks = Math.ceil(this.bytes / CHUNK_BYTES);
    // The turn itself would read the manifest's lines, and there are none.
    if (this.chunks < 2) throw new Error(`a job of the model has more than ${CHUNK_BYTES / LINE_BYTES} objects`);
  }

  private get bytes(): number {
    return this.scenario.objects * LINE_BYTES;
  }

  /** What the turn looks at: the size, and the first bytes. */
  files(): ManifestFiles {
    const { clock, meter, bytes } = this;
    const asked = async (): Promise<void> => {
      meter.get();
      await clock.sleep(AWS.s3);
    };
    return {
      manifest: {
        bucket: 'm',
        key: 'm.csv',
        etag: () => '"e"',
        size: async () => {
          await asked();
          return bytes;
        },
        read: async function* (start, end) {
          await asked();
          yield Buffer.alloc(end - start, 'b');
        },
      },
      open: (_, key) => {
        throw new Error(`${key} should not be read`);
      },
      list: (bucket) => {
        throw new Error(`${bucket} should not be listed`);
      },
    };
  }

  /**
   * A chunk, as `prepareChunk` cuts it: one GET; a PUT for each shard, one at a time while the lines of the next are read;
   * its record, which is the engine's own.
   */
  async cut(jobId: string, chunk: number): Promise<void> {
    const { unit, objects } = this.scenario;
    const first = Math.floor((chunk * (objects / unit)) / this.chunks);
    const units = Math.floor(((chunk + 1) * (objects / unit)) / this.chunks) - first;
    const perShard = TASKS_PER_SHARD / unit;
    const tasks = Array.from({ length: Math.ceil(units / perShard) }, (_, shard) =>
      Math.min(perShard, units - shard * perShard),
    );
    this.meter.get();
    await this.clock.sleep(AWS.s3);
    for (const count of tasks) {
      this.meter.put();
      await this.clock.sleep(Math.max(AWS.s3, count * unit * COMPUTING.prepareLine * 1_000));
    }
    this.shards += tasks.length;
    const record: ChunkRecord = { attempt: 'a', tasks, buckets: ['b'], lines: units, filtered: 0 };
    await this.work.putIfAbsent(chunkRecordKey(jobId, chunk), JSON.stringify(record));
  }
}
