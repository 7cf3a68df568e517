import { S3Error } from '../s3-error.ts';
import { apply, type IndexDatabase, putRecord, remove } from './index-database.ts';
import { BUCKETS, bucketEntry, objectsOf, past, versionsOf } from './index-keys.ts';
import type { ObjectStore } from './object-store.ts';
import type { BucketRecord } from './records.ts';

/** The buckets and their settings; all in memory, written through to the index. */
export class BucketStore {
  readonly #buckets = new Map<string, BucketRecord>();

  private constructor(
    private readonly database: IndexDatabase,
    private readonly objects: ObjectStore,
  ) {}

  static async open(database: IndexDatabase, objects: ObjectStore): Promise<BucketStore> {
    const store = new BucketStore(database, objects);
    for await (const text of database.values({ gte: BUCKETS, lt: `${BUCKETS}~` })) {
      const bucket = JSON.parse(text) as BucketRecord;
      store.#buckets.set(bucket.name, bucket);
    }
    return store;
  }

  find(name: string): BucketRecord | undefined {
    return this.#buckets.get(name);
  }

  /** Throws NoSuchBucket. */
  get(name: string): BucketRecord {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw new S3Error('NoSuchBucket', undefined, { BucketName: name });
    return bucket;
  }

  /** In the order of names. */
  all(): readonly BucketRecord[] {
    return [...this.#buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Creates the bucket, or replaces its settings. */
  async save(bucket: BucketRecord): Promise<void> {
    this.#buckets.set(bucket.name, bucket);
    await apply(this.database, [putRecord(bucketEntry(bucket.name), bucket)]);
  }

  /** Throws NoSuchBucket, or BucketNotEmpty if a version or delete marker is left. */
  async delete(name: string): Promise<void> {
    const bucket = this.get(name);
    // Out of sight first: a write that has not begun will find no bucket, and those that have are waited for.
    this.#buckets.delete(name);
    await this.objects.settled(name);
    if ((await this.#hasAny(objectsOf(name))) || (await this.#hasAny(versionsOf(name)))) {
      this.#buckets.set(name, bucket);
      throw new S3Error('BucketNotEmpty', undefined, { BucketName: name });
    }
    await apply(this.database, [remove(bucketEntry(name))]);
  }

  async #hasAny(prefix: string): Promise<boolean> {
    const iterator = this.database.keys<Buffer>({
      keyEncoding: 'buffer',
      gte: Buffer.from(prefix),
      lt: past(prefix),
      limit: 1,
    });
    try {
      return (await iterator.next()) !== undefined;
    } finally {
      await iterator.close();
    }
  }
}
