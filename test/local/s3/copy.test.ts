import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, failure, makeClient, startS3, type TestS3 } from './s3-harness.ts';

let s3: TestS3;
let Bucket: string;
beforeAll(async () => {
  s3 = await startS3();
  Bucket = await s3.bucket();
  await s3.client.send(
    new PutObjectCommand({ Bucket, Key: 'source', Body: 'hello', ContentType: 'text/plain', Metadata: { a: '1' } }),
  );
});
afterAll(() => s3.stop());

type Wishes = Partial<ConstructorParameters<typeof CopyObjectCommand>[0]>;
const copy = (wishes: Wishes = {}) =>
  s3.client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/source`, ...wishes }));
const read = async (Key: string) => {
  const got = await s3.client.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
  return { ...got, text: await got.Body?.transformToString() };
};

describe('a copy', () => {
  test('has the source’s bytes, headers, metadata and checksum', async () => {
    const { CopyObjectResult } = await copy();
    const got = await read('copy');
    expect(got).toMatchObject({ text: 'hello', ContentType: 'text/plain', Metadata: { a: '1' } });
    expect(CopyObjectResult).toMatchObject({ ETag: got.ETag, ChecksumCRC32: got.ChecksumCRC32 });
    expect(CopyObjectResult?.LastModified).toBeInstanceOf(Date);
  });

  test('has the metadata given when the directive says so', async () => {
    await copy({ MetadataDirective: 'REPLACE', Metadata: { b: '2' }, CacheControl: 'no-store' });
    const got = await read('copy');
    expect(got).toMatchObject({ Metadata: { b: '2' }, CacheControl: 'no-store', ContentType: 'binary/octet-stream' });
  });

  test('has the storage class given, not the source’s', async () => {
    await copy({ StorageClass: 'GLACIER_IR', Key: 'cold' });
    expect((await read('cold')).StorageClass).toBe('GLACIER_IR');
    await copy({ CopySource: `${Bucket}/cold` });
    expect((await read('copy')).StorageClass).toBeUndefined();
  });

  test('is its own: what becomes of the source does not matter', async () => {
    const Body = Buffer.alloc(300_000, 'abc');
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'large', Body }));
    await copy({ CopySource: `${Bucket}/large` });
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'large' }));
    expect((await read('copy')).text === Body.toString()).toBe(true);
  });

  test('of a multipart object is one part, with an ETag and a checksum of the whole', async () => {
    const Key = 'parts';
    const { UploadId } = await s3.client.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: 'CRC32' }),
    );
    const sent = new UploadPartCommand({
      Bucket,
      Key,
      UploadId,
      PartNumber: 1,
      Body: 'hello',
      ChecksumAlgorithm: 'CRC32',
    });
    const { ETag, ChecksumCRC32 } = await s3.client.send(sent);
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag, ChecksumCRC32 }] };
    await s3.client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
    await copy({ CopySource: `${Bucket}/parts` });
    const got = await read('copy');
    expect(got).toMatchObject({ text: 'hello', ETag: '"5d41402abc4b2a76b9719d911017c592"', ChecksumCRC32: 'NhCmhg==' });
  });

  test('gets the checksum that is asked for', async () => {
    await copy({ ChecksumAlgorithm: 'SHA256' });
    expect((await read('copy')).ChecksumSHA256).toBe('LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=');
  });

  test('of an object without a checksum gets the one that S3 computes unasked', async () => {
    const sparing = makeClient(s3.port, { requestChecksumCalculation: 'WHEN_REQUIRED' });
    const Key = 'unchecked';
    const { UploadId } = await sparing.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const { ETag } = await sparing.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: '123456789' }),
    );
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await sparing.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
    const { CopyObjectResult } = await copy({ CopySource: `${Bucket}/${Key}` });
    expect(CopyObjectResult).toMatchObject({ ChecksumCRC64NVME: 'rosUhgp5mIg=', ChecksumType: 'FULL_OBJECT' });
    sparing.destroy();
  });

  test('of a version is of that version', async () => {
    const versioned = await s3.bucket({ versioned: true });
    const old = await s3.client.send(new PutObjectCommand({ Bucket: versioned, Key: 'k', Body: 'old' }));
    await s3.client.send(new PutObjectCommand({ Bucket: versioned, Key: 'k', Body: 'new' }));
    const copied = await copy({ CopySource: `${versioned}/k?versionId=${old.VersionId}` });
    expect(copied.CopySourceVersionId).toBe(old.VersionId);
    expect((await read('copy')).text).toBe('old');
    const { VersionId } = await s3.client.send(new DeleteObjectCommand({ Bucket: versioned, Key: 'k' }));
    expect(await failure(copy({ CopySource: `${versioned}/k` }))).toBe('NoSuchKey 404');
    const marker = copy({ CopySource: `${versioned}/k?versionId=${VersionId}` });
    expect(await failure(marker)).toBe('InvalidRequest 400');
  });

  test.each<[string, Wishes, string]>([
    ['a source that is missing', { CopySource: 'BUCKET/missing' }, 'NoSuchKey 404'],
    ['a source bucket that is missing', { CopySource: 'no-such-bucket/k' }, 'NoSuchBucket 404'],
    ['a source that names no key', { CopySource: 'BUCKET' }, 'InvalidArgument 400'],
    ['an unknown directive', { MetadataDirective: 'MERGE' as 'COPY' }, 'InvalidArgument 400'],
    ['itself, unchanged', { Key: 'source' }, 'InvalidRequest 400'],
    [
      'itself, with new metadata',
      { Key: 'source', MetadataDirective: 'REPLACE', ContentType: 'text/plain' },
      'no failure',
    ],
    ['itself, with its own storage class', { Key: 'source', StorageClass: 'STANDARD' }, 'no failure'],
    ['itself, with its own encryption', { Key: 'source', ServerSideEncryption: 'AES256' }, 'no failure'],
    ['itself, with a redirect', { Key: 'source', WebsiteRedirectLocation: '/x' }, 'no failure'],
    ['itself, with another ACL', { Key: 'source', ACL: 'bucket-owner-full-control' }, 'InvalidRequest 400'],
    ['itself, with other tags', { Key: 'source', TaggingDirective: 'REPLACE', Tagging: 'a=1' }, 'InvalidRequest 400'],
    ['itself, with metadata that is not used', { Key: 'source', Metadata: { b: '2' } }, 'InvalidRequest 400'],
    ['a source that matches', { CopySourceIfMatch: '"5d41402abc4b2a76b9719d911017c592"' }, 'no failure'],
    ['a source that does not match', { CopySourceIfMatch: '"x"' }, 'PreconditionFailed 412'],
    ['a source that matches the wrong way', { CopySourceIfNoneMatch: '*' }, 'PreconditionFailed 412'],
    ['a source that is too new', { CopySourceIfUnmodifiedSince: new Date(0) }, 'PreconditionFailed 412'],
    ['a source that is too old', { CopySourceIfModifiedSince: new Date(4e12) }, 'PreconditionFailed 412'],
  ])('of %s', async (_, wishes, expected) => {
    const source = wishes.CopySource?.replace('BUCKET', Bucket);
    expect(await failure(copy({ ...wishes, ...(source !== undefined && { CopySource: source }) }))).toBe(expected);
  });

  test('onto itself is made without a word where the encryption would change, or the bucket names one', async () => {
    const name = await s3.bucket();
    const onto = () => copy({ Bucket: name, Key: 'k', CopySource: `${name}/k` });
    await s3.client.send(new PutObjectCommand({ Bucket: name, Key: 'k', Body: 'x', ServerSideEncryption: 'aws:kms' }));
    expect((await onto()).ServerSideEncryption).toBe('AES256');
    expect(await failure(onto())).toBe('InvalidRequest 400');
    const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }];
    await s3.client.send(
      new PutBucketEncryptionCommand({ Bucket: name, ServerSideEncryptionConfiguration: { Rules } }),
    );
    expect(await failure(onto())).toBe('no failure');
  });

  test('has no redirect but its own', async () => {
    await s3.client.send(
      new PutObjectCommand({ Bucket, Key: 'redirected', Body: 'x', WebsiteRedirectLocation: 'https://example.com/' }),
    );
    expect((await read('redirected')).WebsiteRedirectLocation).toBe('https://example.com/');
    await copy({ CopySource: `${Bucket}/redirected` });
    expect((await read('copy')).WebsiteRedirectLocation).toBeUndefined();
    await copy({ WebsiteRedirectLocation: '/elsewhere' });
    expect((await read('copy')).WebsiteRedirectLocation).toBe('/elsewhere');
    const Key = 'uploaded';
    const { UploadId } = await s3.client.send(
      new CreateMultipartUploadCommand({ Bucket, Key, WebsiteRedirectLocation: '/parts' }),
    );
    const sent = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'x' });
    const { ETag } = await s3.client.send(sent);
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await s3.client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
    expect((await s3.client.send(new HeadObjectCommand({ Bucket, Key }))).WebsiteRedirectLocation).toBe('/parts');
  });

  test('may say what becomes of annotations, of which there are none', async () => {
    const asked = (value: string) =>
      s3.send({
        method: 'PUT',
        path: `/${Bucket}/copy`,
        headers: { 'x-amz-copy-source': `${Bucket}/source`, 'x-amz-annotation-directive': value },
      });
    expect((await asked('EXCLUDE')).status).toBe(200);
    expect((await asked('COPY')).status).toBe(200);
    expect(codeOf(await asked('MERGE'))).toBe('InvalidArgument 400');
  });

  test('takes its source’s name percent-encoded', async () => {
    const Key = 'a +%&/é//..';
    await s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'odd' }));
    await copy({ CopySource: `/${Bucket}/${encodeURIComponent(Key)}` });
    expect((await read('copy')).text).toBe('odd');
    expect((await s3.client.send(new HeadObjectCommand({ Bucket, Key }))).ContentLength).toBe(3);
  });
});
