import { execFileSync } from 'node:child_process';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { md5 } from '../core/manifest/memory-files.ts';
import { duckdbFile } from '../support/duckdb-files.ts';
import { reportLines, s3ControlOf, s3Of, tagJob, untilEnded } from './support/clients.ts';
import { createJsonJob, describeJsonJob } from './support/json-job.ts';
import { LocalCloud } from './support/local-cloud.ts';
import { createBuckets, putObjects } from './support/objects.ts';

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;

const KEYS = ['photos/a b+c.jpg', 'photos/ü.jpg', 'docs/plain.txt', 'docs/100%.txt'];
const spelled = KEYS.map((key) => encodeURIComponent(key).replaceAll('%2F', '/'));
const ROWS = KEYS.map((key, n) => ({ bucket: 'data', key, size: n, last_modified_date: '2020-01-01 00:00:00' }));
const TYPES = { bucket: 'VARCHAR', key: 'VARCHAR', size: 'BIGINT', last_modified_date: 'TIMESTAMP_MS' };

beforeAll(async () => {
  cloud = await LocalCloud.start();
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  await createBuckets(s3, 'data', 'lists', 'reports');
  await putObjects(s3, 'data', KEYS);
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  await cloud.remove();
});

async function put(Key: string, Body: Buffer | string): Promise<{ ObjectArn: string; ETag: string }> {
  const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket: 'lists', Key, Body }));
  return { ObjectArn: `arn:aws:s3:::lists/${Key}`, ETag };
}

/** gzip of the shell, not Node's. */
const gzipped = (text: string): Buffer => execFileSync('gzip', ['-c'], { input: text });

async function inventory(name: string, fileFormat: string, fileSchema: string, data: Buffer) {
  await put(`${name}/data/0`, data);
  const files = [{ key: `${name}/data/0`, size: data.length, MD5checksum: md5(data) }];
  const more = { sourceBucket: 'data', destinationBucket: 'arn:aws:s3:::lists', version: '2016-11-30' };
  return await put(`${name}/manifest.json`, JSON.stringify({ ...more, fileFormat, fileSchema, files }));
}

/** The job of a manifest, run to its end; its tasks as its report spells them, sorted. */
async function run(Manifest: object) {
  const { AccountId: _, ...request } = tagJob({ arn: '', etag: '' });
  const jobId = await createJsonJob(cloud, { ...request, Manifest });
  const job = await untilEnded(control, jobId);
  const lines = job.Status === 'Complete' ? await reportLines(s3, jobId) : [];
  return { jobId, job, tasks: lines.map((line) => line.split(',').slice(0, 4).join()).sort() };
}

const done = (keys: readonly string[]): string[] => keys.map((key) => `data,${key},,succeeded`).sort();
const Fields = ['Bucket', 'Key'];
const Columns = { Bucket: 'bucket', Key: 'key' };
const Spec = { Format: 'S3BatchOperations_CSV_20180820', Fields };
const plain = spelled.map((key) => `data,${key}\n`).join('');

const FORMATS: readonly (readonly [string, () => Promise<object>])[] = [
  ['a CSV', async () => ({ Spec, Location: await put('m.csv', plain) })],
  ['a CSV packed by gzip', async () => ({ Spec, Location: await put('m.csv.gz', gzipped(plain)) })],
  [
    'a CSV inventory',
    async () => ({
      Spec: { Format: 'S3InventoryReport_CSV_20161130' },
      Location: await inventory('csv', 'CSV', 'Bucket, Key', gzipped(plain)),
    }),
  ],
  [
    'a Parquet inventory',
    async () => ({
      Drover: { Format: 'S3InventoryReport_Parquet' },
      Location: await inventory(
        'pq',
        'Parquet',
        'message s3.inventory {}',
        await duckdbFile(TYPES, ROWS, 'FORMAT parquet'),
      ),
    }),
  ],
  [
    'a Parquet table',
    async () => ({
      Drover: { Format: 'Parquet', Columns },
      Location: await put('t.parquet', await duckdbFile(TYPES, ROWS, 'FORMAT parquet, COMPRESSION zstd')),
    }),
  ],
  [
    'a prefix of CSV files',
    async () => {
      const files = await Promise.all(
        [ROWS.slice(0, 2), ROWS.slice(2)].map((rows) => duckdbFile(TYPES, rows, 'FORMAT csv, HEADER')),
      );
      for (const [n, file] of files.entries()) await put(`unload/${n}.csv.gz`, gzipped(file.toString()));
      await put('unload/_SUCCESS', '');
      return { Drover: { Format: 'CSV', Columns }, Location: { ObjectArn: 'arn:aws:s3:::lists/unload/' } };
    },
  ],
  [
    'JSON Lines',
    async () => ({
      Drover: { Format: 'JSONLines', Columns: { Key: 'key' }, Bucket: 'data' },
      Location: await put('t.jsonl', ROWS.map((row) => `${JSON.stringify(row)}\n`).join('')),
    }),
  ],
];

describe('a job over each manifest', () => {
  test.each(FORMATS)(
    '%s',
    async (_, manifest) => {
      const { job, tasks } = await run(await manifest());
      expect(job).toMatchObject({
        Status: 'Complete',
        ProgressSummary: { TotalNumberOfTasks: 4, NumberOfTasksSucceeded: 4 },
      });
      expect(tasks).toEqual(done(spelled));
    },
    60_000,
  );

  test('a completion report, of what failed', async () => {
    const first = await run({ Spec, Location: await put('with-none.csv', `${plain}data,none\n`) });
    const key = `out/job-${first.jobId}/manifest.json`;
    await putObjects(s3, 'data', ['none']);
    const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
    const { ETag } = await s3.send(new HeadObjectCommand({ Bucket: 'reports', Key: key }));
    const Location = { ObjectArn: `arn:aws:s3:::reports/${key}`, ETag };
    const again = await run({ Drover: { Format: 'Report_CSV_20180820', Tasks: 'Failed' }, Location });
    expect(again.tasks).toEqual(done(['none']));
  }, 60_000);
});

describe('a filter', () => {
  test('leaves lines out, and the job says how many', async () => {
    const Location = await inventory('filtered', 'Parquet', '', await duckdbFile(TYPES, ROWS, 'FORMAT parquet'));
    const Filter = {
      KeyNameConstraint: { MatchAnyGlob: ['photos/*.jpg', '**.txt'] },
      OlderThan: '90d',
      ObjectSizeLessThanBytes: 3,
      First: 2,
    };
    const { jobId, tasks } = await run({ Drover: { Format: 'S3InventoryReport_Parquet', Filter }, Location });
    expect(tasks).toEqual(done(spelled.slice(0, 2)));
    expect(await describeJsonJob(cloud, jobId)).toMatchObject({ Drover: { Filtered: 2 } });
  }, 60_000);

  test('that the manifest has no column for fails the job, which says so', async () => {
    const Location = await inventory('lacking', 'CSV', 'Bucket, Key', gzipped(plain));
    const Drover = { Filter: { OlderThan: '90d' } };
    const { job } = await run({ Spec: { Format: 'S3InventoryReport_CSV_20161130' }, Drover, Location });
    expect(job).toMatchObject({
      Status: 'Failed',
      FailureReasons: [{ FailureReason: expect.stringContaining('OlderThan needs the column LastModifiedDate') }],
    });
  }, 60_000);
});
