import { createHash, randomUUID } from 'node:crypto';
import { bareETag } from '../job/object-arn.ts';
import type { ListPages } from '../listing/find-cuts.ts';
import type { ListedObject } from '../listing/list-page.ts';
import { listInParallel } from '../listing/parallel-listing.ts';
import type { ReportDestination } from '../stores/report-destination.ts';
import { CsvFile, csvLines } from './csv-file.ts';
import { type DataFile, DigestedObject } from './data-file.ts';
import { inventoryColumns } from './fields.ts';
import type { InventorySpec } from './inventory-spec.ts';
import { ParquetInventoryFile } from './parquet-file.ts';
import { type InventoryFile, type ReportKeys, reportKeys, reportManifest, symlinkText } from './report-layout.ts';

/** What an inventory is written with. */
export interface InventoryDependencies {
  /** Pages of the source bucket: of its objects, or, for all versions, of those (`versionPages`). */
  readonly list: ListPages;
  readonly destination: ReportDestination;
  /** Whether the destination has an object of that key. */
  readonly exists: (key: string) => Promise<boolean>;
}

export interface InventoryOptions {
  /** Pages asked for at once. */
  readonly lanes?: number;
  /** Bytes, packed, after which another data file is begun. */
  readonly fileBytes?: number;
  readonly onProgress?: (progress: InventoryProgress) => void;
  /** Ends the writing: nothing is announced then. */
  readonly signal?: AbortSignal;
}

export interface InventoryProgress {
  /** Lines: objects, or versions and delete markers. */
  readonly rows: number;
  /** Data files that are whole. */
  readonly files: number;
  /** Bytes of those, packed. */
  readonly bytes: number;
}

/** A report that is there. */
export interface WrittenInventory extends InventoryProgress {
  readonly manifestKey: string;
  /** Of manifest.json, without quotes. */
  readonly manifestETag: string;
}

/** A report of the same minute is there already: its manifest would be replaced. */
export class ReportExists extends Error {
  override readonly name = 'ReportExists';
  constructor(
    message: string,
    readonly manifestKey: string,
  ) {
    super(message);
  }
}

/** One process waits for a hundred milliseconds a page: as many as a listing of one bucket is good for. */
const LANES = 64;

/** A few million keys: what one function call reads in a minute. */
const FILE_BYTES = 64 * 1024 * 1024;

/**
 * Writes a report of an inventory from a listing: data files, the file for Hive, manifest.json, and last
 * manifest.checksum, which announces it. What fails or is killed on the way leaves data files that no manifest names.
 *
 * @param time when the report's scan began, a whole minute, in milliseconds since 1970.
 * @throws ReportExists, ReportNotWritable, NotAListing, or what `list` throws.
 */
export async function writeInventory(
  deps: InventoryDependencies,
  spec: InventorySpec,
  time: number,
  options: InventoryOptions = {},
): Promise<WrittenInventory> {
  const keys = reportKeys(spec, time);
  if (await deps.exists(keys.manifest)) {
    const where = `s3://${spec.destinationBucket}/${keys.manifest}`;
    throw new ReportExists(`There is a report of this minute already: ${where}`, keys.manifest);
  }
  const files = new InventoryFiles(deps.destination, spec, keys, options);
  try {
    const lanes = options.lanes ?? LANES;
    await listInParallel(deps.list, { prefix: spec.prefix }, { lanes }, async (objects) => {
      options.signal?.throwIfAborted();
      await files.add(objects);
      return true;
    });
    options.signal?.throwIfAborted();
    await files.close();
  } catch (error) {
    await files.abort();
    throw error;
  }
  return { ...files.progress, ...(await announce(deps.destination, spec, time, keys, files.written)) };
}

async function announce(
  destination: ReportDestination,
  spec: InventorySpec,
  time: number,
  keys: ReportKeys,
  files: readonly InventoryFile[],
): Promise<Pick<WrittenInventory, 'manifestKey' | 'manifestETag'>> {
  const manifest = reportManifest(spec, time, files);
  await destination.put(keys.symlink, symlinkText(spec, files), 'text/plain');
  const etag = await destination.put(keys.manifest, manifest, 'application/json');
  const md5 = createHash('md5').update(manifest).digest('hex');
  await destination.put(keys.checksum, `${md5}\n`, 'text/plain');
  return { manifestKey: keys.manifest, manifestETag: bareETag(etag) };
}

/** The data files of a report, one after the other; the last but one may still be on its way. */
class InventoryFiles {
  readonly written: InventoryFile[] = [];
  private rows = 0;
  private current: DataFile | undefined;
  private closing: { readonly file: DataFile; readonly done: Promise<void> } | undefined;

  constructor(
    private readonly destination: ReportDestination,
    private readonly spec: InventorySpec,
    private readonly keys: ReportKeys,
    private readonly options: InventoryOptions,
  ) {}

  get progress(): InventoryProgress {
    const bytes = this.written.reduce((sum, { size }) => sum + size, 0);
    return { rows: this.rows, files: this.written.length, bytes };
  }

  async add(objects: readonly ListedObject[]): Promise<void> {
    this.current ??= this.begin();
    await this.current.add(objects);
    this.rows += objects.length;
    this.options.onProgress?.(this.progress);
    if (this.current.size >= (this.options.fileBytes ?? FILE_BYTES)) await this.end();
  }

  async close(): Promise<void> {
    await this.end();
    await this.closing?.done;
    this.options.onProgress?.(this.progress);
  }

  async abort(): Promise<void> {
    await this.closing?.done.catch(() => undefined);
    await this.closing?.file.abort();
    await this.current?.abort();
  }

  private begin(): DataFile {
    const { spec } = this;
    const key = this.keys.data(randomUUID());
    const columns = inventoryColumns(spec.versions, spec.fields);
    const isCsv = spec.format === 'CSV';
    const object = this.destination.create(key, isCsv ? 'application/gzip' : 'application/vnd.apache.parquet');
    const digested = new DigestedObject(key, object);
    return isCsv
      ? new CsvFile(digested, csvLines(spec.sourceBucket, columns))
      : new ParquetInventoryFile(digested, spec.sourceBucket, columns);
  }

  private async end(): Promise<void> {
    await this.closing?.done;
    const file = this.current;
    this.current = undefined;
    if (file === undefined) return;
    const done = file.close().then((closed) => void this.written.push(closed));
    // Whoever ends the next file or all of them hears of it.
    done.catch(() => undefined);
    this.closing = { file, done };
  }
}
