import { execFileSync } from 'node:child_process';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createFunction } from '../../examples/demo/functions.ts';
import { md5 } from '../core/manifest/memory-files.ts';
import { duckdbFile } from '../support/duckdb-files.ts';
import { keysOf, lambdaOf, reportLines, s3ControlOf, s3Of, tagJob, untilEnded } from './support/clients.ts';
import { argumentsFunction } from './support/functions.ts';
import { createJsonJob } from './support/json-job.ts';
import { LocalCloud } from './support/local-cloud.ts';
import { createBuckets, putObjects, untagged } from './support/objects.ts';

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;
let lambda: LambdaClient;

/** A placeholder. */
const hole = (name: string) => `\${${name}}`;

const KEYS = Array.from({ length: 12 }, (_, n) => `photos/${n} a+b.jpg`);
const OWNERS = ['ann', 'bob', 'eve'];
const ownerOf = (key: string): string => OWNERS[KEYS.indexOf(key) % OWNERS.length] ?? '';
const spelled = (key: string): string => encodeURIComponent(key).replaceAll('%2F', '/');
const LINES = KEYS.map((key) => `data,${spelled(key)},${ownerOf(key)}\n`).join('');
const NAMED = {
  Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key', 'Ignore'] },
  Drover: { ColumnNames: ['Bucket', 'Key', 'Owner'] },
};
const ownerTag = { S3PutObjectTagging: { TagSet: [{ Key: 'owner', Value: hole('Owner') }] } };

beforeAll(async () => {
  cloud = await LocalCloud.start();
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  lambda = lambdaOf(cloud);
  await createBuckets(s3, 'data', 'copies', 'lists', 'reports');
  await putObjects(s3, 'data', KEYS);
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  lambda.destroy();
  await cloud.remove();
});

async function put(Key: string, Body: Buffer | string): Promise<{ ObjectArn: string; ETag: string }> {
  const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket: 'lists', Key, Body }));
  return { ObjectArn: `arn:aws:s3:::lists/${Key}`, ETag };
}

/** A job with task parameters, run to its end. */
async function run(Operation: object, source: object, options: object = {}) {
  const { AccountId: _, Manifest: __, ...request } = tagJob({ arn: '', etag: '' });
  const Drover = { TaskParameters: true, ...options };
  const jobId = await createJsonJob(cloud, { ...request, Operation, ...source, Drover });
  return { jobId, job: await untilEnded(control, jobId) };
}

/** Objects that do not have the tag that they should. */
async function wronglyTagged(tagOf: (key: string) => string): Promise<string[]> {
  return (await Promise.all(KEYS.map((key) => untagged(s3, 'data', [key], tagOf(key))))).flat();
}

const all = { Status: 'Complete', ProgressSummary: { NumberOfTasksSucceeded: KEYS.length, NumberOfTasksFailed: 0 } };

test('a CSV gives each object a tag of its own, and a retry those that failed', async () => {
  const [gone = ''] = KEYS;
  await s3.send(new DeleteObjectCommand({ Bucket: 'data', Key: gone }));
  const Manifest = { ...NAMED, Location: await put('owners.csv', `${LINES}data,nobodys.jpg,\n`) };
  const first = await run(ownerTag, { Manifest });
  expect(first.job).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { NumberOfTasksSucceeded: KEYS.length - 1, NumberOfTasksFailed: 2 },
  });
  const failed = (await reportLines(s3, first.jobId)).filter((line) => line.includes(',failed,'));
  expect(failed.map((line) => line.split(',')[5]).sort()).toEqual(['InvalidTaskParameter', 'NoSuchKey']);

  await putObjects(s3, 'data', [gone]);
  const Drover = { CloneOf: first.jobId, TasksOf: { JobId: first.jobId, Tasks: 'Failed' } };
  const retry = await createJsonJob(cloud, { ClientRequestToken: crypto.randomUUID(), Drover });
  expect(await untilEnded(control, retry)).toMatchObject({
    ProgressSummary: { NumberOfTasksSucceeded: 1, NumberOfTasksFailed: 1 },
  });
  expect(await wronglyTagged((key) => `owner=${ownerOf(key)}`)).toEqual([]);
}, 90_000);

