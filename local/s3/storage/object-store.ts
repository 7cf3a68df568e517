import type { BodyStore, StagedBody } from './body-store.ts';
import { apply, type IndexChange, type IndexDatabase, putRecord, readRecord, remove } from './index-database.ts';
import { objectEntry, objectsOf, versionEntry, versionsOfKey } from './index-keys.ts';
import { KeyLock } from './key-lock.ts';
import type { BodyReference, BucketRecord, ObjectContent, ObjectRecord } from './records.ts';
import { nextSequence } from './sequence.ts';
import { NULL_VERSION, newVersionId, sequenceOf } from './version-id.ts';

/** Looks at the version that a write would replace, under the key's lock; throws to refuse the write. */
export type WriteCheck = (current: ObjectRecord | undefined) => void;

/** Finds the bucket at the moment of writing; throws if it is gone. */
export type BucketLookup = () => BucketRecord;

/** What a delete did. */
export interface DeleteOutcome {
  /** The delete marker that was made, or the version that was removed; undefined if nothing was there. */
  readonly record?: ObjectRecord;
  readonly madeMarker: boolean;
}

/** Objects and their versions. Each change is one atomic batch; those of a key run one after another. */
export class ObjectStore {
  readonly #lock = new KeyLock();

  constructor(
    private readonly database: IndexDatabase,
    readonly bodies: BodyStore,
  ) {}

  /** The newest version, which may be a delete marker. */
  current(bucket: string, key: string): ObjectRecord | undefined {
    return readRecord<ObjectRecord>(this.database, objectEntry(bucket, key));
  }

  async version(bucket: string, key: string, versionId: string): Promise<ObjectRecord | undefined> {
    return (await this.#locate(bucket, key, versionId))?.record;
  }

  /** Makes the newest version. `extra` changes go into the same batch. If it throws, the body is forgotten. */
  async put(
    bucket: BucketLookup,
    key: string,
    content: Omit<ObjectContent, 'body'>,
    body: StagedBody,
    check: WriteCheck,
    extra: readonly IndexChange[] = [],
  ): Promise<ObjectRecord> {
    try {
      const complete = { ...content, body: body.reference };
      return await this.#write(bucket, key, check, complete, [...body.changes, ...extra]);
    } catch (error) {
      await this.bodies.discard(body);
      throw error;
    }
  }

  /** DELETE without a version: removes the object of an unversioned bucket, else makes a delete marker. */
  async delete(bucket: BucketLookup, key: string, check: WriteCheck): Promise<DeleteOutcome> {
    const { name, versioning } = bucket();
    if (versioning !== undefined) {
      return { record: await this.#write(bucket, key, check, undefined, []), madeMarker: true };
    }
    return this.deleteVersion(name, key, NULL_VERSION, check);
  }

  /** Removes one version for good; the next older becomes the newest. */
  async deleteVersion(bucket: string, key: string, versionId: string, check: WriteCheck): Promise<DeleteOutcome> {
    return this.#locked(bucket, key, async () => {
      const found = await this.#locate(bucket, key, versionId);
      check(found?.record);
      if (found === undefined) return { madeMarker: false };
      const changes = [remove(found.entry)];
      if (found.entry === objectEntry(bucket, key)) changes.push(...(await this.#promote(bucket, key)));
      await this.#commit(changes, bodiesOf(found.record));
      return { record: found.record, madeMarker: false };
    });
  }

  /** Rewrites a version in place. `change` may throw; undefined is returned if there is no such version. */
  async update(
    bucket: string,
    key: string,
    versionId: string | undefined,
    change: (record: ObjectRecord) => ObjectRecord,
  ): Promise<ObjectRecord | undefined> {
    return this.#locked(bucket, key, async () => {
      const found =
        versionId === undefined ? this.#locateCurrent(bucket, key) : await this.#locate(bucket, key, versionId);
      if (found === undefined) return undefined;
      const record = change(found.record);
      await apply(this.database, [putRecord(found.entry, record)]);
      return record;
    });
  }

  /** Resolves when the writes of the bucket that are under way have ended. */
  async settled(bucket: string): Promise<void> {
    await this.#lock.settled(objectsOf(bucket));
  }

