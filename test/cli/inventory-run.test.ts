import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type InventoryConfiguration,
  ListObjectsV2Command,
  PutBucketInventoryConfigurationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { localInventoryWriter } from '../../cli/inventory/local-writer.ts';
import type { Clock } from '../../local/clock.ts';
import { FaultInjector } from '../../local/faults/fault-injector.ts';
import { InventoryDesk } from '../../local/inventory/inventory-desk.ts';
import type { InventoryBook } from '../../local/s3/storage/inventory-book.ts';
import { createFrontDoor, type FrontDoor } from '../../local/server/front-door.ts';
import { startS3, type TestS3 } from '../local/s3/s3-harness.ts';
import { linesOf, runCli } from './support/run-cli.ts';

const NOON = Date.UTC(2026, 2, 4, 12);
const DAY = 86_400_000;

let s3: TestS3;
let door: FrontDoor;
let now = NOON;

/** It stands still; what it is asked to wait for never comes. */
const clock: Clock = { now: () => now, after: () => () => undefined };

const desks: InventoryDesk[] = [];

beforeAll(async () => {
  s3 = await startS3({ clock: () => now, inventoryFields: localInventoryWriter.optionalFields });
  for (const bucket of ['photos', 'inventories']) await s3.service.createBucket(bucket);
  for (const Key of ['a b', 'c']) await s3.client.send(new PutObjectCommand({ Bucket: 'photos', Key, Body: 'hello' }));
  door = await createFrontDoor({ host: '127.0.0.1', port: 0, faults: new FaultInjector() });
  door.open({ s3: s3.service }, open());
});

afterEach(() => {
  jest.restoreAllMocks();
});

afterAll(async () => {
  for (const desk of desks) await desk.stop();
  await door.close(0);
  await s3.stop();
});

/** A desk as the local cloud has it at a start. */
function open(book: InventoryBook = s3.service.inventories): InventoryDesk {
  const place = { endpoint: door.endpoint, region: 'us-east-1' };
  const desk = new InventoryDesk({ book, writer: localInventoryWriter, clock, s3: place });
  desks.push(desk);
  return desk;
}

async function configure(id: string, changes: Partial<InventoryConfiguration> = {}, destination = 'inventories') {
  const InventoryConfiguration: InventoryConfiguration = {
    Id: id,
    IsEnabled: true,
    IncludedObjectVersions: 'Current',
    Schedule: { Frequency: 'Daily' },
    OptionalFields: ['Size'],
    Destination: { S3BucketDestination: { Bucket: `arn:aws:s3:::${destination}`, Format: 'CSV', Prefix: 'of/' } },
    ...changes,
  };
  const command = new PutBucketInventoryConfigurationCommand({ Bucket: 'photos', Id: id, InventoryConfiguration });
  await s3.client.send(command);
}

const run = (...flags: string[]) => runCli(['inventory', 'run', ...flags], { endpoint: door.endpoint });

async function keysOf(id: string): Promise<string[]> {
  const asked = new ListObjectsV2Command({ Bucket: 'inventories', Prefix: `of/photos/${id}/` });
  const { Contents = [] } = await s3.client.send(asked);
  return Contents.map(({ Key = '' }) => Key.slice(`of/photos/${id}/`.length).replace(/[0-9a-f-]{36}/, 'UUID'));
}

async function textOf(id: string, name: string): Promise<string> {
  const place = { Bucket: 'inventories', Key: `of/photos/${id}/${name}` };
  return (await (await s3.client.send(new GetObjectCommand(place))).Body?.transformToString()) ?? '';
}

