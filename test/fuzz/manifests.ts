import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Manifest } from '../../core/job/request.ts';
import { LineColumns } from '../../core/manifest/line-form.ts';
import { LineTooLong } from '../../core/manifest/line-reader.ts';
import { ManifestError } from '../../core/manifest/manifest-error.ts';
import { encodeManifestKey } from '../../core/manifest/object-key.ts';
import { openManifest } from '../../core/manifest/open-manifest.ts';
import { readTaskLine } from '../../core/manifest/task-line.ts';
import { duckdbFile } from '../support/duckdb-files.ts';
import { memoryFiles } from '../support/memory-manifest.ts';
import { mutatedFooter, mutatedPageHeader } from './parquet-structures.ts';

/** A manifest that is right, and the object of it whose bytes are changed. */
export interface FuzzCase {
  readonly name: string;
  readonly manifest: Manifest;
  readonly objects: Readonly<Record<string, Buffer>>;
  readonly changed: string;
  /** Lines that it has: a reading that ends well gives just so many, where the format can tell. */
  readonly lines?: number;
  /** How the bytes are changed; `mutated` if nothing is said. */
  readonly change?: Change;
  /** What is read without a failure are these lines, in any order: the change left what they say alone. */
  readonly same?: readonly string[];
}

/** The bytes, changed. */
export type Change = (bytes: Buffer, random: (below: number) => number) => Buffer;

const LINES = 40;
const Location = { ObjectArn: 'arn:aws:s3:::man/m', ETag: 'e' };
const Columns = { Bucket: 'bucket', Key: 'key' };

const rows = Array.from({ length: LINES }, (_, n) => ({ bucket: 'photos', key: `k/${n}-ü b`, n: n % 3 }));
const plain = rows.map(({ bucket, key }) => `${bucket},"${encodeURIComponent(key)}"\n`).join('');

function inventory(fileFormat: string, fileSchema: string, data: Buffer): Buffer {
  const MD5checksum = createHash('md5').update(data).digest('hex');
  const files = [{ key: 'd', size: data.length, MD5checksum }];
  return Buffer.from(
    JSON.stringify({ destinationBucket: 'arn:aws:s3:::inv', version: '2016-11-30', fileFormat, fileSchema, files }),
  );
}

/** By another writer than DuckDB, which has no row groups as small as these. */
function rowGroups(): Buffer {
  const columnData = [
    { name: 'n', data: rows.map(({ n }) => n), type: 'INT32' as const, nullable: true },
    { name: 'key', data: rows.map(({ key }) => key), type: 'STRING' as const, nullable: false },
    { name: 'bucket', data: rows.map(({ bucket }) => bucket), type: 'STRING' as const, nullable: true },
  ];
  return Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: LINES / 4, pageSize: 100 }));
}

export async function fuzzCases(): Promise<readonly FuzzCase[]> {
  const parquet = async (options: string): Promise<Buffer> =>
    await duckdbFile({ n: 'INTEGER', key: 'VARCHAR', bucket: 'VARCHAR' }, rows, `FORMAT parquet, ${options}`);
  const codecs = ['uncompressed', 'snappy', 'gzip', 'zstd', 'uncompressed, PARQUET_VERSION v2'];
  const tables = await Promise.all(
    codecs.map(async (codec): Promise<FuzzCase> => {
      const objects = { 'man/m': await parquet(`COMPRESSION ${codec}`) };
      const manifest: Manifest = { Location, Drover: { Format: 'Parquet', Columns } };
      return { name: `Parquet, ${codec}`, manifest, objects, changed: 'man/m', lines: LINES };
    }),
  );
  const groups: FuzzCase = {
    name: 'Parquet, row groups',
    manifest: { Location, Drover: { Format: 'Parquet', Columns } },
    objects: { 'man/m': rowGroups() },
    changed: 'man/m',
    lines: LINES,
  };
  const same = rows.map(({ bucket, key }) => `${bucket},${encodeManifestKey(key)}`);
  const structures = [
    ...[...tables, groups].map((each) => ({ ...each, name: `${each.name}: footer`, change: mutatedFooter, same })),
    ...tables.map((each) => ({ ...each, name: `${each.name}: page headers`, change: mutatedPageHeader, same })),
  ];
  const file = gzipSync(plain);
  const Spec = { Format: 'S3InventoryReport_CSV_20161130' as const };
  const named = { 'man/m': inventory('CSV', 'Bucket, Key', file), 'inv/d': file };
  const table = await parquet('COMPRESSION snappy');
  const namedTable = { 'man/m': inventory('Parquet', 'message s3.inventory {}', table), 'inv/d': table };
  const text = (format: 'CSV' | 'JSONLines', bytes: string): FuzzCase => {
    const manifest: Manifest = { Location, Drover: { Format: format, Columns } };
    return { name: format, manifest, objects: { 'man/m': Buffer.from(bytes) }, changed: 'man/m' };
  };
  return [
    ...tables,
    groups,
    ...structures,
    {
      name: 'a CSV of S3',
      manifest: { Location, Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] } },
      objects: { 'man/m': Buffer.from(plain) },
      changed: 'man/m',
    },
    { name: 'manifest.json', manifest: { Location, Spec }, objects: named, changed: 'man/m' },
    { name: 'a file of an inventory', manifest: { Location, Spec }, objects: named, changed: 'inv/d', lines: LINES },
    {
      name: 'manifest.json of Parquet',
      manifest: { Location, Drover: { Format: 'S3InventoryReport_Parquet' } },
      objects: namedTable,
      changed: 'man/m',
    },
    text('CSV', `bucket,key\n${rows.map(({ bucket, key }) => `${bucket},"${key}"`).join('\n')}\n`),
    text('JSONLines', rows.map((row) => `${JSON.stringify(row)}\n`).join('')),
  ];
}

