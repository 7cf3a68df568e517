import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  RestoreObjectCommand,
  type RestoreRequest,
  type StorageClass,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, explain, failure, startS3, type TestS3 } from './s3-harness.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const START = Date.parse('2030-01-01T10:00:00Z');
let now = START;

let s3: TestS3;
let Bucket: string;
beforeAll(async () => {
  s3 = await startS3({ clock: () => now, restoreTimes: { Expedited: 60_000, Standard: 4 * HOUR, Bulk: Infinity } });
  Bucket = await s3.bucket();
});
afterAll(() => s3.stop());

let keys = 0;
const put = async (StorageClass: StorageClass, Key = `key-${++keys}`) => {
  now = START;
  await s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'content', StorageClass }));
  return Key;
};
const restore = async (Key: string, request: RestoreRequest = { Days: 1 }, wishes: object = {}) => {
  const asked = { Bucket, Key, RestoreRequest: request, ...wishes };
  return (await s3.client.send(new RestoreObjectCommand(asked))).$metadata.httpStatusCode;
};
const tier = (Tier: 'Bulk' | 'Standard' | 'Expedited', Days = 1): RestoreRequest => ({
  Days,
  GlacierJobParameters: { Tier },
});
const statusOf = async (Key: string) => (await s3.client.send(new HeadObjectCommand({ Bucket, Key }))).Restore;
const read = async (Key: string) =>
  (await s3.client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();

const ARCHIVED = "InvalidObjectState 403: The operation is not valid for the object's storage class";
const ARCHIVED_SOURCE = "InvalidObjectState 403: Operation is not valid for the source object's storage class";
const RUNNING = 'RestoreAlreadyInProgress 409: Object restore is already in progress';
const NO_CLASS = "InvalidObjectState 403: Restore is not allowed for the object's current storage class";
const BAD_XML =
  'MalformedXML 400: The XML you provided was not well-formed or did not validate against our published schema';

describe.each(['GLACIER', 'DEEP_ARCHIVE'] as const)('an object of %s', (storageClass) => {
  test('cannot be read, but be looked at, tagged, overwritten and deleted', async () => {
    const Key = await put(storageClass);
    expect(await explain(read(Key))).toBe(ARCHIVED);
    const reply = await s3.send({ path: `/${Bucket}/${Key}` });
    expect(codeOf(reply)).toBe('InvalidObjectState 403');
    expect(reply.body).toContain(`<StorageClass>${storageClass}</StorageClass>`);
    const looked = await s3.client.send(new HeadObjectCommand({ Bucket, Key }));
    expect(looked).toMatchObject({ StorageClass: storageClass, ContentLength: 7 });
    expect(looked.Restore).toBeUndefined();
    const Tagging = { TagSet: [{ Key: 'a', Value: 'b' }] };
    await s3.client.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging }));
    await put(storageClass, Key);
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key }));
  });

  test('cannot be copied, whole or in part', async () => {
    const Key = await put(storageClass);
    const CopySource = `${Bucket}/${Key}`;
    const copy = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource });
    expect(await explain(s3.client.send(copy))).toBe(ARCHIVED_SOURCE);
    const onto = new CopyObjectCommand({ Bucket, Key, CopySource, StorageClass: 'STANDARD' });
    expect(await explain(s3.client.send(onto))).toBe(ARCHIVED_SOURCE);
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'copy' }));
    const part = new UploadPartCopyCommand({ Bucket, Key: 'copy', CopySource, UploadId, PartNumber: 1 });
    expect(await explain(s3.client.send(part))).toBe(ARCHIVED_SOURCE);
  });

  test('is restored for its days, rounded up to midnight, and archived again', async () => {
    const Key = await put(storageClass);
    expect(await restore(Key, { Days: 2 })).toBe(202);
    expect(await statusOf(Key)).toBe('ongoing-request="true"');
    expect(await explain(read(Key))).toBe(ARCHIVED);
    now += 4 * HOUR;
    expect(await statusOf(Key)).toBe('ongoing-request="false", expiry-date="Fri, 04 Jan 2030 00:00:00 GMT"');
    expect(await read(Key)).toBe('content');
    await s3.client.send(new CopyObjectCommand({ Bucket, Key: 'free', CopySource: `${Bucket}/${Key}` }));
    expect(await statusOf('free')).toBeUndefined();
    expect(await read('free')).toBe('content');
    now = Date.parse('2030-01-04T00:00:00Z');
    expect(await statusOf(Key)).toBeUndefined();
    expect(await explain(read(Key))).toBe(ARCHIVED);
    expect(await restore(Key)).toBe(202);
  });
});

