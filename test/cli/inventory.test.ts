import { gunzipSync } from 'node:zlib';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startS3, type TestS3 } from '../local/s3/s3-harness.ts';
import { FakeDrover } from './support/fake-drover.ts';
import { linesOf, runCli } from './support/run-cli.ts';

const MINUTE = Date.UTC(2026, 2, 1, 1, 7);
const KEYS = ['a b+c.txt', 'übung/ñ,"q".txt', 'line\nbreak', '100%', 'plain'];

let s3: TestS3;
let minutes = 0;

beforeAll(async () => {
  s3 = await startS3();
  for (const bucket of ['photos', 'inventories']) await s3.service.createBucket(bucket);
  await s3.service.createBucket('versions', { versioned: true });
  for (const Key of KEYS) await s3.client.send(new PutObjectCommand({ Bucket: 'photos', Key, Body: 'hello' }));
  for (const Body of ['1', '22']) await s3.client.send(new PutObjectCommand({ Bucket: 'versions', Key: 'k', Body }));
  await s3.client.send(new DeleteObjectCommand({ Bucket: 'versions', Key: 'k' }));
});

afterAll(() => s3.stop());

const endpoint = (): string => `http://127.0.0.1:${s3.port}`;

/** Each run in a minute of its own, as reports are named by it. */
function create(bucket: string, ...flags: string[]) {
  const at = MINUTE + 60_000 * minutes++;
  const argv = ['inventory', 'create', '--bucket', bucket, '--destination', 's3://inventories/now/', ...flags];
  return runCli(argv, { endpoint: endpoint(), now: () => at });
}

async function read(key: string): Promise<Buffer> {
  const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: 'inventories', Key: key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

async function linesIn(stdout: string): Promise<string[]> {
  const { Manifest: manifest } = JSON.parse(stdout) as { Manifest: string };
  const key = manifest.slice('s3://inventories/'.length);
  const { files } = JSON.parse((await read(key)).toString()) as { files: { key: string }[] };
  const texts = await Promise.all(files.map(async (file) => gunzipSync(await read(file.key)).toString()));
  return linesOf(texts.join(''));
}

describe('drover inventory create', () => {
  test('writes a report, and says where it is, what it is, and what comes next', async () => {
    const { code, stdout, stderr } = await create('photos');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const manifest = 's3://inventories/now/photos/inventory/2026-03-01T01-07Z/manifest.json';
    const { ETag } = await s3.client.send(
      new HeadObjectCommand({ Bucket: 'inventories', Key: manifest.slice('s3://inventories/'.length) }),
    );
    const [first, second, third] = linesOf(stdout);
    expect(first).toBe(`Manifest  ${manifest}`);
    expect(second).toBe(`ETag      ${ETag?.replaceAll('"', '')}`);
    expect(third).toBe('Lines     5 objects');
    expect(linesOf(stdout).at(-1)).toMatch(`drover jobs create --manifest ${manifest} --operation`);
  });

  test('as JSON has the same for programs, and the lines name all keys', async () => {
    const { stdout } = await create('photos', '--json', '--fields', 'Size');
    expect(JSON.parse(stdout)).toMatchObject({ Format: 'CSV', IncludedObjectVersions: 'Current', Lines: 5, Files: 1 });
    expect((await linesIn(stdout)).sort()).toEqual(
      ['100%25', '%C3%BCbung/%C3%B1%2C%22q%22.txt', 'a%20b%2Bc.txt', 'line%0Abreak', 'plain']
        .map((key) => `"photos","${key}","5"`)
        .sort(),
    );
  });

  test('of all versions has a line for each, delete markers too', async () => {
    const { stdout } = await create('versions', '--json', '--versions', 'all', '--fields', 'Size,IsMultipartUploaded');
    const lines = (await linesIn(stdout)).map((line) => line.replace(/^("versions","k"),"[^"]+"/, '$1,id'));
    expect(lines).toEqual([
      '"versions","k",id,"true","true","",""',
      '"versions","k",id,"false","false","2","false"',
      '"versions","k",id,"false","false","1","false"',
    ]);
  });

  test('of all versions tells how a job leaves delete markers out', async () => {
    expect((await create('versions', '--versions', 'all')).stdout).toMatch(/DeleteMarkers: Skip.*EmptyVersion: 'Null'/);
    expect((await create('versions')).stdout).not.toMatch('DeleteMarkers');
  });

  test('where there is nothing, writes a report without data files and no more words', async () => {
    const warned = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { code, stdout } = await create('photos', '--json', '--prefix', 'nothing');
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, Lines: 0, Files: 0 });
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  test('takes keys under a prefix only, and encrypts as it is told', async () => {
    const { stdout } = await create('photos', '--json', '--prefix', 'p', '--sse', 'kms', '--kms-key', 'alias/mine');
    expect(JSON.parse(stdout)).toMatchObject({ Lines: 1 });
    const { Manifest: manifest } = JSON.parse(stdout) as { Manifest: string };
    const Key = manifest.slice('s3://inventories/'.length);
    const head = await s3.client.send(new HeadObjectCommand({ Bucket: 'inventories', Key }));
    expect(head.ServerSideEncryption).toBe('aws:kms');
  });

  test('a second report of the same minute is refused', async () => {
    const again = async () =>
      await runCli(['inventory', 'create', '--bucket', 'photos', '--destination', 's3://inventories/twice'], {
        endpoint: endpoint(),
        now: () => MINUTE,
      });
    expect((await again()).code).toBe(0);
    expect(await again()).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^drover: There is a report of this minute already: .* try again in the next\.\n$/),
    });
  });

  test('ended by Ctrl-C leaves no manifest and says so', async () => {
    const { Contents: before = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: 'inventories' }));
    const outcome = await runCli(
      ['inventory', 'create', '--bucket', 'photos', '--destination', 's3://inventories/cut'],
      {
        endpoint: endpoint(),
        onListening: (press) => press(),
      },
    );
    expect(outcome).toEqual({
      code: 130,
      stderr: '',
      stdout: expect.stringMatching(/^Stopped\. No report was written/),
    });
    const { Contents: after = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: 'inventories' }));
    expect(after.length).toBe(before.length);
  });

  test.each([
    [['--fields', 'Size,EncryptionStatus'], 2, /EncryptionStatus is in no listing: only a HeadObject of each object/],
    [['--format', 'ORC'], 2, /not written in ORC: take Parquet/],
    [['--format', 'XML'], 2, /--format must be CSV or Parquet, not 'XML'/],
    [['--id', 'a/b'], 2, /--id must be 1 to 64 letters/],
    [['--kms-key', 'k'], 2, /--kms-key is only for --sse kms/],
    [['--destination', 's3://nowhere'], 1, /NoSuchBucket.*Does the bucket exist/],
    [['--bucket', 'nowhere'], 1, /^drover: There is no bucket nowhere to list \(NoSuchBucket/],
  ])('with %p is refused in the words of the problem', async (flags, code, words) => {
    const outcome = await create('photos', ...flags);
    expect(outcome).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(words) });
  });
});

