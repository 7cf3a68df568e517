import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { LISTED_FIELDS, listedFields, UnlistedField } from '../../../core/inventory/fields.ts';
import type { InventorySpec } from '../../../core/inventory/inventory-spec.ts';
import { ReportExists, writeInventory } from '../../../core/inventory/write-inventory.ts';
import type { Manifest } from '../../../core/job/request.ts';
import type { ListPages } from '../../../core/listing/find-cuts.ts';
import { versionPages } from '../../../core/listing/version-pages.ts';
import { duckdbRows } from '../../support/duckdb-files.ts';
import { memoryFiles } from '../../support/memory-manifest.ts';
import { MemoryBucket } from '../listing/memory-bucket.ts';
import { tasksOf } from '../manifest/tasks-of.ts';
import { MemoryDestination } from './memory-destination.ts';
import { type MemoryVersion, MemoryVersions } from './memory-versions.ts';

const TIME = Date.UTC(2026, 2, 1, 1, 0);
const REPORT = 'reports/photos/daily/2026-03-01T01-00Z';

const SPEC: InventorySpec = {
  sourceBucket: 'photos',
  id: 'daily',
  destinationBucket: 'inventories',
  destinationPrefix: 'reports',
  format: 'CSV',
  versions: 'Current',
  fields: LISTED_FIELDS,
  prefix: '',
  partition: 'aws',
};

const KEYS = ['a b+c%2F', 'übung/ñ,"q".txt', 'line\nbreak', '100%', 'plain', "it's (1)!~*", '日本/😀', '\u0001'];

async function written(list: ListPages, spec: InventorySpec = SPEC, options = {}) {
  const destination = new MemoryDestination();
  const report = await writeInventory({ list, destination, exists: destination.exists }, spec, TIME, options);
  return { destination, report };
}

const manifestOf = (format: InventorySpec['format']): Manifest => {
  const Location = { ObjectArn: `arn:aws:s3:::inventories/${REPORT}/manifest.json`, ETag: 'e' };
  return format === 'CSV'
    ? { Spec: { Format: 'S3InventoryReport_CSV_20161130' }, Location }
    : { Location, Drover: { Format: 'S3InventoryReport_Parquet' } };
};

/** What Drover's own reader finds in the report: keys, with their versions where it has some. */
async function readBack(destination: MemoryDestination, format: InventorySpec['format']): Promise<string[]> {
  const tasks = await tasksOf(memoryFiles(destination.files(`${REPORT}/manifest.json`)), manifestOf(format));
  return tasks.map((task) => {
    if (typeof task === 'string') throw new Error(task);
    return task.versionId === undefined ? task.key : `${task.key}@${task.versionId}`;
  });
}

const sorted = (names: readonly string[]): string[] => [...names].sort();

