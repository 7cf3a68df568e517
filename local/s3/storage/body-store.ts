import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, type FileHandle, link, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DigestCache } from './digest-cache.ts';
import { type IndexChange, type IndexDatabase, readBytes, readText, remove } from './index-database.ts';
import { dataEntry, fileEntry } from './index-keys.ts';
import type { BodyReference, ComposedPart } from './records.ts';
import { nextSequence } from './sequence.ts';

/** Bodies of up to this many bytes are values of the index, larger ones files: a file costs five system calls. */
export const INLINE_LIMIT = 64 * 1024;

/** A body that is on disk, and what must go into the index together with the record that names it. */
export interface StagedBody {
  readonly reference: BodyReference;
  readonly changes: readonly IndexChange[];
}

/** What takes a body out of the index, and the files to unlink once that is done. */
export interface ReleasedBody {
  readonly changes: readonly IndexChange[];
  readonly files: readonly string[];
}

/** A run of bytes of one file or one value of the index. */
export interface Slice {
  /** At `index` or `file`. */
  readonly body: BodyReference;
  /** Where it begins in the file or value, and where it has ended. */
  readonly start: number;
  readonly end: number;
}

/** Thrown when a body went away between the reading of its record and the reading of the body: read the record again. */
export class BodyGone extends Error {}

/** Keeps the bytes of objects and parts. */
export class BodyStore {
  /** Of bytes that were copied. */
  readonly digests = new DigestCache();
  readonly #folder: string;
  readonly #database: IndexDatabase;

  private constructor(folder: string, database: IndexDatabase) {
    this.#folder = folder;
    this.#database = database;
  }

  /** Makes the folders and removes files that no record has come to name. */
  static async open(folder: string, database: IndexDatabase): Promise<BodyStore> {
    const store = new BodyStore(folder, database);
    await Promise.all(
      Array.from({ length: 256 }, (_, n) => mkdir(join(folder, n.toString(16).padStart(2, '0')), { recursive: true })),
    );
    await store.#sweep();
    return store;
  }

  stageBytes(bytes: Buffer): StagedBody {
    const id = newBodyId();
    return {
      reference: { id, size: bytes.length, at: 'index' },
      changes: bytes.length === 0 ? [] : [{ type: 'put', key: dataEntry(id), value: bytes, valueEncoding: 'buffer' }],
    };
  }

  /** Opens a file for a body whose bytes come in pieces. */
  async startFile(): Promise<BodyWriter> {
    const id = newBodyId();
    const path = this.#path(id);
    return new BodyWriter(id, path, await open(path, 'wx'));
  }

  stageComposition(parts: readonly ComposedPart[]): StagedBody {
    const id = newBodyId();
    const size = parts.reduce((sum, part) => sum + part.body.size, 0);
    return {
      reference: { id, size, at: 'parts' },
      changes: [{ type: 'put', key: dataEntry(id), value: JSON.stringify(parts) }],
    };
  }

  /** A second body with the same bytes; of a file by a hard link, so its size does not matter. */
  async stageCopy(source: BodyReference): Promise<StagedBody> {
    if (source.at === 'index') return this.stageBytes(this.#bytes(source));
    if (source.at === 'file') return this.stageSlice(sliceOf(source, 0, source.size));
    const copies = await Promise.all(
      this.partsOf(source).map(async (part) => ({ part, staged: await this.stageCopy(part.body) })),
    );
    const composition = this.stageComposition(copies.map(({ part, staged }) => ({ ...part, body: staged.reference })));
    return {
      reference: composition.reference,
      changes: [...copies.flatMap(({ staged }) => staged.changes), ...composition.changes],
    };
  }

  /** A body of its own with the bytes of the slice; of a file by a hard link. */
  async stageSlice({ body, start, end }: Slice): Promise<StagedBody> {
    return body.at === 'index'
      ? this.stageBytes(this.#bytes(body).subarray(start, end))
      : this.#stageLink(body, start, end);
  }

  /** What the bytes from `start` up to, but not with, `end` consist of. */
  slices(body: BodyReference, start: number, end: number): Slice[] {
    if (body.at !== 'parts') return start < end ? [sliceOf(body, start, end)] : [];
    const slices: Slice[] = [];
    let offset = 0;
    for (const part of this.partsOf(body)) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, part.body.size);
      if (from < to) slices.push(...this.slices(part.body, from, to));
      offset += part.body.size;
    }
    return slices;
  }