describe('a further restore', () => {
  test('of what is restored counts its days anew', async () => {
    const Key = await put('GLACIER');
    await restore(Key, { Days: 1 });
    now += DAY;
    expect(await restore(Key, { Days: 5 })).toBe(200);
    expect(await statusOf(Key)).toContain('Tue, 08 Jan 2030 00:00:00 GMT');
    expect(await restore(Key, { Days: 1 })).toBe(200);
    expect(await statusOf(Key)).toContain('Fri, 04 Jan 2030 00:00:00 GMT');
  });

  test.each([
    ['Bulk', 'Standard', 1, '202'],
    ['Bulk', 'Expedited', 1, '202'],
    ['Standard', 'Expedited', 1, '202'],
    ['Standard', 'Expedited', 2, RUNNING],
    ['Standard', 'Standard', 1, RUNNING],
    ['Standard', 'Bulk', 1, RUNNING],
  ] as const)('of what %s restores, by %s for %d days', async (first, second, days, expected) => {
    const Key = await put('GLACIER');
    await restore(Key, tier(first));
    const answer = restore(Key, tier(second, days));
    expect(expected === '202' ? String(await answer) : await explain(answer)).toBe(expected);
    now += second === 'Expedited' && expected === '202' ? 60_000 : 1000;
    const done = second === 'Expedited' && expected === '202';
    expect(await statusOf(Key)).toContain(`ongoing-request="${!done}"`);
  });
});

test('a restore may never end', async () => {
  const Key = await put('DEEP_ARCHIVE');
  await restore(Key, tier('Bulk'));
  now += 1000 * DAY;
  expect(await statusOf(Key)).toBe('ongoing-request="true"');
});

test('a restore may be done at once', async () => {
  const instant = await startS3({ restoreTimes: { Standard: 0 } });
  const asked = { Bucket: await instant.bucket(), Key: 'k' };
  await instant.client.send(new PutObjectCommand({ ...asked, Body: 'content', StorageClass: 'GLACIER' }));
  await instant.client.send(new RestoreObjectCommand({ ...asked, RestoreRequest: { Days: 1 } }));
  const got = await instant.client.send(new GetObjectCommand(asked));
  expect(await got.Body?.transformToString()).toBe('content');
  expect(got.Restore).toContain('ongoing-request="false"');
  await instant.stop();
});

test('a restore is of one version', async () => {
  const versioned = await s3.bucket({ versioned: true });
  const putVersion = () =>
    s3.client.send(new PutObjectCommand({ Bucket: versioned, Key: 'k', Body: 'x', StorageClass: 'GLACIER' }));
  const { VersionId } = await putVersion();
  await putVersion();
  expect(await restore('k', { Days: 1 }, { Bucket: versioned, VersionId })).toBe(202);
  const looked = (wishes: object) => s3.client.send(new HeadObjectCommand({ Bucket: versioned, Key: 'k', ...wishes }));
  expect((await looked({ VersionId })).Restore).toBe('ongoing-request="true"');
  expect((await looked({})).Restore).toBeUndefined();
  const marker = await s3.client.send(new DeleteObjectCommand({ Bucket: versioned, Key: 'k' }));
  const ofMarker = restore('k', { Days: 1 }, { Bucket: versioned, VersionId: marker.VersionId });
  expect(await failure(ofMarker)).toBe('MethodNotAllowed 405');
});

describe('RestoreObject refuses', () => {
  test.each([
    ['STANDARD', NO_CLASS],
    ['STANDARD_IA', NO_CLASS],
    ['ONEZONE_IA', NO_CLASS],
    ['GLACIER_IR', NO_CLASS],
    [
      'INTELLIGENT_TIERING',
      'ObjectAlreadyInActiveTierError 403: This action is not allowed against this storage tier.',
    ],
  ] as const)('an object of %s', async (storageClass, expected) => {
    const Key = await put(storageClass);
    expect(await explain(restore(Key))).toBe(expected);
    expect(await read(Key)).toBe('content');
  });

  test.each([
    ['GLACIER', {}, BAD_XML],
    ['GLACIER', { Days: 0 }, 'InvalidArgument 400: restoration days should be at least 1'],
    ['GLACIER', { Days: 1, GlacierJobParameters: { Tier: 'Fast' } }, BAD_XML],
    ['DEEP_ARCHIVE', tier('Expedited'), 'InvalidArgument 400: Retrieval option is not supported by this storage class'],
    [
      'GLACIER',
      { Days: 1, Type: 'SELECT' },
      'MethodNotAllowed 405: The specific method for Select type jobs is not allowed against this resource.',
    ],
    [
      'GLACIER',
      { Days: 1, OutputLocation: { S3: { BucketName: 'b', Prefix: 'p' } } },
      'MethodNotAllowed 405: The specific method for Select type jobs is not allowed against this resource.',
    ],
  ] as const)('for an object of %s the request %j', async (storageClass, request, expected) => {
    expect(await explain(restore(await put(storageClass), request as RestoreRequest))).toBe(expected);
  });

  test('a key, a version and a bucket that are not there', async () => {
    expect(await failure(restore('absent'))).toBe('NoSuchKey 404');
    expect(await failure(restore('absent', { Days: 1 }, { VersionId: 'null' }))).toBe('NoSuchVersion 404');
    expect(await failure(restore('absent', { Days: 1 }, { Bucket: 'absent' }))).toBe('NoSuchBucket 404');
  });
});
