import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Manifest } from '../../../core/job/request.ts';
import { LineColumns } from '../../../core/manifest/line-form.ts';
import { openManifest } from '../../../core/manifest/open-manifest.ts';
import { readTaskLine, type TaskLine } from '../../../core/manifest/task-line.ts';
import { failed, succeeded } from '../../../core/operations/task-result.ts';
import { reportRow } from '../../../core/report/report-row.ts';
import { invalidManifest, md5, memoryFiles } from './memory-files.ts';

type Objects = Readonly<Record<string, Buffer | string>>;

const LOCATION = { ObjectArn: 'arn:aws:s3:::m/manifest', ETag: 'e' };

function csv(Drover: Manifest['Drover'] = {}, Fields: readonly string[] = ['Bucket', 'Key']): Manifest {
  const Spec = { Format: 'S3BatchOperations_CSV_20180820', Fields } as Manifest['Spec'];
  return { Spec, Location: LOCATION, Drover };
}

function inventory(Drover: Manifest['Drover'] = {}): Manifest {
  return { Spec: { Format: 'S3InventoryReport_CSV_20161130' }, Location: LOCATION, Drover };
}

const report = (Tasks: 'All' | 'Failed' | 'Succeeded'): Manifest => ({
  Location: LOCATION,
  Drover: { Format: 'Report_CSV_20180820', Tasks },
});

/** Everything that a manifest names, read as PrepareJob reads it. */
async function tasksOf(objects: Objects, manifest: Manifest, chunkBytes?: number): Promise<(TaskLine | string)[]> {
  const reader = openManifest(memoryFiles(objects), manifest, [], chunkBytes);
  const survey = JSON.parse(JSON.stringify(await reader.survey())) as Awaited<ReturnType<typeof reader.survey>>;
  const columns = new LineColumns(survey.form);
  const tasks: (TaskLine | string)[] = [];
  for (const chunk of survey.chunks) {
    await reader.readLines(chunk, (line) => tasks.push(readTaskLine(line.toString(), columns)) > 0);
  }
  return tasks;
}

const task = (bucket: string, key: string, versionId?: string): object => ({
  bucket,
  key,
  manifestKey: key,
  ...(versionId === undefined ? {} : { versionId }),
});

describe('a CSV', () => {
  const text = 'photos,a\nphotos,b\r\nvideos,c';
  const all = [task('photos', 'a'), task('photos', 'b'), task('videos', 'c')];

  test.each([
    ['plain', text, undefined],
    ['plain, in chunks of a few bytes', text, 5],
    ['packed by gzip', gzipSync(text), undefined],
    ['of several gzip members', Buffer.concat([gzipSync('photos,a\npho'), gzipSync('tos,b\nvideos,c')]), undefined],
    ['with a byte order mark, packed', gzipSync(`\ufeff${text}`), undefined],
  ])('%s', async (_, bytes, chunkBytes) => {
    expect(await tasksOf({ 'm/manifest': bytes }, csv(), chunkBytes)).toEqual(all);
  });

  test.each([
    [
      'a gzip file that breaks off',
      gzipSync(text.repeat(1_000)).subarray(0, 60),
      /m\/manifest is not a whole gzip file/,
    ],
    ['a gzip file that was spoiled', spoiled(gzipSync(text.repeat(1_000))), /is not a whole gzip file/],
    ['Parquet', 'PAR1\u0015\u0004', /m\/manifest is Parquet, not CSV: ask for Manifest\.Drover\.Format "Parquet"/],
    ['a line of titles', 'Bucket,Key\nphotos,a\n', /looks like a header.*Manifest\.Drover\.Header "Skip"/],
    ['a line of other titles', 'bucket_name,"object key"\nphotos,a\n', /looks like a header/],
  ])('refuses %s', async (_, bytes, reason) => {
    await expect(tasksOf({ 'm/manifest': bytes }, csv())).rejects.toMatchObject(invalidManifest(reason));
  });

  test('passes its first line over when asked to', async () => {
    expect(await tasksOf({ 'm/manifest': `Bucket,Key\n${text}` }, csv({ Header: 'Skip' }), 8)).toEqual(all);
    expect(await tasksOf({ 'm/manifest': gzipSync(`x,y\n${text}`) }, csv({ Header: 'Skip' }))).toEqual(all);
  });

  test('takes a first line that looks like titles for a task when asked to', async () => {
    const lines = 'bucket,key\n';
    expect(await tasksOf({ 'm/manifest': lines }, csv({ Header: 'None' }))).toEqual([task('bucket', 'key')]);
  });

  test('may have more columns when asked to, and no fewer', async () => {
    const lines = 'photos,a,7,"x,y"\nphotos,b\nphotos\n';
    expect(await tasksOf({ 'm/manifest': lines }, csv({ ExtraColumns: 'Ignore' }))).toEqual([
      task('photos', 'a'),
      task('photos', 'b'),
      'Unexpected number of task fields: 1 where Fields names 2',
    ]);
    expect(await tasksOf({ 'm/manifest': 'photos,a,7' }, csv())).toEqual([
      expect.stringContaining('Unexpected number'),
    ]);
  });

  test('may name the null version by nothing when asked to', async () => {
    const fields = ['Bucket', 'Key', 'VersionId'];
    const lines = 'photos,a,\nphotos,b,v1\n';
    const read = async (Drover: Manifest['Drover']) => await tasksOf({ 'm/manifest': lines }, csv(Drover, fields));
    expect(await read({ EmptyVersion: 'Null' })).toEqual([task('photos', 'a', 'null'), task('photos', 'b', 'v1')]);
    expect(await read({})).toEqual([task('photos', 'a', ''), task('photos', 'b', 'v1')]);
  });

  test('without a byte has no chunk', async () => {
    expect(await tasksOf({ 'm/manifest': '' }, csv())).toEqual([]);
  });
});

