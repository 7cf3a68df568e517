import { S3Error } from '../s3-error.ts';
import type { BodyStore, StagedBody } from './body-store.ts';
import { apply, type IndexChange, type IndexDatabase, putRecord, readRecord, remove } from './index-database.ts';
import { partEntry, partsOf, past, uploadEntry, uploadsOf } from './index-keys.ts';
import { KeyLock } from './key-lock.ts';
import type { BodyReference, PartRecord, UploadRecord } from './records.ts';

/** Multipart uploads under way and their parts. */
export class UploadStore {
  readonly #lock = new KeyLock();

  constructor(
    private readonly database: IndexDatabase,
    private readonly bodies: BodyStore,
  ) {}

  async begin(upload: UploadRecord): Promise<void> {
    await apply(this.database, [putRecord(uploadEntry(upload.bucket, upload.key, upload.uploadId), upload)]);
  }

  /** Throws NoSuchUpload. */
  get(bucket: string, key: string, uploadId: string): UploadRecord {
    const upload = readRecord<UploadRecord>(this.database, uploadEntry(bucket, key, uploadId));
    if (upload === undefined) throw new S3Error('NoSuchUpload', undefined, { UploadId: uploadId });
    return upload;
  }

  /**
   * Adds the part or replaces the one of its number. Throws NoSuchUpload if the upload has ended meanwhile; then the body
   * is forgotten.
   */
  async putPart(upload: UploadRecord, part: Omit<PartRecord, 'body'>, body: StagedBody): Promise<PartRecord> {
    try {
      return await this.#putPart(upload, part, body);
    } catch (error) {
      await this.bodies.discard(body);
      throw error;
    }
  }

  #putPart(upload: UploadRecord, part: Omit<PartRecord, 'body'>, body: StagedBody): Promise<PartRecord> {
    return this.exclusively(upload.uploadId, async () => {
      this.get(upload.bucket, upload.key, upload.uploadId);
      const entry = partEntry(upload.uploadId, part.number);
      const replaced = readRecord<PartRecord>(this.database, entry);
      const record: PartRecord = { ...part, body: body.reference };
      const released = replaced && this.bodies.release(replaced.body);
      await apply(this.database, [...body.changes, putRecord(entry, record), ...(released?.changes ?? [])]);
      await this.bodies.unlink(released?.files ?? []);
      return record;
    });
  }

  /** The parts in order, from the number after `after`; all if `limit` is left out. */
  async parts(uploadId: string, after = 0, limit = -1): Promise<PartRecord[]> {
    const range = { gt: partEntry(uploadId, after), lt: `${partsOf(uploadId)}:`, limit };
    const texts = await this.database.values(range).all();
    return texts.map((text) => JSON.parse(text) as PartRecord);
  }

  /** Throws NoSuchUpload. */
  async abort(bucket: string, key: string, uploadId: string): Promise<void> {
    await this.exclusively(uploadId, async () => {
      const upload = this.get(bucket, key, uploadId);
      const { changes, unused } = await this.ending(upload, new Set());
      await this.#drop(changes, unused);
    });
  }

  /** Ends all uploads of a bucket that is gone. */
  async abortAll(bucket: string): Promise<void> {
    const prefix = uploadsOf(bucket);
    const range = { keyEncoding: 'buffer', gte: Buffer.from(prefix), lt: past(prefix) } as const;
    for await (const text of this.database.values<Buffer, string>(range)) {
      const { key, uploadId } = JSON.parse(text) as UploadRecord;
      await this.abort(bucket, key, uploadId);
    }
  }

  /** The changes that end an upload, and the bodies of parts outside `kept`, which go with it. */
  async ending(
    upload: UploadRecord,
    kept: ReadonlySet<number>,
  ): Promise<{ readonly changes: readonly IndexChange[]; readonly unused: readonly BodyReference[] }> {
    const parts = await this.parts(upload.uploadId);
    return {
      changes: [
        remove(uploadEntry(upload.bucket, upload.key, upload.uploadId)),
        ...parts.map((part) => remove(partEntry(upload.uploadId, part.number))),
      ],
      unused: parts.filter((part) => !kept.has(part.number)).map((part) => part.body),
    };
  }

  /** Keeps parts from coming and the upload from ending while `work` runs. */
  exclusively<Result>(uploadId: string, work: () => Promise<Result>): Promise<Result> {
    return this.#lock.run(uploadId, work);
  }

  async #drop(changes: readonly IndexChange[], bodies: readonly BodyReference[]): Promise<void> {
    const released = bodies.map((body) => this.bodies.release(body));
    await apply(this.database, [...changes, ...released.flatMap((one) => one.changes)]);
    await this.bodies.unlink(released.flatMap((one) => one.files));
  }
}
