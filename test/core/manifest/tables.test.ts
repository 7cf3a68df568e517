import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { Manifest } from '../../../core/job/request.ts';
import { duckdbFile, type TableRow } from '../../support/duckdb-files.ts';
import { invalidManifest, md5, memoryFiles } from './memory-files.ts';
import { keysOf, tasksOf } from './tasks-of.ts';

type Options = NonNullable<Manifest['Drover']>;

const table = (Format: 'Parquet' | 'CSV' | 'JSONLines', Drover: Options = {}, key = 't'): Manifest => ({
  Location: { ObjectArn: `arn:aws:s3:::m/${key}`, ETag: 'e' },
  Drover: { Format, Columns: { Bucket: 'bucket', Key: 'key' }, ...Drover },
});

const task = (key: string, versionId?: string): object => ({
  bucket: 'photos',
  key,
  manifestKey: encodeURIComponent(key).replaceAll('%2F', '/'),
  ...(versionId === undefined ? {} : { versionId }),
});

const KEYS = ['a b+c%2F', 'übung/ñ,"q".txt', 'line\nbreak', '100%', 'plain'];
const ROWS = KEYS.map((key, index) => ({ bucket: 'photos', key, n: index }));
const TYPES = { n: 'INTEGER', key: 'VARCHAR', bucket: 'VARCHAR' };

describe('a Parquet table', () => {
  test.each([
    ['uncompressed'],
    ['snappy'],
    ['gzip'],
    ['zstd'],
    ['lz4_raw'],
    ['brotli'],
    ['snappy, PARQUET_VERSION v2'],
    ['uncompressed, PARQUET_VERSION v2'],
  ])('packed by %s is read as it was written', async (codec) => {
    const bytes = await duckdbFile(TYPES, ROWS, `FORMAT parquet, COMPRESSION ${codec}`);
    expect(await tasksOf(memoryFiles({ 'm/t': bytes }), table('Parquet'))).toEqual(KEYS.map((key) => task(key)));
  });

  test('of many row groups is read in order, each in its chunk, and what is NULL stays so', async () => {
    const rows: TableRow[] = Array.from({ length: 5_000 }, (_, n) => ({
      bucket: 'photos',
      key: `k/${n}`,
      version: n % 3 === 0 ? undefined : `v${n}`,
    }));
    const types = { bucket: 'VARCHAR', key: 'VARCHAR', version: 'VARCHAR' };
    const bytes = await duckdbFile(types, rows, 'FORMAT parquet, ROW_GROUP_SIZE 2048');
    const Columns = { Bucket: 'bucket', Key: 'key', VersionId: 'version' };
    expect(await tasksOf(memoryFiles({ 'm/t': bytes }), table('Parquet', { Columns, EmptyVersion: 'Null' }))).toEqual(
      rows.map(({ key, version }) => task(String(key), String(version ?? 'null'))),
    );
  });

  test.each<[string, TableRow, Record<string, string>, RegExp]>([
    ['a key that is NULL', { bucket: 'photos' }, TYPES, /^Column key is empty, which should hold the key$/],
    ['a key that is a number', { bucket: 'photos', key: 7 }, { ...TYPES, key: 'BIGINT' }, /holds a bigint, not text/],
  ])('with %s has a bad row', async (_, row, types, reason) => {
    const bytes = await duckdbFile(types, [row], 'FORMAT parquet');
    expect(await tasksOf(memoryFiles({ 'm/t': bytes }), table('Parquet'))).toEqual([expect.stringMatching(reason)]);
  });

  test.each<[string, (bytes: Buffer) => Buffer, Options, RegExp]>([
    [
      'without a column',
      (all) => all,
      { Columns: { Bucket: 'bucket', Key: 'name' } },
      /no column name; it has n, key, bucket/,
    ],
    [
      'that is none',
      () => Buffer.from('photos,a\n'.repeat(9)),
      {},
      /cannot be read as Parquet: it does not end in PAR1/,
    ],
    ['that is empty', () => Buffer.alloc(0), {}, /does not end in PAR1/],
    ['that lost its beginning', (all) => all.subarray(100), {}, /s3:\/\/m\/t cannot be read as Parquet/],
  ])('%s is refused', async (_, change, options, reason) => {
    const bytes = change(await duckdbFile(TYPES, ROWS, 'FORMAT parquet'));
    await expect(tasksOf(memoryFiles({ 'm/t': bytes }), table('Parquet', options))).rejects.toMatchObject(
      invalidManifest(reason),
    );
  });
});

