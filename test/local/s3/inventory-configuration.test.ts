import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteBucketInventoryConfigurationCommand,
  GetBucketInventoryConfigurationCommand,
  type InventoryConfiguration,
  ListBucketInventoryConfigurationsCommand,
  PutBucketInventoryConfigurationCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startS3, type TestS3 } from './s3-harness.ts';

const NOW = Date.UTC(2026, 2, 1, 12);

let s3: TestS3;

beforeAll(async () => {
  s3 = await startS3({ inventoryFields: ['Size', 'ETag'] });
});

afterAll(() => s3.stop());

const DAILY = {
  Id: 'daily',
  IsEnabled: true,
  IncludedObjectVersions: 'Current',
  Schedule: { Frequency: 'Daily' },
  Destination: { S3BucketDestination: { Bucket: 'arn:aws:s3:::inventories', Format: 'CSV' } },
} as const satisfies InventoryConfiguration;

const WEEKLY = {
  Id: 'weekly.all_1',
  IsEnabled: false,
  IncludedObjectVersions: 'All',
  Schedule: { Frequency: 'Weekly' },
  Filter: { Prefix: 'a & b/' },
  OptionalFields: ['ETag', 'Size'],
  Destination: {
    S3BucketDestination: {
      AccountId: '000000000000',
      Bucket: 'arn:aws:s3:::inventories',
      Format: 'Parquet',
      Prefix: 'of/photos',
      Encryption: { SSEKMS: { KeyId: 'arn:aws:kms:us-east-1:000000000000:key/1' } },
    },
  },
} as const satisfies InventoryConfiguration;

async function put(Bucket: string, configuration: InventoryConfiguration, Id = configuration.Id): Promise<void> {
  await s3.client.send(
    new PutBucketInventoryConfigurationCommand({ Bucket, Id, InventoryConfiguration: configuration }),
  );
}

async function get(Bucket: string, Id: string): Promise<InventoryConfiguration | undefined> {
  const answer = await s3.client.send(new GetBucketInventoryConfigurationCommand({ Bucket, Id }));
  return answer.InventoryConfiguration;
}

const list = (Bucket: string, ContinuationToken?: string) =>
  s3.client.send(new ListBucketInventoryConfigurationsCommand({ Bucket, ContinuationToken }));

const remove = (Bucket: string, Id: string) =>
  s3.client.send(new DeleteBucketInventoryConfigurationCommand({ Bucket, Id }));

describe('inventory configurations', () => {
  test('are given back as they were put, one by one and in a list', async () => {
    const bucket = await s3.bucket();
    expect((await list(bucket)).InventoryConfigurationList).toBeUndefined();
    await put(bucket, WEEKLY);
    await put(bucket, DAILY);
    expect(await get(bucket, 'daily')).toEqual(DAILY);
    expect(await get(bucket, 'weekly.all_1')).toEqual(WEEKLY);
    expect(await list(bucket)).toMatchObject({ IsTruncated: false, InventoryConfigurationList: [DAILY, WEEKLY] });
  });

  test('SSE-S3 is kept too', async () => {
    const bucket = await s3.bucket();
    const { S3BucketDestination: destination } = DAILY.Destination;
    const encrypted = { ...DAILY, Destination: { S3BucketDestination: { ...destination, Encryption: { SSES3: {} } } } };
    await put(bucket, encrypted);
    expect(await get(bucket, 'daily')).toEqual(encrypted);
  });

  test('one that is put again takes the place of the former, and one that is deleted is gone', async () => {
    const bucket = await s3.bucket();
    await put(bucket, DAILY);
    await put(bucket, { ...DAILY, IsEnabled: false });
    expect(await list(bucket)).toMatchObject({ InventoryConfigurationList: [{ ...DAILY, IsEnabled: false }] });
    await remove(bucket, 'daily');
    for (const gone of [get(bucket, 'daily'), remove(bucket, 'daily')]) {
      await expect(gone).rejects.toMatchObject({
        name: 'NoSuchConfiguration',
        $metadata: { httpStatusCode: 404 },
      });
    }
  });

  test('a hundred are listed at a time, and more than a thousand are refused', async () => {
    const bucket = await s3.bucket();
    const ids = Array.from({ length: 1_000 }, (_, index) => `id-${String(index).padStart(4, '0')}`);
    for (const Id of ids) await put(bucket, { ...DAILY, Id });
    await expect(put(bucket, DAILY)).rejects.toMatchObject({ name: 'TooManyConfigurations' });
    await put(bucket, { ...DAILY, Id: 'id-0500', IsEnabled: false });
    const found: (string | undefined)[] = [];
    let token: string | undefined;
    do {
      const page = await list(bucket, token);
      expect(page.InventoryConfigurationList).toHaveLength(100);
      expect(page.ContinuationToken).toBe(token);
      found.push(...(page.InventoryConfigurationList ?? []).map(({ Id }) => Id));
      expect(page.IsTruncated).toBe(page.NextContinuationToken !== undefined);
      token = page.NextContinuationToken;
    } while (token !== undefined);
    expect(found).toEqual(ids);
    await expect(list(bucket, 'x')).rejects.toMatchObject({ name: 'InvalidArgument' });
  });
});

