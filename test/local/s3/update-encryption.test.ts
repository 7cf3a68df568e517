import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UpdateObjectEncryptionCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, failure, startS3, type TestS3 } from './s3-harness.ts';

const KMSKeyArn = 'arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const NOW = Date.parse('2030-01-01T00:00:00Z');

let s3: TestS3;
let Bucket: string;
let locking: string;
beforeAll(async () => {
  s3 = await startS3({ clock: () => NOW });
  Bucket = await s3.bucket({ versioned: true });
  locking = await s3.bucket({ objectLock: true });
  await put('k');
});
afterAll(() => s3.stop());

type Wishes = Partial<ConstructorParameters<typeof PutObjectCommand>[0]>;
async function put(Key: string, wishes: Wishes = {}) {
  return s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'hello', ...wishes }));
}
const update = (
  Key: string,
  wishes: Partial<ConstructorParameters<typeof UpdateObjectEncryptionCommand>[0]> = {},
  BucketKeyEnabled?: boolean,
) => {
  const SSEKMS = { KMSKeyArn, ...(BucketKeyEnabled !== undefined && { BucketKeyEnabled }) };
  return s3.client.send(new UpdateObjectEncryptionCommand({ Bucket, Key, ObjectEncryption: { SSEKMS }, ...wishes }));
};
const head = (Key: string, VersionId?: string) =>
  s3.client.send(
    new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED', ...(VersionId !== undefined && { VersionId }) }),
  );