describe('a Parquet inventory', () => {
  const types = {
    bucket: 'VARCHAR',
    key: 'VARCHAR',
    version_id: 'VARCHAR',
    is_latest: 'BOOLEAN',
    is_delete_marker: 'BOOLEAN',
    size: 'BIGINT',
    last_modified_date: 'TIMESTAMP_MS',
    storage_class: 'VARCHAR',
  };
  const row = (key: string, version: string | undefined, more: TableRow = {}): TableRow => ({
    ...{ bucket: 'photos', key, version_id: version, is_latest: true, is_delete_marker: false, size: 10 },
    ...{ last_modified_date: '2026-01-01 00:00:00', storage_class: 'STANDARD', ...more },
  });
  const rows = [
    row('a b+c', 'v1'),
    row('gone', 'v2', { is_delete_marker: true, size: undefined }),
    row('old', undefined, { last_modified_date: '2020-01-01 00:00:00', size: 5_000_000_000, storage_class: 'GLACIER' }),
  ];

  async function filesOf(more: object = {}, file: object = {}) {
    const bytes = await duckdbFile(types, rows, 'FORMAT parquet, COMPRESSION snappy');
    const files = [{ key: 'data/0.parquet', size: bytes.length, MD5checksum: md5(bytes), ...file }];
    const manifest = { destinationBucket: 'arn:aws:s3:::inv', version: '2016-11-30', fileFormat: 'Parquet', ...more };
    return memoryFiles({
      'm/manifest.json': JSON.stringify({ fileSchema: 'message s3.inventory { … }', files, ...manifest }),
      'inv/data/0.parquet': bytes,
    });
  }
  const inventory = (Drover: Options = {}): Manifest => ({
    Location: { ObjectArn: 'arn:aws:s3:::m/manifest.json', ETag: 'e' },
    Drover: { Format: 'S3InventoryReport_Parquet', ...Drover },
  });

  test('names its objects, whose keys are not encoded, and their versions', async () => {
    expect(await tasksOf(await filesOf(), inventory())).toEqual([
      task('a b+c', 'v1'),
      task('gone', 'v2'),
      task('old', ''),
    ]);
    const skipping = inventory({ DeleteMarkers: 'Skip', EmptyVersion: 'Null' });
    expect(await tasksOf(await filesOf(), skipping, { needed: ['IsDeleteMarker'] })).toEqual([
      task('a b+c', 'v1'),
      task('old', 'null'),
    ]);
  });

  test.each<[Options['Filter'], string, string[]]>([
    [{ ObjectSizeGreaterThanBytes: 4_000_000_000 }, 'Size', ['old']],
    [{ OlderThan: '365d' }, 'LastModifiedDate', ['old']],
    [{ MatchAnyStorageClass: ['STANDARD'] }, 'StorageClass', ['a b+c', 'gone']],
  ])('is filtered by its columns: %j', async (Filter, column, keys) => {
    expect(keysOf(await tasksOf(await filesOf(), inventory({ Filter }), { needed: [column] }))).toEqual(keys);
  });

  test.each<[string, object, object, RegExp]>([
    ['of CSV', { fileFormat: 'CSV' }, {}, /its files are CSV, not Parquet: ask for Manifest.Spec.Format/],
    ['of ORC', { fileFormat: 'ORC' }, {}, /configure the inventory to be CSV or Parquet, or turn its table into/],
    ['whose file has another size', {}, { size: 7 }, /but its manifest says 7/],
    ['whose file has another MD5', {}, { MD5checksum: '00' }, /has the MD5/],
  ])('%s is refused', async (_, more, file, reason) => {
    await expect(tasksOf(await filesOf(more, file), inventory())).rejects.toMatchObject(invalidManifest(reason));
  });
});

