import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { md5 } from '../core/manifest/memory-files.ts';
import { s3ControlOf, s3Of, tagJob, untilEnded } from './support/clients.ts';
import { createJsonJob } from './support/json-job.ts';
import { LocalCloud } from './support/local-cloud.ts';
import { createBuckets } from './support/objects.ts';

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;

beforeAll(async () => {
  cloud = await LocalCloud.start();
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  await createBuckets(s3, 'lists', 'plain');
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  await cloud.remove();
});

type Location = { readonly ObjectArn: string; readonly ETag: string };
type Parts = Readonly<Record<string, unknown>>;

const ANY_ETAG = '60e460c9d1046e73f7dde5043ac3ae85';
const Spec = { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] };
const InventorySpec = { Format: 'S3InventoryReport_CSV_20161130' };

async function put(Key: string, Body: Buffer | string): Promise<Location> {
  const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket: 'lists', Key, Body }));
  return { ObjectArn: `arn:aws:s3:::lists/${Key}`, ETag };
}

/** A manifest of the user's own columns. */
async function table(Key: string, Body: Buffer | string, Format: string, more: object = {}): Promise<Parts> {
  return {
    Manifest: { Drover: { Format, Columns: { Key: 'key' }, Bucket: 'data', ...more }, Location: await put(Key, Body) },
  };
}

async function csv(name: string, text: string | Buffer, more: object = {}): Promise<Parts> {
  return { Manifest: { Spec, Location: await put(name, text), ...more } };
}

/** An inventory of two files; the second has the lines. */
async function inventory(name: string, lines: string, changes: object = {}, ofFile: object = {}): Promise<Parts> {
  const data = [gzipSync('"data","a"\n'), gzipSync(lines)];
  const files: object[] = [];
  for (const [n, body] of data.entries()) {
    const key = `${name}/data/${n}.csv.gz`;
    await put(key, body);
    files.push({ key, size: body.length, MD5checksum: md5(body), ...(n === 1 ? ofFile : {}) });
  }
  const document = {
    ...{ sourceBucket: 'data', destinationBucket: 'arn:aws:s3:::lists', version: '2016-11-30', fileFormat: 'CSV' },
    ...{ fileSchema: 'Bucket, Key', files },
    ...changes,
  };
  return { Manifest: { Spec: InventorySpec, Location: await put(`${name}/manifest.json`, JSON.stringify(document)) } };
}

/** What is wrong, a request that has it, the code and the reason that its job fails with. */
type Row = readonly [wrong: string, request: () => Promise<Parts>, code: string, reason: string];