  /** The parts of a composed body. */
  partsOf(body: BodyReference): readonly ComposedPart[] {
    const text = readText(this.#database, dataEntry(body.id));
    if (text === undefined) throw new BodyGone();
    return JSON.parse(text) as ComposedPart[];
  }

  /** The bytes from `start` up to, but not with, `end`. Small bodies come whole, others as a stream. */
  async read(body: BodyReference, start: number, end: number): Promise<Buffer | Readable> {
    if (start >= end) return Buffer.alloc(0);
    if (body.at === 'index') return this.#bytes(body).subarray(start, end);
    if (body.at === 'file') return this.#openFile(body, start, end);
    return Readable.from(this.#readParts(this.partsOf(body), start, end), { objectMode: false });
  }

  /** What to do when the last record that names this body goes. */
  release(body: BodyReference): ReleasedBody {
    if (body.at === 'file') return { changes: [remove(fileEntry(body.id))], files: [body.id] };
    if (body.at === 'index') return { changes: body.size === 0 ? [] : [remove(dataEntry(body.id))], files: [] };
    const parts = this.partsOf(body).map((part) => this.release(part.body));
    return {
      changes: [...parts.flatMap((part) => part.changes), remove(dataEntry(body.id))],
      files: parts.flatMap((part) => part.files),
    };
  }

  /** Unlinks files that no record names. A file that is being read stays readable. */
  async unlink(files: readonly string[]): Promise<void> {
    await Promise.all(files.map((id) => rm(this.#path(id), { force: true })));
  }

  /** Forgets a staged body whose record was never written. */
  async discard(staged: StagedBody): Promise<void> {
    const files = staged.changes.flatMap((change) => (change.key.startsWith('f') ? [change.key.slice(1)] : []));
    await this.unlink(files);
  }

  #bytes(body: BodyReference): Buffer {
    if (body.size === 0) return Buffer.alloc(0);
    const bytes = readBytes(this.#database, dataEntry(body.id));
    if (bytes === undefined) throw new BodyGone();
    return bytes;
  }

  async #openFile(body: BodyReference, start: number, end: number): Promise<Readable> {
    const file = await open(this.#path(body.id), 'r').catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? new BodyGone() : error;
    });
    const offset = body.offset ?? 0;
    return createReadStream('', { fd: file, start: offset + start, end: offset + end - 1, highWaterMark: 256 * 1024 });
  }

  async *#readParts(parts: readonly ComposedPart[], start: number, end: number): AsyncGenerator<Buffer> {
    let offset = 0;
    for (const { body } of parts) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, body.size);
      if (from < to) {
        const bytes = await this.read(body, from, to);
        if (Buffer.isBuffer(bytes)) yield bytes;
        else yield* bytes as AsyncIterable<Buffer>;
      }
      offset += body.size;
    }
  }

  async #stageLink(source: BodyReference, start: number, end: number): Promise<StagedBody> {
    const id = newBodyId();
    try {
      // Bodies never change, so two names of one file are as good as two files.
      await link(this.#path(source.id), this.#path(id));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new BodyGone();
      await copyFile(this.#path(source.id), this.#path(id));
    }
    const origin = source.origin ?? source.id;
    const reference: BodyReference = { id, size: end - start, at: 'file', origin, ...(start > 0 && { offset: start }) };
    return { reference, changes: [fileInUse(id)] };
  }

  #path(id: string): string {
    return join(this.#folder, id.slice(-2), id);
  }

  async #sweep(): Promise<void> {
    for (const folder of await readdir(this.#folder)) {
      const files = await readdir(join(this.#folder, folder));
      const inUse = await this.#database.hasMany(files.map(fileEntry));
      await this.unlink(files.filter((_, n) => !inUse[n]));
    }
  }
}

/** A body that is being written to its file. */
export class BodyWriter {
  #size = 0;

  constructor(
    readonly id: string,
    readonly path: string,
    private readonly file: FileHandle,
  ) {}

  async write(bytes: Buffer): Promise<void> {
    this.#size += bytes.length;
    for (let written = 0; written < bytes.length; ) {
      written += (await this.file.write(bytes, written)).bytesWritten;
    }
  }

  async finish(): Promise<StagedBody> {
    await this.file.close();
    return { reference: { id: this.id, size: this.#size, at: 'file' }, changes: [fileInUse(this.id)] };
  }

  async abandon(): Promise<void> {
    await this.file.close();
    await rm(this.path, { force: true });
  }
}

function sliceOf(body: BodyReference, start: number, end: number): Slice {
  const offset = body.offset ?? 0;
  return { body, start: offset + start, end: offset + end };
}

function fileInUse(id: string): IndexChange {
  return { type: 'put', key: fileEntry(id), value: '' };
}

/** Ids rise, so that small bodies are added at the end of the index; the random end spreads files over folders. */
function newBodyId(): string {
  return nextSequence().toString(36).padStart(11, '0') + randomBytes(4).toString('hex');
}