describe('the layout of a report', () => {
  test('is that of S3, manifest.checksum last, and nothing else is there', async () => {
    const { destination, report } = await written(new MemoryBucket(KEYS).list);
    const [data = '', ...others] = [...destination.objects.keys()];
    expect(data).toMatch(/^reports\/photos\/daily\/data\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.csv\.gz$/);
    expect(others).toEqual([
      'reports/photos/daily/hive/dt=2026-03-01-01-00/symlink.txt',
      `${REPORT}/manifest.json`,
      `${REPORT}/manifest.checksum`,
    ]);
    const manifest = destination.objects.get(`${REPORT}/manifest.json`) ?? Buffer.alloc(0);
    const md5 = createHash('md5').update(manifest).digest('hex');
    expect(destination.text(`${REPORT}/manifest.checksum`)).toBe(`${md5}\n`);
    expect(destination.text(others[0] ?? '')).toBe(`s3://inventories/${data}\n`);
    expect(report).toMatchObject({ rows: KEYS.length, files: 1, manifestETag: md5 });
  });

  test('its manifest.json says what S3 says', async () => {
    const { destination } = await written(new MemoryBucket(KEYS).list);
    const [data = ''] = destination.keys('.csv.gz');
    const bytes = destination.objects.get(data) ?? Buffer.alloc(0);
    expect(JSON.parse(destination.text(`${REPORT}/manifest.json`))).toEqual({
      sourceBucket: 'photos',
      destinationBucket: 'arn:aws:s3:::inventories',
      version: '2016-11-30',
      creationTimestamp: '1772326800000',
      fileFormat: 'CSV',
      fileSchema: 'Bucket, Key, Size, LastModifiedDate, ETag, StorageClass, IsMultipartUploaded, ChecksumAlgorithm',
      files: [{ key: data, size: bytes.length, MD5checksum: createHash('md5').update(bytes).digest('hex') }],
    });
  });

  test('of Parquet names its schema as S3 does', async () => {
    const spec: InventorySpec = { ...SPEC, format: 'Parquet', versions: 'All', fields: ['Size', 'LastModifiedDate'] };
    const { destination } = await written(versionPages(new MemoryVersions([{ key: 'a', id: 'null' }]).list), spec);
    expect(JSON.parse(destination.text(`${REPORT}/manifest.json`))).toMatchObject({
      fileFormat: 'Parquet',
      fileSchema:
        'message s3.inventory {  required binary bucket (STRING);  required binary key (STRING);  optional binary version_id (STRING);  optional boolean is_latest;  optional boolean is_delete_marker;  optional int64 size;  optional int64 last_modified_date (TIMESTAMP(MILLIS,true));}',
    });
  });

  test('of a bucket without objects names no files, and is read as none', async () => {
    const { destination, report } = await written(new MemoryBucket([]).list);
    expect(report).toMatchObject({ rows: 0, files: 0 });
    expect(await readBack(destination, 'CSV')).toEqual([]);
  });

  test('is not replaced by another of the same minute', async () => {
    const { destination } = await written(new MemoryBucket(KEYS).list);
    const deps = { list: new MemoryBucket([]).list, destination, exists: destination.exists };
    await expect(writeInventory(deps, SPEC, TIME)).rejects.toThrow(ReportExists);
    expect((await readBack(destination, 'CSV')).length).toBe(KEYS.length);
  });
});

describe('the lines of a CSV report', () => {
  test('have every field quoted, keys encoded, and no heading', async () => {
    const { destination } = await written(new MemoryBucket(['a b+c.txt']).list);
    const [data = ''] = destination.keys('.csv.gz');
    expect(gunzipSync(destination.objects.get(data) ?? '').toString()).toBe(
      '"photos","a%20b%2Bc.txt","5","2026-01-02T03:04:05.000Z","abc","STANDARD","false",""\n',
    );
  });

  test('are read back as the keys that were listed, whatever these are', async () => {
    const key = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 12 })
      .filter((text) => !/\p{Surrogate}/u.test(text));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 30 }),
        fc.constantFrom('CSV', 'Parquet'),
        async (keys, format) => {
          const { destination } = await written(new MemoryBucket(keys, 7).list, { ...SPEC, format }, { fileBytes: 1 });
          expect(sorted(await readBack(destination, format))).toEqual(sorted(keys));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a report of all versions', () => {
  const VERSIONS: readonly MemoryVersion[] = [
    { key: 'a b', id: 'v2', marker: true },
    { key: 'a b', id: 'v1' },
    { key: 'old', id: 'null' },
    ...Array.from({ length: 25 }, (_, n) => ({ key: 'much/changed', id: `w${25 - n}` })),
    { key: 'z', id: 'x1' },
  ];
  const list = () => versionPages(new MemoryVersions(VERSIONS, 4).list);

  test('has a line for each version and delete marker, also of keys with more than a page of them', async () => {
    const { destination, report } = await written(list(), { ...SPEC, versions: 'All' });
    expect(report.rows).toBe(VERSIONS.length);
    const [data = ''] = destination.keys('.csv.gz');
    const rows: string[][] = parse(gunzipSync(destination.objects.get(data) ?? ''));
    const one = (key: string, id: string): string[] | undefined => rows.find((row) => row[1] === key && row[2] === id);
    expect(one('a%20b', 'v2')).toEqual([
      'photos',
      'a%20b',
      'v2',
      'true',
      'true',
      '',
      '2026-01-02T03:04:05.000Z',
      '',
      '',
      '',
      '',
    ]);
    expect(one('a%20b', 'v1')?.slice(3)).toEqual([
      'false',
      'false',
      '5',
      '2026-01-02T03:04:05.000Z',
      'abc-2',
      'STANDARD',
      'true',
      'CRC32',
    ]);
    expect(one('old', '')?.slice(3, 5)).toEqual(['true', 'false']);
  });

  test.each(['CSV', 'Parquet'] as const)('in %s is read back version by version', async (format) => {
    const { destination } = await written(list(), { ...SPEC, versions: 'All', format });
    const expected = VERSIONS.map(({ key, id }) => `${key}@${id === 'null' ? '' : id}`);
    expect(sorted(await readBack(destination, format))).toEqual(sorted(expected));
  });
});