test('an inventory tags by its own columns; one that it lacks fails the job before any task', async () => {
  const rows = KEYS.map((key, n) => `"data","${spelled(key)}","${n * 100}"\n`).join('');
  const data = execFileSync('gzip', ['-c'], { input: rows });
  await put('inventory/data/0', data);
  const manifest = {
    sourceBucket: 'data',
    destinationBucket: 'arn:aws:s3:::lists',
    version: '2016-11-30',
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, Size',
    files: [{ key: 'inventory/data/0', size: data.length, MD5checksum: md5(data) }],
  };
  const Location = await put('inventory/manifest.json', JSON.stringify(manifest));
  const Manifest = { Spec: { Format: 'S3InventoryReport_CSV_20161130' }, Location };
  const tag = (Value: string) => ({ Drover: { MergeTags: { TagSet: [{ Key: 'owner', Value }] } } });

  expect((await run(tag(`${hole('Size')} bytes`), { Manifest })).job).toMatchObject(all);
  const sized = (key: string): string => `owner=${KEYS.indexOf(key) * 100} bytes`;
  expect(await wronglyTagged(sized)).toEqual([]);

  expect((await run(tag(hole('Owner')), { Manifest })).job).toMatchObject({
    Status: 'Failed',
    FailureReasons: [
      {
        FailureCode: 'InvalidManifestContent',
        FailureReason:
          'Operation.Drover.MergeTags.TagSet[0].Value names the column Owner, which the manifest lacks: it has Bucket, Key, Size',
      },
    ],
    ProgressSummary: { NumberOfTasksSucceeded: 0, NumberOfTasksFailed: 0 },
  });
  expect(await wronglyTagged(sized)).toEqual([]);
}, 90_000);

test('a Parquet table makes the keys of copies', async () => {
  const rows = KEYS.map((key, n) => ({ bkt: 'data', object: key, team: ownerOf(key), n }));
  const types = { bkt: 'VARCHAR', object: 'VARCHAR', team: 'VARCHAR', n: 'INTEGER' };
  const Manifest = {
    Drover: { Format: 'Parquet', Columns: { Bucket: 'bkt', Key: 'object' } },
    Location: await put('t.parquet', await duckdbFile(types, rows, 'FORMAT parquet')),
  };
  const TargetKey = `${hole('team')}/${hole('n')}-${hole('key:name')}`;
  const copy = {
    S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::copies' },
    Drover: { S3PutObjectCopy: { TargetKey } },
  };
  const dry = await run(copy, { Manifest }, { DryRun: true });
  expect(dry.job).toMatchObject(all);
  expect(await keysOf(s3, 'copies')).toEqual([]);

  expect((await run(copy, { Manifest })).job).toMatchObject(all);
  const expected = KEYS.map((key, n) => `${ownerOf(key)}/${n}-${key.replace('photos/', '')}`);
  expect((await keysOf(s3, 'copies')).sort()).toEqual(expected.sort());

  const lacks = await run({ ...copy, Drover: { S3PutObjectCopy: { TargetKey: hole('taem') } } }, { Manifest });
  expect(lacks.job.FailureReasons?.[0]?.FailureReason).toContain('has no column taem; it has bkt, object, team, n');
}, 90_000);

test('a function is given each line’s arguments, many objects of the same at once', async () => {
  const FunctionArn = await createFunction(lambda, await argumentsFunction());
  const invoke = (argument: string) => ({
    LambdaInvoke: { FunctionArn, InvocationSchemaVersion: '2.0', UserArguments: { owner: argument } },
    Drover: { LambdaInvoke: { TasksPerInvocation: 6 } },
  });
  const Manifest = { ...NAMED, Location: await put('arguments.csv', LINES) };
  const messagesOf = async (jobId: string) =>
    Object.fromEntries((await reportLines(s3, jobId)).map((line) => [line.split(',')[1], line.split(',')[6]]));

  const filled = await run(invoke(`of ${hole('Owner')}`), { Manifest });
  expect(filled.job).toMatchObject(all);
  // Twelve objects in batches of six, two of each owner in a batch.
  expect(await messagesOf(filled.jobId)).toEqual(
    Object.fromEntries(KEYS.map((key) => [spelled(key), `of ${ownerOf(key)}: 2`])),
  );

  // In a job that does not ask for it, text is text.
  const plain = await run(invoke(hole('Owner')), { Manifest }, { TaskParameters: undefined });
  expect(await messagesOf(plain.jobId)).toEqual(
    Object.fromEntries(KEYS.map((key) => [spelled(key), `${hole('Owner')}: 6`])),
  );
}, 90_000);

test('a column that is not there is refused when the job is created', async () => {
  const Manifest = { ...NAMED, Location: await put('refused.csv', LINES) };
  const wrong = { S3PutObjectTagging: { TagSet: [{ Key: 'owner', Value: hole('Ownr') }] } };
  await expect(run(wrong, { Manifest })).rejects.toThrow(
    'Operation.S3PutObjectTagging.TagSet[0].Value names the column Ownr, which the manifest lacks: it has Bucket, Key, Owner.',
  );
  await expect(run(ownerTag, { Manifest }, { TaskParameters: undefined })).rejects.toThrow(
    'with Drover.TaskParameters',
  );
});