function spoiled(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(0x55, 20, 40);
  return copy;
}

/** An inventory as S3 writes it: its manifest.json and its data files. */
function inventoryOf(files: readonly Buffer[], more: object = {}): Objects {
  const named = files.map((bytes, index) => ({
    key: `data/${index}.csv.gz`,
    size: bytes.length,
    MD5checksum: md5(bytes),
  }));
  const manifest = {
    sourceBucket: 'photos',
    destinationBucket: 'arn:aws:s3:::inventories',
    version: '2016-11-30',
    creationTimestamp: '1514944800000',
    fileFormat: 'CSV',
    fileSchema: 'Key, Bucket, Size, VersionId, IsLatest, IsDeleteMarker',
    files: named,
    ...more,
  };
  const data = files.map((bytes, index) => [`inventories/data/${index}.csv.gz`, bytes] as const);
  return { 'm/manifest': JSON.stringify(manifest), ...Object.fromEntries(data) };
}

describe('an inventory', () => {
  const files = [
    gzipSync('"a+b%2Bc","photos","7","v1","true","false"\n"x","photos","","","false","true"\n'),
    gzipSync('"y","photos","1","v3","true","false"\n'),
  ];

  test('is read by its own schema, file by file', async () => {
    expect(await tasksOf(inventoryOf(files), inventory())).toEqual([
      { ...task('photos', 'a b+c', 'v1'), manifestKey: 'a+b%2Bc' },
      task('photos', 'x', ''),
      task('photos', 'y', 'v3'),
    ]);
  });

  test('of the form that S3 generates, and its null versions, are read too', async () => {
    const generated = inventoryOf(files, { version: '2021-11-30' });
    const Spec = { Format: 'S3InventoryReport_CSV_20211130' } as const;
    const manifest: Manifest = { Spec, Location: LOCATION, Drover: { EmptyVersion: 'Null' } };
    expect((await tasksOf(generated, manifest))[1]).toEqual(task('photos', 'x', 'null'));
  });

  test.each<[string, Objects, RegExp]>([
    ['no JSON', { 'm/manifest': 'photos,a' }, /s3:\/\/m\/manifest is not the manifest.json of an inventory report/],
    ['without files', inventoryOf(files, { files: undefined }), /files is not as it should be/],
    ['of another version', inventoryOf(files, { version: '2099-01-01' }), /known are 2016-11-30 and 2021-11-30/],
    ['of ORC', inventoryOf(files, { fileFormat: 'ORC' }), /its files are ORC, not CSV: configure the inventory/],
    ['of Parquet', inventoryOf(files, { fileFormat: 'Parquet' }), /Manifest\.Drover\.Format/],
    [
      'without a key',
      inventoryOf(files, { fileSchema: 'Bucket, Size' }),
      /^Required fields are missing in the schema: Key/,
    ],
    [
      'with a field twice',
      inventoryOf(files, { fileSchema: 'Bucket, Key, Size, Size, A, B' }),
      /names the field Size twice/,
    ],
    ['with a file that changed', { ...inventoryOf(files), 'inventories/data/0.csv.gz': gzipSync('') }, /has the MD5/],
    ['with a file that is no gzip', inventoryOf([Buffer.from('"a","photos"')]), /is not a whole gzip file/],
  ])('%s is refused', async (_, objects, reason) => {
    await expect(tasksOf(objects, inventory())).rejects.toMatchObject(invalidManifest(reason));
  });

  test('whose file is gone says which', async () => {
    const { 'inventories/data/1.csv.gz': _, ...rest } = inventoryOf(files);
    await expect(tasksOf(rest, inventory())).rejects.toThrow('s3://inventories/data/1.csv.gz');
  });
});