describe('a CSV table', () => {
  const text = ['n,key,bucket', ...ROWS.map(({ n, key }) => `${n},"${key.replaceAll('"', '""')}",photos`)].join('\r\n');
  const all = KEYS.map((key) => task(key));

  test.each([
    ['plain', Buffer.from(text)],
    ['gzip', gzipSync(text)],
    ['with a byte order mark', Buffer.from(`\ufeff${text}\r\n`)],
  ])('%s, with line breaks in its quotes', async (_, bytes) => {
    expect(await tasksOf(memoryFiles({ 'm/t': bytes }, 7), table('CSV'))).toEqual(all);
  });

  test('written by DuckDB', async () => {
    const bytes = await duckdbFile(TYPES, ROWS, "FORMAT csv, HEADER, DELIMITER '|'");
    expect(await tasksOf(memoryFiles({ 'm/t': bytes }), table('CSV', { Delimiter: '|' }))).toEqual(all);
  });

  test('without titles has its columns by their numbers, and its bucket from the request', async () => {
    const Columns = { Key: '2' };
    const options: Options = { Header: 'None', Columns, Bucket: 'photos', KeyEncoding: 'URL' };
    const files = memoryFiles({ 'm/t': '1,a%20b\n2,c\n' });
    expect(await tasksOf(files, table('CSV', options))).toEqual([task('a b'), task('c')]);
  });

  test('of many files is a prefix, without what writers leave beside them', async () => {
    const files = memoryFiles({
      'm/out/': '',
      'm/out/0.csv': 'key,bucket\na,photos\n',
      'm/out/_SUCCESS': 'x',
      'm/out/_log/1.csv': 'x',
      'm/out/1.csv.gz': gzipSync('bucket,key\nphotos,b\n'),
    });
    expect(keysOf(await tasksOf(files, table('CSV', {}, 'out/')))).toEqual(['a', 'b']);
  });

  test.each<[string, string | Buffer, RegExp]>([
    ['without a column', 'x,bucket\n1,photos\n', /s3:\/\/m\/t has no column key; it has x, bucket/],
    ['with a column twice', 'key,key,bucket\n', /has the column key twice/],
    ['with a quote that stays open', 'key,bucket\n"a,photos\n', /s3:\/\/m\/t is not properly formatted CSV.*line/],
    ['that is not UTF-8', Buffer.from('key,bucket\n\xff,photos\n', 'latin1'), /s3:\/\/m\/t is not UTF-8/],
  ])('%s is refused', async (_, bytes, reason) => {
    await expect(tasksOf(memoryFiles({ 'm/t': bytes }), table('CSV'))).rejects.toMatchObject(invalidManifest(reason));
  });

  test('with a row of other columns has a bad row', async () => {
    const files = memoryFiles({ 'm/t': 'key,bucket\na,photos\nb\n' });
    expect(keysOf(await tasksOf(files, table('CSV')))).toEqual([
      'a',
      expect.stringMatching(/columns: 1 where the first row has 2/),
    ]);
  });
});

describe('a table in JSON Lines', () => {
  const text = ROWS.map((row) => JSON.stringify(row)).join('\n');

  test.each([
    ['plain', text, undefined],
    ['in chunks of a few bytes', text, 9],
    ['gzip', gzipSync(text), 9],
  ])('%s', async (_, bytes, chunkBytes) => {
    const files = memoryFiles({ 'm/t': bytes });
    expect(await tasksOf(files, table('JSONLines'), chunkBytes === undefined ? {} : { chunkBytes })).toEqual(
      KEYS.map((key) => task(key)),
    );
  });

  test.each([
    ['{"key": "a"', 'The line is not JSON'],
    ['["a"]', 'The line is not a JSON object'],
    ['{"bucket": "photos"}', 'The line has no member key'],
    ['{"bucket": "photos", "key": null}', 'Column key is empty, which should hold the key'],
    ['{"bucket": "photos", "key": 7}', 'Column key holds a number, not text'],
    ['{"bucket": "photos", "key": {"a": 1}}', 'Column key holds an object, which is not text'],
    ['{"bucket": "photos", "key": "\\ud800"}', 'Column key holds a key that is not Unicode'],
    ['', 'The line is not JSON'],
  ])('has a bad line: %s', async (line, reason) => {
    expect(await tasksOf(memoryFiles({ 'm/t': `${line}\n` }), table('JSONLines'))).toEqual([reason]);
  });
});