describe('UpdateObjectEncryption', () => {
  test('changes the encryption and nothing else', async () => {
    const wishes = {
      StorageClass: 'STANDARD_IA',
      Metadata: { a: '1' },
      Tagging: 'b=2',
      ContentType: 'text/x',
    } as const;
    await put('kept', wishes);
    const before = await head('kept');
    const answer = await update('kept', { RequestPayer: 'requester' }, true);
    expect(answer.RequestCharged).toBe('requester');
    const { $metadata: _, ...after } = await head('kept');
    const { $metadata: __, ...expected } = before;
    expect(after).toEqual({
      ...expected,
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: KMSKeyArn,
      BucketKeyEnabled: true,
    });
    const tags = await s3.client.send(new GetObjectTaggingCommand({ Bucket, Key: 'kept' }));
    expect(tags.TagSet).toEqual([{ Key: 'b', Value: '2' }]);
    const got = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'kept' }));
    expect(await got.Body?.transformToString()).toBe('hello');
  });

  test('changes the key of an object that has one, and takes its bucket key away', async () => {
    await put('k', { ServerSideEncryption: 'aws:kms', BucketKeyEnabled: true });
    await update('k');
    const after = await head('k');
    expect(after.SSEKMSKeyId).toBe(KMSKeyArn);
    expect(after.BucketKeyEnabled).toBeUndefined();
    expect(await failure(update('k'))).toBe('no failure');
  });

  test('changes the version that is named, else the newest', async () => {
    const old = await put('versions');
    await put('versions');
    await update('versions');
    expect((await head('versions')).ServerSideEncryption).toBe('aws:kms');
    expect((await head('versions', old.VersionId)).ServerSideEncryption).toBe('AES256');
    await update('versions', { VersionId: old.VersionId });
    expect((await head('versions', old.VersionId)).ServerSideEncryption).toBe('aws:kms');
  });

  test('makes an archived object no more readable, and needs no restore', async () => {
    await put('archived', { StorageClass: 'DEEP_ARCHIVE' });
    await update('archived');
    expect(await head('archived')).toMatchObject({ StorageClass: 'DEEP_ARCHIVE', SSEKMSKeyId: KMSKeyArn });
  });

  test.each<[string, string, string, string]>([
    ['no new type', '', 'InvalidRequest 400', 'require a valid new encryption type'],
    ['an unknown type', '<SSE-S3/>', 'InvalidRequest 400', 'require a valid new encryption type'],
    ['DSSE-KMS', '<DSSE-KMS/>', 'InvalidRequest 400', "doesn't support updating the encryption type to DSSE-KMS"],
    ['no key', '<SSE-KMS/>', 'InvalidRequest 400', 'require an AWS KMS key Amazon Resource Name'],
    [
      'a key id',
      '<SSE-KMS><KMSKeyArn>1234abcd-12ab-34cd-56ef-1234567890ab</KMSKeyArn></SSE-KMS>',
      'InvalidRequest 400',
      'require an AWS KMS key Amazon Resource Name',
    ],
    [
      'an alias’s ARN',
      '<SSE-KMS><KMSKeyArn>arn:aws:kms:us-east-1:000000000000:alias/mine</KMSKeyArn></SSE-KMS>',
      'InvalidRequest 400',
      'require a valid AWS KMS key Amazon Resource Name',
    ],
    [
      'a bucket key that is neither',
      `<SSE-KMS><KMSKeyArn>${KMSKeyArn}</KMSKeyArn><BucketKeyEnabled>maybe</BucketKeyEnabled></SSE-KMS>`,
      'InvalidRequest 400',
      "The BucketKeyEnabled value isn't valid",
    ],
    [
      'another account’s key',
      `<SSE-KMS><KMSKeyArn>${KMSKeyArn.replace('000000000000', '111122223333')}</KMSKeyArn></SSE-KMS>`,
      'AccessDenied 403',
      'must be owned by the same account as the bucket',
    ],
    [
      'another Region’s key',
      `<SSE-KMS><KMSKeyArn>${KMSKeyArn.replace('us-east-1', 'eu-west-1')}</KMSKeyArn></SSE-KMS>`,
      'KMS.NotFoundException 400',
      'Invalid arn eu-west-1',
    ],
  ])('refuses %s', async (_, content, expected, message) => {
    const body = `<ObjectEncryption>${content}</ObjectEncryption>`;
    const reply = await s3.send({ method: 'PUT', path: `/${Bucket}/k?encryption`, body });
    expect(codeOf(reply)).toBe(expected);
    expect(reply.body.replaceAll('&apos;', "'")).toContain(message);
  });

  test('refuses an object in two layers', async () => {
    await put('dsse', { ServerSideEncryption: 'aws:kms:dsse' });
    expect(await failure(update('dsse'))).toBe('InvalidRequest 400');
  });

  test.each<[string, Wishes, string]>([
    ['a legal hold', { ObjectLockLegalHoldStatus: 'ON' }, 'AccessDenied 403'],
    ['a legal hold that was lifted', { ObjectLockLegalHoldStatus: 'OFF' }, 'no failure'],
    [
      'governance',
      { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date(NOW + 86_400_000) },
      'AccessDenied 403',
    ],
    [
      'compliance',
      { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: new Date(NOW + 86_400_000) },
      'AccessDenied 403',
    ],
  ])('of an object under %s', async (_, lock, expected) => {
    await put('locked', { Bucket: locking, ...lock });
    expect(await failure(update('locked', { Bucket: locking }))).toBe(expected);
  });

  test('finds no key, version or bucket that is missing, nor a delete marker', async () => {
    await put('gone');
    const { VersionId } = await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }));
    expect(await failure(update('gone'))).toBe('MethodNotAllowed 405');
    expect(await failure(update('gone', { VersionId }))).toBe('MethodNotAllowed 405');
    expect(await failure(update('missing'))).toBe('NoSuchKey 404');
    expect(await failure(update('k', { VersionId: 'x'.repeat(32) }))).toBe('NoSuchVersion 404');
    expect(await failure(update('k', { Bucket: 'no-such-bucket' }))).toBe('NoSuchBucket 404');
  });
});

test('a requester who pays is told that it was charged, unless the request failed', async () => {
  const asked = { Bucket, Key: 'payer', RequestPayer: 'requester' } as const;
  expect((await s3.client.send(new PutObjectCommand({ ...asked, Body: 'x' }))).RequestCharged).toBe('requester');
  expect((await s3.client.send(new HeadObjectCommand(asked))).RequestCharged).toBe('requester');
  expect((await head('payer')).RequestCharged).toBeUndefined();
  const headers = { 'x-amz-request-payer': 'requester' };
  const reply = await s3.send({ path: `/${Bucket}/missing`, headers });
  expect([codeOf(reply), reply.headers['x-amz-request-charged']]).toEqual(['NoSuchKey 404', undefined]);
});