/** A report as Drover and S3 write it. */
function reportOf(rows: { readonly succeeded: string; readonly failed: string }): Objects {
  const results = (['succeeded', 'failed'] as const).map((status) => ({
    TaskExecutionStatus: status,
    Bucket: 'reports',
    MD5Checksum: md5(rows[status]),
    Key: `job-1/${status}.csv`,
  }));
  return {
    'm/manifest': JSON.stringify({ Format: 'Report_CSV_20180820', Results: results }),
    'reports/job-1/succeeded.csv': rows.succeeded,
    'reports/job-1/failed.csv': rows.failed,
  };
}

describe('a completion report', () => {
  const rows = {
    succeeded: 'photos,a%20b,v1,succeeded,200,,Successful\r\n',
    failed:
      'photos,"k,1",,failed,404,NoSuchKey,"gone,\r\nreally ""gone"""\r\n' +
      'photos,c,\\N,failed,InvalidRequest,400,no version\r\n',
  };
  const good = { ...task('photos', 'a b', 'v1'), manifestKey: 'a%20b' };
  const bad = [task('photos', 'k,1'), task('photos', 'c', '')];

  test.each([
    ['All', [good, ...bad]],
    ['Failed', bad],
    ['Succeeded', [good]],
  ] as const)('gives its tasks: %s', async (wanted, tasks) => {
    expect(await tasksOf(reportOf(rows), report(wanted))).toEqual(tasks);
  });

  test('of ours comes back, whatever its messages are', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((key) => !/[\r\n\0]/.test(key));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, fc.string(), fc.boolean()), { maxLength: 20 }), async (tasks) => {
        const lines = tasks.map(([key, message, fails]) => {
          const line = { bucket: 'photos', key, manifestKey: encodeURIComponent(key) };
          return { line, fails, row: reportRow(line, fails ? failed(404, 'NoSuchKey', message) : succeeded(message)) };
        });
        const of = (fails: boolean) => lines.filter((each) => each.fails === fails);
        const text = {
          succeeded: of(false)
            .map(({ row }) => row)
            .join(''),
          failed: of(true)
            .map(({ row }) => row)
            .join(''),
        };
        expect(await tasksOf(reportOf(text), report('Failed'))).toEqual(of(true).map(({ line }) => line));
        expect(await tasksOf(reportOf(text), report('All'))).toHaveLength(tasks.length);
      }),
      { numRuns: 100 },
    );
  });

  test.each<[string, Objects, RegExp]>([
    ['that is no report', { 'm/manifest': '{"Format": "x"}' }, /is not the manifest.json of a completion report/],
    [
      'with a line of other columns',
      reportOf({ ...rows, succeeded: 'a,b,c\r\n' }),
      /^Line 1 of s3:.*succeeded.csv is not a line/,
    ],
    ['with a quote that stays open', reportOf({ ...rows, failed: 'photos,"a,b' }), /not properly formatted CSV/],
    [
      'with a file that changed',
      { ...reportOf(rows), 'reports/job-1/failed.csv': 'photos,a,,failed,1,x,y\r\n' },
      /MD5/,
    ],
  ])('%s is refused', async (_, objects, reason) => {
    await expect(tasksOf(objects, report('All'))).rejects.toMatchObject(invalidManifest(reason));
  });
});