describe('an inventory configuration is refused', () => {
  const { S3BucketDestination: destination } = DAILY.Destination;
  const to = (changes: object) =>
    ({ ...DAILY, Destination: { S3BucketDestination: { ...destination, ...changes } } }) as InventoryConfiguration;

  test.each<[string, InventoryConfiguration, string, RegExp]>([
    ['in ORC', to({ Format: 'ORC' }), 'NotImplemented', /inventories in ORC: take Parquet/],
    [
      'with fields that nobody here writes, which it names',
      { ...DAILY, OptionalFields: ['Size', 'ObjectOwner', 'EncryptionStatus'] },
      'NotImplemented',
      /optional fields ObjectOwner, EncryptionStatus of inventories, .* it writes Size, ETag/,
    ],
    ['of another account', to({ AccountId: '111122223333' }), 'NotImplemented', /another account/],
    ['without the ARN of its destination', to({ Bucket: 'inventories' }), 'InvalidArgument', /ARN/],
    ['with an id that cannot be', { ...DAILY, Id: 'a/b' }, 'InvalidArgument', /letters, digits/],
    ['hourly', { ...DAILY, Schedule: { Frequency: 'Hourly' as 'Daily' } }, 'MalformedXML', /./],
    ['without a schedule', { ...DAILY, Schedule: undefined }, 'MalformedXML', /./],
    ['with a field that S3 does not know', { ...DAILY, OptionalFields: ['Colour' as 'Size'] }, 'MalformedXML', /./],
  ])('%s', async (_, configuration, name, message) => {
    const bucket = await s3.bucket();
    await expect(put(bucket, configuration)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
    expect((await list(bucket)).InventoryConfigurationList).toBeUndefined();
  });

  test('under another id than its own, and of no bucket', async () => {
    const bucket = await s3.bucket();
    await expect(put(bucket, DAILY, 'nightly')).rejects.toMatchObject({ name: 'InvalidArgument' });
    await expect(put('no-such-bucket', DAILY)).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  test('where nobody writes reports', async () => {
    const bare = await startS3();
    try {
      const Bucket = await bare.bucket();
      const asked = new PutBucketInventoryConfigurationCommand({ Bucket, Id: 'daily', InventoryConfiguration: DAILY });
      await expect(bare.client.send(asked)).rejects.toMatchObject({ name: 'NotImplemented' });
    } finally {
      await bare.stop();
    }
  });
});

test('the reports that a configuration owes are kept over a restart, and when it is put anew', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drover-s3-'));
  let time = NOW;
  const start = () => startS3({ clock: () => time, inventoryFields: ['Size', 'ETag'], folder });
  let own = await start();
  const sinceOf = () => own.service.inventories.all().find((entry) => entry.bucket === bucket)?.inventory.since;
  const putOwn = (configuration: InventoryConfiguration) =>
    own.client.send(
      new PutBucketInventoryConfigurationCommand({
        Bucket: bucket,
        Id: 'daily',
        InventoryConfiguration: configuration,
      }),
    );
  const bucket = await own.bucket();
  await putOwn(DAILY);
  time = NOW + 86_400_000;
  await putOwn({ ...DAILY, IncludedObjectVersions: 'All' });
  expect(sinceOf()).toBe(NOW);
  await putOwn({ ...DAILY, IsEnabled: false });
  await putOwn(DAILY);
  expect(sinceOf()).toBe(time);
  await own.service.inventories.settle(bucket, 'daily', time + 1);
  await own.service.inventories.settle(bucket, 'daily', NOW);
  await own.service.inventories.settle(bucket, 'other', NOW);
  await own.stop();
  own = await start();
  expect(sinceOf()).toBe(time + 1);
  await own.stop();
  await rm(folder, { recursive: true });
});