const ROWS: readonly Row[] = [
  [
    'another ETag',
    async () => {
      const { ObjectArn } = await put('etag.csv', 'data,a\n');
      return { Manifest: { Spec, Location: { ObjectArn, ETag: ANY_ETAG } } };
    },
    'ManifestETagMismatch',
    `The manifest s3://lists/etag.csv does not have the ETag "${ANY_ETAG}" that the job was created with: it was changed since.`,
  ],
  [
    'no such manifest',
    async () => ({ Manifest: { Spec, Location: { ObjectArn: 'arn:aws:s3:::lists/none.csv', ETag: ANY_ETAG } } }),
    'ManifestNotFound',
    'There is no manifest at s3://lists/none.csv.',
  ],
  [
    'no such bucket',
    async () => ({ Manifest: { Spec, Location: { ObjectArn: 'arn:aws:s3:::nowhere/none.csv', ETag: ANY_ETAG } } }),
    'ManifestNotFound',
    'There is no manifest at s3://nowhere/none.csv.',
  ],
  [
    'an inventory taken for a CSV',
    () => csv('an/manifest.json', '{"files":[]}'),
    'InvalidManifestContent',
    's3://lists/an/manifest.json is JSON, not CSV: ask for the format of what it lists, such as Manifest.Spec.Format "S3InventoryReport_CSV_20161130"',
  ],
  ['an empty CSV', () => csv('empty.csv', ''), 'InvalidManifestContent', 'The manifest names no objects'],
  [
    'a line with other columns',
    () => csv('columns.csv', 'data,a\ndata,b,c\n'),
    'InvalidManifestContent',
    'Unexpected number of task fields: 3 where Fields names 2 (line 2 of s3://lists/columns.csv)',
  ],
  [
    'a line of titles',
    () => csv('titles.csv', 'Bucket,Key\ndata,a\n'),
    'InvalidManifestContent',
    'The first line looks like a header: a CSV manifest has none. Take it out, or ask for Manifest.Drover.Header "Skip" ("None" if it names an object)',
  ],
  [
    'a key that is badly encoded',
    () => csv('key.csv', 'data,a%zz\n'),
    'InvalidManifestContent',
    'Invalid object key format "a%zz": keys are URL-encoded, a literal % is %25 (line 1 of s3://lists/key.csv)',
  ],
  [
    'quotes that are not closed',
    () => csv('quotes.csv', 'data,a\n"data,b\n'),
    'InvalidManifestContent',
    'Manifest file is not properly formatted: quotes are not balanced (line 2 of s3://lists/quotes.csv)',
  ],
  [
    'a bucket that can be none',
    () => csv('bucket.csv', 'no bucket,a\n'),
    'InvalidManifestContent',
    'Invalid bucket name "no bucket" (line 1 of s3://lists/bucket.csv)',
  ],
  [
    'half a gzip file',
    () => csv('half.csv.gz', gzipSync('data,a\n'.repeat(99)).subarray(0, 20)),
    'InvalidManifestContent',
    's3://lists/half.csv.gz is not a whole gzip file: unexpected end of file',
  ],
  [
    'an inventory that is no JSON',
    async () => ({ Manifest: { Spec: InventorySpec, Location: await put('no.json', 'data,a\n') } }),
    'InvalidManifestContent',
    's3://lists/no.json is not the manifest.json of an inventory report: it is no JSON object',
  ],
  [
    'an inventory in ORC',
    () => inventory('orc', '', { fileFormat: 'ORC' }),
    'InvalidManifestContent',
    's3://lists/orc/manifest.json says that its files are ORC, not CSV: configure the inventory to be CSV or Parquet, or UNLOAD its table by Athena to Parquet',
  ],
  [
    'an inventory without keys',
    () => inventory('schema', '', { fileSchema: 'Bucket, Size' }),
    'InvalidManifestContent',
    'Required fields are missing in the schema: Key (s3://lists/schema/manifest.json)',
  ],
  [
    'a bad line of an inventory',
    () => inventory('line', '"data","b"\n"data"\n'),
    'InvalidManifestContent',
    'Unexpected number of task fields: 1 where Fields names 2 (line 2 of s3://lists/line/data/1.csv.gz)',
  ],
  [
    'a changed file of an inventory',
    () => inventory('md5', '"data","b"\n', {}, { MD5checksum: md5(Buffer.from('')) }),
    'InvalidManifestContent',
    's3://lists/md5/data/1.csv.gz has the MD5 2fb624d774bd314944530b89baf203eb, but its manifest says d41d8cd98f00b204e9800998ecf8427e: it was changed, or is not whole',
  ],
  [
    'a missing file of an inventory',
    () => inventory('gone', '"data","b"\n', {}, { key: 'gone/data/none.csv.gz' }),
    'ManifestNotFound',
    'The manifest’s file s3://lists/gone/data/none.csv.gz is not there.',
  ],
  [
    'Parquet that is none',
    () => table('t.parquet', 'key\na\n', 'Parquet'),
    'InvalidManifestContent',
    's3://lists/t.parquet cannot be read as Parquet: it does not end in PAR1',
  ],
  [
    'a CSV table without the column',
    () => table('t.csv', 'name\na\n', 'CSV'),
    'InvalidManifestContent',
    's3://lists/t.csv has no column key; it has name',
  ],
  [
    'a row without a key',
    () => table('t.jsonl', '{"key":"a"}\n{"key":null}\n', 'JSONLines'),
    'InvalidManifestContent',
    'Column key is empty, which should hold the key (line 2 of s3://lists/t.jsonl)',
  ],
  [
    'a line that is not JSON',
    () => table('u.jsonl', '{"key":"a"}\nkey\n', 'JSONLines'),
    'InvalidManifestContent',
    'The line is not JSON (line 2 of s3://lists/u.jsonl)',
  ],
  [
    'a prefix without files',
    async () => ({
      Manifest: {
        Drover: { Format: 'Parquet', Columns: { Key: 'key' }, Bucket: 'data' },
        Location: { ObjectArn: 'arn:aws:s3:::lists/nothing/' },
      },
    }),
    'InvalidManifestContent',
    'There are no files at s3://lists/nothing/',
  ],
  [
    'an inventory taken for a report',
    async () => ({
      Manifest: { Drover: { Format: 'Report_CSV_20180820' }, Location: await put('r.json', '{"files":[]}') },
    }),
    'InvalidManifestContent',
    's3://lists/r.json is not the manifest.json of a completion report',
  ],
  [
    'a filter that nothing passes',
    () => csv('filtered.csv', 'data,a\n', { Drover: { Filter: { KeyNameConstraint: { MatchAnyPrefix: ['b'] } } } }),
    'InvalidManifestContent',
    'The filter left out every line of the manifest (1)',
  ],
  [
    'a listing that finds nothing',
    async () => generator('plain'),
    'ManifestGenerationFoundNoKeys',
    'Manifest generation found no keys matching the filter criteria.',
  ],
  [
    'a listing of no bucket',
    async () => generator('nowhere'),
    'ManifestGenerationFailed',
    'There is no bucket nowhere to list: NoSuchBucket: The specified bucket does not exist',
  ],
  [
    'a lock in a bucket without Object Lock',
    async () => ({
      ...(await csv('lock.csv', 'plain,a\n')),
      Operation: { S3PutObjectLegalHold: { LegalHold: { Status: 'ON' } } },
    }),
    'ObjectLockNotEnabled',
    'The bucket plain has neither versioning nor Object Lock, without which its objects cannot be locked',
  ],
  [
    'a directory bucket',
    () => csv('express.csv', 'fast--use1-az4--x-s3,a\n'),
    'InvalidManifestContent',
    'The manifest names fast--use1-az4--x-s3: directory buckets are not supported',
  ],
];