  async #write(
    bucket: BucketLookup,
    key: string,
    check: WriteCheck,
    content: ObjectContent | undefined,
    extra: readonly IndexChange[],
  ): Promise<ObjectRecord> {
    return this.#locked(bucket().name, key, async () => {
      const { name, versioning } = bucket();
      const current = this.current(name, key);
      check(current);
      const sequence = Math.max(nextSequence(), (current?.sequence ?? 0) + 1);
      const record: ObjectRecord = {
        versionId: versioning === 'Enabled' ? newVersionId(sequence) : NULL_VERSION,
        sequence,
        modified: Date.now(),
        ...(content && { content }),
      };
      const { changes, bodies } = await this.#displace(name, key, versioning !== undefined, current, record);
      await this.#commit([...changes, ...extra, putRecord(objectEntry(name, key), record)], bodies);
      return record;
    });
  }

  /** Makes room for `next`: the current version is kept as an older one, unless `next` takes its id. */
  async #displace(
    bucket: string,
    key: string,
    versioned: boolean,
    current: ObjectRecord | undefined,
    next: ObjectRecord,
  ): Promise<{ changes: IndexChange[]; bodies: BodyReference[] }> {
    if (current === undefined) return { changes: [], bodies: [] };
    if (current.versionId === next.versionId) return { changes: [], bodies: bodiesOf(current) };
    const changes = [putRecord(versionEntry(bucket, key, current.sequence), current)];
    // A null version replaces the null version, wherever that is.
    const replaced = versioned && next.versionId === NULL_VERSION ? await this.#findOlderNull(bucket, key) : undefined;
    if (replaced === undefined) return { changes, bodies: [] };
    return { changes: [...changes, remove(replaced.entry)], bodies: bodiesOf(replaced.record) };
  }

  async #promote(bucket: string, key: string): Promise<IndexChange[]> {
    for await (const [entry, text] of this.#olderVersions(bucket, key, 1)) {
      return [remove(entry), { type: 'put', key: objectEntry(bucket, key), value: text }];
    }
    return [];
  }

  async #locate(bucket: string, key: string, versionId: string): Promise<LocatedRecord | undefined> {
    const current = this.#locateCurrent(bucket, key);
    if (current?.record.versionId === versionId) return current;
    if (versionId === NULL_VERSION) return this.#findOlderNull(bucket, key);
    const sequence = sequenceOf(versionId);
    if (sequence === undefined) return undefined;
    const entry = versionEntry(bucket, key, sequence);
    const record = readRecord<ObjectRecord>(this.database, entry);
    return record?.versionId === versionId ? { entry, record } : undefined;
  }

  #locateCurrent(bucket: string, key: string): LocatedRecord | undefined {
    const record = this.current(bucket, key);
    return record && { entry: objectEntry(bucket, key), record };
  }

  async #findOlderNull(bucket: string, key: string): Promise<LocatedRecord | undefined> {
    for await (const [entry, text] of this.#olderVersions(bucket, key)) {
      const record = JSON.parse(text) as ObjectRecord;
      if (record.versionId === NULL_VERSION) return { entry, record };
    }
    return undefined;
  }

  #olderVersions(bucket: string, key: string, limit = -1): AsyncIterable<[string, string]> {
    const prefix = versionsOfKey(bucket, key);
    return this.database.iterator({ gte: prefix, lt: `${prefix}:`, limit });
  }

  /** The bodies go in the batch that removes the last record that names them, their files after it. */
  async #commit(changes: readonly IndexChange[], bodies: readonly BodyReference[]): Promise<void> {
    const released = bodies.map((body) => this.bodies.release(body));
    await apply(this.database, [...changes, ...released.flatMap((one) => one.changes)]);
    const files = released.flatMap((one) => one.files);
    if (files.length > 0) await this.bodies.unlink(files);
  }

  #locked<Result>(bucket: string, key: string, work: () => Promise<Result>): Promise<Result> {
    return this.#lock.run(objectEntry(bucket, key), work);
  }
}

interface LocatedRecord {
  readonly entry: string;
  readonly record: ObjectRecord;
}

function bodiesOf(record: ObjectRecord): BodyReference[] {
  return record.content === undefined ? [] : [record.content.body];
}
