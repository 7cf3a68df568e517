import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, failure, startS3, type TestS3 } from './s3-harness.ts';

let s3: TestS3;
let Bucket: string;
beforeAll(async () => {
  s3 = await startS3();
  Bucket = await s3.bucket();
  await s3.client.send(new PutObjectCommand({ Bucket, Key: 'digits', Body: '0123456789' }));
});
afterAll(() => s3.stop());

describe('an object', () => {
  test('comes back with its bytes, its headers and its metadata', async () => {
    const sent = {
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      ContentDisposition: 'attachment',
      ContentEncoding: 'gzip',
      ContentLanguage: 'de',
      Metadata: { owner: 'me', empty: '' },
      StorageClass: 'STANDARD_IA',
    } as const;
    const put = await s3.client.send(new PutObjectCommand({ Bucket, Key: 'full', Body: 'hello', ...sent }));
    expect(put.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
    const got = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'full' }));
    expect(got).toMatchObject({ ...sent, ContentLength: 5, ETag: put.ETag, ServerSideEncryption: 'AES256' });
    expect(await got.Body?.transformToString()).toBe('hello');
    expect(await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'full' }))).toMatchObject(sent);
  });

  test.each([0, 1, 65_535, 65_536, 65_537, 3_000_000])('of %d bytes comes back as it was', async (size) => {
    const Body = Buffer.alloc(size, 'abcdefg');
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'sized', Body }));
    const got = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'sized', ChecksumMode: 'ENABLED' }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
    expect(got.ContentLength).toBe(size);
  });

  test('has the checksum that S3 computes unasked, if it came with none', async () => {
    const path = `/${Bucket}/unchecked`;
    const put = await s3.send({ method: 'PUT', path, body: '123456789' });
    const told = { 'x-amz-checksum-crc64nvme': 'rosUhgp5mIg=', 'x-amz-checksum-type': 'FULL_OBJECT' };
    expect(put.headers).toMatchObject(told);
    const head = await s3.send({ method: 'HEAD', path, headers: { 'x-amz-checksum-mode': 'ENABLED' } });
    expect(head.headers).toMatchObject(told);
    expect((await s3.send({ method: 'HEAD', path })).headers).not.toHaveProperty('x-amz-checksum-crc64nvme');
  });

  test('is overwritten whole, its metadata too', async () => {
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'twice', Body: 'one', Metadata: { a: '1' } }));
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'twice', Body: Buffer.alloc(100_000) }));
    const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'twice' }));
    expect(head).toMatchObject({ ContentLength: 100_000, Metadata: {} });
  });

  test('can be read with other response headers', async () => {
    const asked = { Bucket, Key: 'digits', ResponseContentType: 'text/csv', ResponseCacheControl: 'private' };
    const got = await s3.client.send(new GetObjectCommand(asked));
    expect(got).toMatchObject({ ContentType: 'text/csv', CacheControl: 'private' });
    await got.Body?.transformToString();
  });

  test('tells its attributes', async () => {
    const asked = {
      Bucket,
      Key: 'digits',
      ObjectAttributes: ['ETag', 'Checksum', 'ObjectSize', 'StorageClass'],
    } as const;
    const got = await s3.client.send(
      new GetObjectAttributesCommand({ ...asked, ObjectAttributes: [...asked.ObjectAttributes] }),
    );
    expect(got).toMatchObject({
      ETag: '781e5e245d69b566979b86e28d23f2c7',
      ObjectSize: 10,
      StorageClass: 'STANDARD',
      Checksum: { ChecksumCRC32: 'poTHxg==', ChecksumType: 'FULL_OBJECT' },
    });
  });
});

describe('a range', () => {
  test.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=8-', 206, '89', 'bytes 8-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-30', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=5-100', 206, '56789', 'bytes 5-9/10'],
    ['bytes=3-2', 200, '0123456789', undefined],
    ['bytes=0-1,3-4', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
  ])('%s gives %d %s', async (range, status, body, contentRange) => {
    const reply = await s3.send({ path: `/${Bucket}/digits`, headers: { range } });
    expect(reply).toMatchObject({ status, body });
    expect(reply.headers['content-range']).toBe(contentRange);
  });

  test.each(['bytes=10-', 'bytes=10-20', 'bytes=-0'])('%s is 416', async (range) => {
    const reply = await s3.send({ path: `/${Bucket}/digits`, headers: { range } });
    expect(codeOf(reply)).toBe('InvalidRange 416');
    expect(reply.body).toContain('<ActualObjectSize>10</ActualObjectSize>');
  });

  test('of a large object is read from its file', async () => {
    const Body = Buffer.from(Array.from({ length: 200_000 }, (_, n) => n % 251));
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'large', Body }));
    const got = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'large', Range: 'bytes=70000-150000' }));
    const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
    expect(bytes.equals(Body.subarray(70_000, 150_001))).toBe(true);
  });
});