describe('a Parquet report', () => {
  test('is read by DuckDB: keys plain, values typed, what there is not is NULL', async () => {
    const versions = [
      { key: 'a b+ü', id: 'v2', marker: true },
      { key: 'a b+ü', id: 'v1' },
      { key: 'old', id: 'null' },
    ];
    const spec: InventorySpec = { ...SPEC, format: 'Parquet', versions: 'All' };
    const { destination } = await written(versionPages(new MemoryVersions(versions).list), spec);
    const [data = ''] = destination.keys('.parquet');
    const rows = await duckdbRows(destination.objects.get(data) ?? Buffer.alloc(0), 'ORDER BY key, version_id DESC');
    expect(rows).toEqual([
      {
        bucket: 'photos',
        key: 'a b+ü',
        version_id: 'v2',
        is_latest: true,
        is_delete_marker: true,
        size: null,
        last_modified_date: '2026-01-02 03:04:05',
        e_tag: null,
        storage_class: null,
        is_multipart_uploaded: null,
        checksum_algorithm: null,
      },
      {
        bucket: 'photos',
        key: 'a b+ü',
        version_id: 'v1',
        is_latest: false,
        is_delete_marker: false,
        size: '5',
        last_modified_date: '2026-01-02 03:04:05',
        e_tag: 'abc-2',
        storage_class: 'STANDARD',
        is_multipart_uploaded: true,
        checksum_algorithm: 'CRC32',
      },
      expect.objectContaining({ key: 'old', version_id: null, is_latest: true }),
    ]);
  });
});

describe('a report that comes to nothing', () => {
  test.each(['CSV', 'Parquet'] as const)('in %s announces nothing: no manifest names its files', async (format) => {
    const keys = Array.from({ length: 300 }, (_, n) => `k/${n}`);
    const bucket = new MemoryBucket(keys, 10);
    const destination = new MemoryDestination();
    let pages = 0;
    const list: ListPages = async (question) => {
      pages += 1;
      if (pages > 12) throw new Error('the bucket is gone');
      return await bucket.list(question);
    };
    const deps = { list, destination, exists: destination.exists };
    await expect(writeInventory(deps, { ...SPEC, format }, TIME, { fileBytes: 1, lanes: 2 })).rejects.toThrow(
      'the bucket is gone',
    );
    expect(destination.keys('manifest.json')).toEqual([]);
    expect(destination.keys('manifest.checksum')).toEqual([]);
  });

  test('because its destination refuses says so, and gives up what was begun', async () => {
    const destination = new MemoryDestination();
    destination.onWrite = () => {
      throw new Error('refused');
    };
    const deps = { list: new MemoryBucket(KEYS).list, destination, exists: destination.exists };
    await expect(writeInventory(deps, SPEC, TIME)).rejects.toThrow('refused');
    expect(destination.objects.size).toBe(0);
    expect(destination.aborted.length).toBe(1);
  });

  test('because it was told to end announces nothing', async () => {
    const ending = new AbortController();
    const destination = new MemoryDestination();
    const deps = { list: new MemoryBucket(KEYS, 2).list, destination, exists: destination.exists };
    const options = { signal: ending.signal, onProgress: () => ending.abort(new Error('enough')) };
    await expect(writeInventory(deps, SPEC, TIME, options)).rejects.toThrow('enough');
    expect(destination.objects.size).toBe(0);
  });
});

describe('optional fields', () => {
  test('are those that a listing tells, in the order of S3', () => {
    expect(listedFields(['ETag', 'Size'])).toEqual(['Size', 'ETag']);
  });

  test.each([
    ['EncryptionStatus', /only a HeadObject of each object tells it/],
    ['ObjectOwner', /only a GetObjectAcl/],
    ['Sise', /There is no optional field "Sise"/],
  ])('%s is refused with the reason', (name, reason) => {
    expect(() => listedFields([name])).toThrow(UnlistedField);
    expect(() => listedFields([name])).toThrow(reason);
  });
});