describe('drover inventory run', () => {
  test('writes reports of the enabled configurations now, and says where they are', async () => {
    await configure('run');
    await configure('run-not', { IsEnabled: false });
    expect(await run('--bucket', 'photos')).toEqual({
      code: 0,
      stdout: 'run of photos: s3://inventories/of/photos/run/2026-03-04T12-00Z/manifest.json (2 lines)\n',
      stderr: '',
    });
    expect(await keysOf('run')).toEqual([
      '2026-03-04T12-00Z/manifest.checksum',
      '2026-03-04T12-00Z/manifest.json',
      'data/UUID.csv.gz',
      'hive/dt=2026-03-04-12-00/symlink.txt',
    ]);
    expect(await keysOf('run-not')).toEqual([]);
  });

  test('asked again within the minute, lets the report alone and says so', async () => {
    await configure('again');
    const written = JSON.parse((await run('--id', 'again', '--json')).stdout);
    expect(written).toMatchObject({ Bucket: 'photos', Id: 'again', Format: 'CSV', Lines: 2, Files: 1 });
    const { code, stdout } = await run('--id', 'again');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^again of photos: .*\/manifest.json \(the report of this minute was there already\)\n$/);
    const { ETag } = await s3.client.send(
      new HeadObjectCommand({ Bucket: 'inventories', Key: written.Manifest.slice('s3://inventories/'.length) }),
    );
    expect(ETag).toBe(`"${written.ETag}"`);
  });

  test('honours format, versions, prefix and encryption', async () => {
    const S3BucketDestination = {
      Bucket: 'arn:aws:s3:::inventories',
      Format: 'Parquet',
      Prefix: 'of',
      Encryption: { SSEKMS: { KeyId: 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555' } },
    } as const;
    const Destination = { S3BucketDestination };
    await configure('all', { IncludedObjectVersions: 'All', Filter: { Prefix: 'a' }, Destination });
    const written = JSON.parse((await run('--id', 'all', '--json')).stdout);
    expect(written).toMatchObject({ Format: 'Parquet', IncludedObjectVersions: 'All', Lines: 1 });
    const manifest = await textOf('all', '2026-03-04T12-00Z/manifest.json');
    expect(JSON.parse(manifest)).toMatchObject({
      fileFormat: 'Parquet',
      destinationBucket: 'arn:aws:s3:::inventories',
    });
    expect(JSON.parse(manifest).fileSchema).toContain('is_delete_marker');
    const head = await s3.client.send(
      new HeadObjectCommand({ Bucket: 'inventories', Key: 'of/photos/all/2026-03-04T12-00Z/manifest.checksum' }),
    );
    expect(head).toMatchObject({ ServerSideEncryption: 'aws:kms' });
  });

  test('says why there is no report', async () => {
    await configure('nowhere', {}, 'no-such-bucket');
    const failed = await run('--id', 'nowhere');
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(linesOf(failed.stderr)).toHaveLength(1);
    expect(failed.stderr).toMatch(
      /^drover: The inventory nowhere of the bucket photos was not written: .*no-such-bucket.* Does the bucket exist/,
    );
    expect(await run('--id', 'none')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^drover: There is no inventory configuration "none"\. PutBucketInventory/),
    });
    await configure('off', { IsEnabled: false });
    expect(await run('--id', 'off', '--bucket', 'photos')).toMatchObject({
      code: 1,
      stderr: 'drover: No inventory configuration "off" of the bucket photos is enabled.\n',
    });
  });
});

describe('a report that is due', () => {
  const DUE = '2026-03-05T00-00Z';

  /** A start of the cloud a day later, from which this configuration is seen alone; ends when it has looked. */
  async function nextStart(id: string): Promise<void> {
    const all = s3.service.inventories;
    const book: InventoryBook = {
      all: () => all.all().filter(({ inventory }) => inventory.id === id),
      settle: (...settled) => all.settle(...settled),
    };
    await startOnce(book);
  }

  async function startOnce(book: InventoryBook): Promise<void> {
    const desk = open(book);
    const looked = new Promise<void>((done) => {
      const spied = jest.spyOn(clock, 'after').mockImplementation(() => {
        spied.mockRestore();
        done();
        return () => undefined;
      });
    });
    desk.start();
    await looked;
    await desk.stop();
  }

  async function configureADayAgo(id: string): Promise<void> {
    now = NOON;
    await configure(id);
    now = NOON + DAY;
  }

  test('is written once, at the start, and named after its time', async () => {
    await configureADayAgo('due');
    await nextStart('due');
    expect(await keysOf('due')).toContain(`${DUE}/manifest.checksum`);
    const before = await textOf('due', `${DUE}/manifest.json`);
    await nextStart('due');
    expect(await textOf('due', `${DUE}/manifest.json`)).toBe(before);
    expect(await keysOf('due')).toHaveLength(4);
  });

  test('and was written when the cloud was killed, before that was kept, is let alone', async () => {
    await configureADayAgo('kept');
    const forgetful: InventoryBook = {
      all: () => s3.service.inventories.all().filter(({ inventory }) => inventory.id === 'kept'),
      settle: async () => undefined,
    };
    await startOnce(forgetful);
    const manifest = await textOf('kept', `${DUE}/manifest.json`);
    await nextStart('kept');
    expect(await textOf('kept', `${DUE}/manifest.json`)).toBe(manifest);
    expect(await keysOf('kept')).toHaveLength(4);
  });

  test('and was all but announced when the cloud was killed, is announced, and no other is written', async () => {
    await configureADayAgo('cut');
    const book: InventoryBook = {
      all: () => s3.service.inventories.all().filter(({ inventory }) => inventory.id === 'cut'),
      settle: async () => undefined,
    };
    await startOnce(book);
    const Key = `of/photos/cut/${DUE}/manifest.checksum`;
    await s3.client.send(new DeleteObjectCommand({ Bucket: 'inventories', Key }));
    await nextStart('cut');
    const manifest = await textOf('cut', `${DUE}/manifest.json`);
    const md5 = createHash('md5').update(manifest).digest('hex');
    expect(await textOf('cut', `${DUE}/manifest.checksum`)).toBe(`${md5}\n`);
    expect(await keysOf('cut')).toHaveLength(4);
  });
});