function generator(bucket: string): Parts {
  const S3JobManifestGenerator = { SourceBucket: `arn:aws:s3:::${bucket}`, EnableManifestOutput: false };
  return { Manifest: undefined, ManifestGenerator: { S3JobManifestGenerator } };
}

/** Runs a job that must fail before its first task, and answers why it says it did. */
async function reasonsOf(request: Parts, where: LocalCloud, client: S3ControlClient) {
  const { AccountId: _, ...job } = tagJob({ arn: '', etag: '' });
  const failed = await untilEnded(client, await createJsonJob(where, { ...job, ...request }));
  expect(failed).toMatchObject({ Status: 'Failed', ProgressSummary: { NumberOfTasksSucceeded: 0 } });
  return failed.FailureReasons;
}

test.each(ROWS)(
  'a job fails with S3’s code and says what is wrong: %s',
  async (_, request, FailureCode, FailureReason) => {
    expect(await reasonsOf(await request(), cloud, control)).toEqual([{ FailureCode, FailureReason }]);
  },
  60_000,
);

describe('with an S3 that refuses', () => {
  let stub: Server;
  let other: LocalCloud;
  let client: S3ControlClient;

  beforeAll(async () => {
    stub = createServer(refuse).listen(0, '127.0.0.1');
    await once(stub, 'listening');
    other = await LocalCloud.start('--s3-endpoint', `http://127.0.0.1:${(stub.address() as AddressInfo).port}`);
    client = s3ControlOf(other);
  }, 150_000);

  afterAll(async () => {
    client.destroy();
    await other.remove();
    stub.closeAllConnections();
    await new Promise((done) => stub.close(done));
  });

  test.each<readonly [wrong: string, bucket: string, code: string, reason: string]>([
    [
      'access denied',
      'denied',
      'ManifestReadForbidden',
      "Reading the manifest is forbidden: AccessDenied. The job's role needs s3:GetObject on s3://denied/m.csv.",
    ],
    [
      'a bucket in another Region is followed there',
      'elsewhere',
      'ManifestNotFound',
      'There is no manifest at s3://elsewhere/m.csv.',
    ],
    [
      'a bucket whose Region nobody tells',
      'lost',
      'ManifestNotReadable',
      'S3 refused to read the manifest s3://lost/m.csv: HTTP status 301.',
    ],
  ])(
    'a job fails with S3’s code and says what is wrong: %s',
    async (_, bucket, FailureCode, FailureReason) => {
      const Location = { ObjectArn: `arn:aws:s3:::${bucket}/m.csv`, ETag: ANY_ETAG };
      expect(await reasonsOf({ Manifest: { Spec, Location } }, other, client)).toEqual([
        { FailureCode, FailureReason },
      ]);
    },
    60_000,
  );

  test.each([
    ['denied', 'Listing the bucket denied is forbidden'],
    ['elsewhere', 'There is no bucket elsewhere to list'],
  ])(
    'so does one whose manifest is a listing of such a bucket: %s',
    async (bucket, reason) => {
      expect(await reasonsOf(generator(bucket), other, client)).toEqual([
        { FailureCode: 'ManifestGenerationFailed', FailureReason: expect.stringContaining(reason) },
      ]);
    },
    60_000,
  );
});

/** What S3 answers where the role may not read, and where the bucket is in eu-west-1. */
function refuse({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
  const there = headers.authorization?.includes('/eu-west-1/s3/') === true;
  const [, bucket = ''] = url.split(/[/?]/);
  if (bucket === 'denied') answer(response, 403, 'AccessDenied', 'Access Denied');
  else if (bucket === 'elsewhere' && there) answer(response, 404, 'NoSuchBucket', 'There is no such bucket');
  else {
    if (bucket === 'elsewhere') response.setHeader('x-amz-bucket-region', 'eu-west-1');
    answer(response, 301, 'PermanentRedirect', 'The bucket is elsewhere');
  }
}

function answer(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}
