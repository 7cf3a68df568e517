import type { Manifest } from '../../core/job/request.ts';
import { readCsvRecord } from '../../core/manifest/csv-record.ts';
import type { ObjectStore } from '../api/object-store.ts';
import { CommandError, UsageError } from '../errors.ts';
import type { FilesFormat } from './count-files.ts';
import { BEGINNING_BYTES, type LineSample, sampleLines } from './lines.ts';

/** How many tasks a manifest makes, as far as a look at it tells. */
export interface TaskCount {
  readonly tasks: number;
  readonly exact: boolean;
  /** Bytes of an object on average, where the manifest has them. */
  readonly objectBytes?: number;
  /** How it is known, to follow a number: `counted in …`. */
  readonly how: string;
}

/** The members of a request's manifest that matter here. What is not understood is for the API to refuse. */
export interface CountedManifest {
  readonly Spec?: { readonly Format?: string };
  readonly Location?: { readonly ObjectArn?: string; readonly ObjectVersionId?: string };
  readonly Drover?: { readonly Format?: string; readonly Header?: string; readonly Filter?: unknown };
}

const INVENTORIES = ['S3InventoryReport_CSV_20161130', 'S3InventoryReport_CSV_20211130'];

const FILES: readonly FilesFormat[] = [
  'Parquet',
  'CSV',
  'JSONLines',
  'S3InventoryReport_Parquet',
  'Report_CSV_20180820',
];

/** Looks at a manifest with the caller's own credentials. */
export async function countTasks(store: ObjectStore, manifest: CountedManifest): Promise<TaskCount> {
  const format = manifest.Drover?.Format ?? manifest.Spec?.Format ?? 'S3BatchOperations_CSV_20180820';
  const place = placeOf(manifest.Location?.ObjectArn ?? '');
  const count = await (format === 'S3BatchOperations_CSV_20180820'
    ? countCsv(store, place, manifest)
    : INVENTORIES.includes(format)
      ? countInventory(store, place)
      : FILES.some((each) => each === format)
        ? countInFiles(store, place, format as FilesFormat, manifest)
        : notCounted(format));
  if (manifest.Drover?.Filter === undefined) return count;
  return { ...count, exact: false, how: `${count.how}, with the filter left out of account: fewer` };
}

interface Place {
  readonly bucket: string;
  readonly key: string;
}

function placeOf(objectArn: string): Place {
  const [, bucket, key] = /^arn:[^:]+:s3:::([^/]+)\/(.+)$/s.exec(objectArn) ?? [];
  if (bucket !== undefined && key !== undefined) return { bucket, key };
  throw new UsageError(`The manifest's ObjectArn '${objectArn}' should look like arn:aws:s3:::bucket/key`);
}

async function countInFiles(
  store: ObjectStore,
  place: Place,
  format: FilesFormat,
  manifest: CountedManifest,
): Promise<TaskCount> {
  // Readers of Parquet and S3 take their time to load.
  const { countFiles } = await import('./count-files.ts');
  // The members that matter are there; what else a manifest should have the API looks at.
  const given = manifest as Manifest;
  const count = await store.reading(given.Location, (files) => countFiles(files, format, given));
  if (count === undefined) throw missing(place);
  return count;
}

function notCounted(format: string): never {
  throw new UsageError(`How many tasks a manifest of the format ${format} makes must be given: --tasks N`);
}

async function countCsv(store: ObjectStore, place: Place, { Location, Drover }: CountedManifest): Promise<TaskCount> {
  const { lines, exact } = await sampleOf(store, place, Location?.ObjectVersionId);
  const tasks = Drover?.Header === 'Skip' ? lines - 1 : lines;
  if (tasks < 1) throw empty(place);
  return { tasks, exact, how: exact ? 'counted in the manifest' : 'from the manifest’s size and its first lines' };
}

async function sampleOf(store: ObjectStore, place: Place, versionId?: string): Promise<LineSample> {
  const head = await store.head(place.bucket, place.key, versionId);
  if (head === undefined) throw missing(place);
  const size = head.ContentLength ?? 0;
  if (size === 0) throw empty(place);
  const beginning = await store.beginning(place.bucket, place.key, BEGINNING_BYTES, versionId);
  if (beginning === undefined) throw missing(place);
  return sampleLines(beginning, size, uriOf(place));
}

/** What an inventory's manifest.json says of its files. */
interface InventoryManifest {
  readonly destinationBucket?: string;
  readonly fileSchema?: string;
  readonly files?: readonly { readonly key: string; readonly size: number }[];
}

/** By the size of all files and the beginning of the first, which also tells how large objects are. */
async function countInventory(store: ObjectStore, place: Place): Promise<TaskCount> {
  const found = await store.get(place.bucket, place.key);
  if (found?.Body === undefined) throw missing(place);
  const inventory = inventoryIn(await found.Body.transformToString(), place);
  const { destinationBucket = '', fileSchema = '', files = [] } = inventory;
  const [first] = files.filter(({ size }) => size > 0);
  if (first === undefined) throw empty(place);
  const data = { bucket: destinationBucket.replace(/^arn:[^:]+:s3:::/, ''), key: first.key };
  const sample = await sampleOf(store, data);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const exact = sample.exact && files.length === 1;
  const objectBytes = averageSize(
    sample.seen,
    fileSchema
      .split(',')
      .map((name) => name.trim())
      .indexOf('Size'),
  );
  return {
    tasks: Math.max(1, Math.round(sample.lines * (bytes / first.size))),
    exact,
    ...(objectBytes === undefined ? {} : { objectBytes }),
    how: exact ? 'counted in the inventory' : 'from the sizes of the inventory’s files and the beginning of the first',
  };
}

function inventoryIn(text: string, place: Place): InventoryManifest {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null && 'files' in document) return document as InventoryManifest;
  } catch {
    // Said below.
  }
  throw new CommandError(`${uriOf(place)} is not the manifest.json of an inventory report.`, 'ManifestUnreadable');
}

/** Undefined where no column holds the size. Delete markers have none. */
function averageSize(lines: readonly string[], column: number): number | undefined {
  if (column === -1) return undefined;
  const sizes = lines.map((line) => Number(readCsvRecord(line)?.[column] ?? Number.NaN)).filter(Number.isFinite);
  return sizes.length === 0 ? undefined : Math.round(sizes.reduce((sum, size) => sum + size, 0) / sizes.length);
}

function uriOf({ bucket, key }: Place): string {
  return `s3://${bucket}/${key}`;
}

function missing(place: Place): CommandError {
  return new CommandError(`There is no manifest at ${uriOf(place)}`, 'ManifestNotFound');
}

function empty(place: Place): CommandError {
  return new CommandError(`${uriOf(place)} names no objects.`, 'ManifestEmpty');
}