describe('drover inventory list', () => {
  test('lists the reports under a destination, newest first', async () => {
    const at = Date.UTC(2027, 0, 1);
    for (const [id, hours] of [
      ['late', 1],
      ['early', 0],
    ] as const) {
      const argv = ['inventory', 'create', '--bucket', 'photos', '--destination', 's3://inventories/list', '--id', id];
      await runCli(argv, { endpoint: endpoint(), now: () => at + hours * 3_600_000 });
    }
    const listed = await runCli(['inventory', 'list', '--destination', 's3://inventories/list', '--json'], {
      endpoint: endpoint(),
    });
    expect(linesOf(listed.stdout).map((line) => JSON.parse(line))).toMatchObject([
      {
        SourceBucket: 'photos',
        Id: 'late',
        ReportTime: '2027-01-01T01-00Z',
        Manifest: 's3://inventories/list/photos/late/2027-01-01T01-00Z/manifest.json',
      },
      { Id: 'early', ReportTime: '2027-01-01T00-00Z' },
    ]);
  });

  test('of a place without any says so', async () => {
    const argv = ['inventory', 'list', '--destination', 's3://inventories/none'];
    expect(await runCli(argv, { endpoint: endpoint() })).toEqual({
      code: 0,
      stdout: 'There are no inventory reports.\n',
      stderr: '',
    });
  });
});

describe('drover jobs create on an inventory', () => {
  const manifestOf = async (...flags: string[]): Promise<unknown> => {
    const fake = await FakeDrover.start(({ method }) =>
      method === 'HEAD' ? { headers: { etag: '"e"' } } : { body: { JobId: '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c' } },
    );
    try {
      const rest = [
        '--role-arn',
        'arn:aws:iam::000000000000:role/r',
        '--operation',
        'delete-object-tagging',
        '--no-report',
      ];
      await runCli(['jobs', 'create', ...flags, ...rest], { endpoint: fake.endpoint });
      const sent = fake.received.find(({ method }) => method === 'POST');
      return (JSON.parse(sent?.body ?? '{}') as { Manifest?: unknown }).Manifest;
    } finally {
      await fake.close();
    }
  };

  test('knows a manifest.json for one, and takes Parquet when told', async () => {
    const Location = { ObjectArn: 'arn:aws:s3:::i/x/manifest.json', ETag: 'e' };
    expect(await manifestOf('--manifest', 's3://i/x/manifest.json')).toEqual({
      Spec: { Format: 'S3InventoryReport_CSV_20161130' },
      Location,
    });
    const parquet = ['--manifest', 's3://i/x/manifest.json', '--manifest-format', 'inventory-parquet'];
    expect(await manifestOf(...parquet)).toEqual({ Drover: { Format: 'S3InventoryReport_Parquet' }, Location });
  });

  test('refuses names for its columns', async () => {
    const outcome = await runCli(['jobs', 'create', '--manifest', 's3://i/x/manifest.json', '--fields', 'Bucket,Key']);
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(/names its columns itself/) });
  });
});