describe('a conditional read', () => {
  const etag = '"781e5e245d69b566979b86e28d23f2c7"';
  const past = 'Mon, 01 Jan 2001 00:00:00 GMT';
  const future = 'Wed, 01 Jan 2098 00:00:00 GMT';
  test.each([
    [{ 'if-match': etag }, 200],
    [{ 'if-match': etag.replaceAll('"', '') }, 200],
    [{ 'if-match': `"other", ${etag}` }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': '"other"' }, 412],
    [{ 'if-none-match': etag }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"other"' }, 200],
    [{ 'if-modified-since': past }, 200],
    [{ 'if-modified-since': future }, 304],
    [{ 'if-unmodified-since': past }, 412],
    [{ 'if-unmodified-since': future }, 200],
    [{ 'if-match': etag, 'if-unmodified-since': past }, 200],
    [{ 'if-none-match': etag, 'if-modified-since': past }, 304],
    [{ 'if-none-match': '"other"', 'if-modified-since': future }, 200],
    [{ 'if-match': 'W/"x"', 'if-none-match': etag }, 412],
  ])('with %j answers %d', async (headers, status) => {
    for (const method of ['GET', 'HEAD']) {
      const reply = await s3.send({ method, path: `/${Bucket}/digits`, headers: headers as Record<string, string> });
      expect(reply.status).toBe(status);
      if (status === 304) expect(reply.headers.etag).toBe(etag);
    }
  });
});

describe('what is not there', () => {
  test('is refused with S3’s own errors', async () => {
    const missing = { Bucket, Key: 'missing' };
    const nowhere = { Bucket: 'no-such-bucket', Key: 'k' };
    expect(await failure(s3.client.send(new GetObjectCommand(missing)))).toBe('NoSuchKey 404');
    expect(await failure(s3.client.send(new HeadObjectCommand(missing)))).toBe('NotFound 404');
    expect(await failure(s3.client.send(new GetObjectCommand(nowhere)))).toBe('NoSuchBucket 404');
    expect(await failure(s3.client.send(new PutObjectCommand({ ...nowhere, Body: 'x' })))).toBe('NoSuchBucket 404');
    expect(await failure(s3.client.send(new DeleteObjectCommand(nowhere)))).toBe('NoSuchBucket 404');
    expect(await failure(s3.client.send(new DeleteObjectCommand(missing)))).toBe('no failure');
  });

  test('the error document names the key and the request', async () => {
    const reply = await s3.send({ path: `/${Bucket}/a%26b` });
    expect(reply.headers['content-type']).toBe('application/xml');
    expect(reply.body).toContain(
      '<Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>a&amp;b</Key>',
    );
    expect(reply.body).toContain(`<RequestId>${reply.headers['x-amz-request-id']}</RequestId>`);
  });
});

describe('DeleteObjects', () => {
  const remove = (Objects: { Key: string; ETag?: string }[], Quiet?: boolean) =>
    s3.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, ...(Quiet && { Quiet }) } }));
  const put = (Key: string) => s3.client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));

  test('deletes each key and names those that were not there too', async () => {
    await Promise.all(['d1', 'd&2'].map(put));
    const { Deleted, Errors } = await remove([{ Key: 'd1' }, { Key: 'd&2' }, { Key: 'd3' }]);
    expect(Deleted).toEqual([{ Key: 'd1' }, { Key: 'd&2' }, { Key: 'd3' }]);
    expect(Errors).toBeUndefined();
    expect(await failure(s3.client.send(new GetObjectCommand({ Bucket, Key: 'd1' })))).toBe('NoSuchKey 404');
  });

  test('says only what failed when asked to be quiet', async () => {
    await Promise.all(['q1', 'q2'].map(put));
    const { Deleted, Errors } = await remove([{ Key: 'q1' }, { Key: 'q2', ETag: '"other"' }], true);
    expect(Deleted).toBeUndefined();
    expect(Errors).toMatchObject([{ Key: 'q2', Code: 'PreconditionFailed' }]);
  });

  test('takes at most a thousand keys', async () => {
    const keys = Array.from({ length: 1001 }, (_, n) => ({ Key: `k${n}` }));
    expect(await failure(remove(keys))).toBe('MalformedXML 400');
    expect(await failure(remove(keys.slice(1)))).toBe('no failure');
  });

  test('needs a digest of its body', async () => {
    const body = '<Delete><Object><Key>digits</Key></Object></Delete>';
    expect(codeOf(await s3.send({ method: 'POST', path: `/${Bucket}?delete`, body }))).toBe('InvalidRequest 400');
  });
});