/** Numbers that follow from a seed (mulberry32): a failure can be had again. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** The bytes with some of them changed, taken out, put in twice or cut off. */
export function mutated(bytes: Buffer, random: (below: number) => number): Buffer {
  let changed = Buffer.from(bytes);
  for (let change = random(4); change >= 0; change -= 1) {
    const at = random(changed.length + 1);
    const length = 1 + random(random(8) === 0 ? 64 : 4);
    const kind = random(6);
    if (kind === 0) changed = changed.subarray(0, at);
    else if (kind === 1) changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + length)]);
    else if (kind === 2) changed = Buffer.concat([changed.subarray(0, at + length), changed.subarray(at)]);
    else {
      const odd = [0, 1, 0x22, 0x2c, 0x0a, 0x0d, 0x7f, 0x80, 0xff, random(256)];
      for (let index = at; index < Math.min(at + length, changed.length); index += 1) {
        changed[index] = kind === 3 ? (changed[index] ?? 0) ^ (1 << random(8)) : (odd[random(odd.length)] ?? 0);
      }
    }
  }
  return changed;
}

/** Milliseconds that the reading of some kilobytes may take, on a machine that does other things too. */
const PATIENCE = 10_000;

/**
 * Reads a manifest as PrepareJob does. It may be refused, or have a bad line, or be read: anything else throws.
 * Answers the lines that it gave.
 */
export async function readOrRefuse({ manifest, lines, same }: FuzzCase, objects: FuzzCase['objects']): Promise<number> {
  const began = performance.now();
  const read: string[] = [];
  let [given, bad] = [0, 0];
  try {
    const reader = openManifest(memoryFiles(objects), manifest, [], 700);
    const survey = await reader.survey();
    const columns = new LineColumns(survey.form);
    for (const chunk of survey.chunks) {
      await reader.readLines(chunk, (line, problem) => {
        given += 1;
        if (same !== undefined) read.push(line.toString());
        if (typeof (problem ?? readTaskLine(line.toString(), columns)) === 'string') bad += 1;
        return true;
      });
    }
  } catch (error) {
    if (!(error instanceof ManifestError || error instanceof LineTooLong)) throw error;
    if (error.message === '' || /\bat .*\.ts:/.test(error.message))
      throw new Error(`no clear failure: ${error.message}`);
    given = -1;
  }
  const took = performance.now() - began;
  if (took > PATIENCE) throw new Error(`took ${Math.round(took)} ms`);
  if (given >= 0 && lines !== undefined && given !== lines)
    throw new Error(`gave ${given} lines of ${lines}, without a failure`);
  if (given >= 0 && bad === 0 && same !== undefined) {
    const lacking = same.filter((line) => !read.includes(line));
    if (lacking.length > 0) throw new Error(`lost ${lacking.length} lines, like ${lacking[0]}, without a failure`);
  }
  return given - bad;
}

/** The objects of a case, one of them changed. */
export function changedObjects({ change = mutated, changed, objects }: FuzzCase, random: (below: number) => number) {
  const bytes = objects[changed];
  if (bytes === undefined) throw new Error(`there is no ${changed}`);
  return { ...objects, [changed]: change(bytes, random) };
}
