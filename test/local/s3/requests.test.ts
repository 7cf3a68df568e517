import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, makeClient, startS3, type TestS3 } from './s3-harness.ts';

let s3: TestS3;
let Bucket: string;
beforeAll(async () => {
  s3 = await startS3();
  Bucket = await s3.bucket();
  await s3.client.send(new PutObjectCommand({ Bucket, Key: 'a/b', Body: 'hello' }));
});
afterAll(() => s3.stop());

describe('the bucket', () => {
  test.each([
    ['the path', () => ({ path: `/${Bucket}/a/b` })],
    ['a target in absolute form', () => ({ path: `http://drover.local/${Bucket}/a/b` })],
    ['bucket.localhost', () => ({ path: '/a/b', headers: { host: `${Bucket}.localhost:9800` } })],
    [
      'bucket.s3.region.amazonaws.com',
      () => ({ path: '/a/b', headers: { host: `${Bucket}.s3.us-east-1.amazonaws.com` } }),
    ],
    [
      'an absolute target’s host, not the header’s',
      () => ({ path: `http://${Bucket}.localhost/a/b`, headers: { host: 'x.localhost' } }),
    ],
    [
      'the path where the host is that of S3',
      () => ({ path: `/${Bucket}/a/b`, headers: { host: 's3.us-east-1.amazonaws.com' } }),
    ],
  ])('is taken from %s', async (_, request) => {
    expect(await s3.send(request())).toMatchObject({ status: 200, body: 'hello' });
  });
});

describe('a presigned URL', () => {
  test('reads and writes, and carries headers in its query', async () => {
    const put = new PutObjectCommand({ Bucket, Key: 'signed', Metadata: { a: 'b' }, Tagging: 't=1' });
    // By default the SDK would sign the checksum of an empty body.
    const signer = makeClient(s3.port, { requestChecksumCalculation: 'WHEN_REQUIRED' });
    const url = new URL(await getSignedUrl(signer, put));
    expect((await s3.send({ method: 'PUT', path: url.pathname + url.search, body: 'x' })).status).toBe(200);
    const get = new URL(await getSignedUrl(s3.client, new GetObjectCommand({ Bucket, Key: 'signed' })));
    const reply = await s3.send({ path: get.pathname + get.search });
    expect(reply).toMatchObject({ status: 200, body: 'x' });
    expect(reply.headers).toMatchObject({ 'x-amz-meta-a': 'b', 'x-amz-tagging-count': '1' });
  });

  test.each([
    ['X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20200101T000000Z&X-Amz-Expires=60&X-Amz-Signature=x'],
    ['AWSAccessKeyId=x&Signature=y&Expires=1600000000'],
  ])('that is over is refused: %s', async (query) => {
    expect(codeOf(await s3.send({ path: `/${Bucket}/a/b?${query}` }))).toBe('AccessDenied 403');
  });
});

describe('what is not implemented', () => {
  test.each([
    ['GET', '?acl'],
    ['GET', '?policy'],
    ['PUT', '?lifecycle'],
    ['PUT', '?versioning&acl'],
    ['GET', '?list-type=3'],
    ['POST', ''],
    ['PUT', '/a/b?annotation'],
    ['POST', '/a/b?select'],
    ['POST', '/a/b?select&select-type=2'],
    ['GET', '/a/b?torrent'],
    ['GET', '/a/b?unheard-of=1'],
    ['DELETE', '/a/b?tagging&unheard-of'],
  ])('%s %s is refused, not ignored', async (method, path) => {
    expect(codeOf(await s3.send({ method, path: `/${Bucket}${path}` }))).toBe('NotImplemented 501');
  });

  test.each([
    ['x-amz-server-side-encryption-context', 'e30=', 'NotImplemented 501'],
    ['x-amz-server-side-encryption', 'ROT13', 'InvalidArgument 400'],
    ['x-amz-server-side-encryption-customer-key', 'x', 'AccessDenied 403'],
    ['x-amz-website-redirect-location', 'x', 'InvalidRedirectLocation 400'],
    ['x-amz-website-redirect-location', `/${'x'.repeat(2048)}`, 'InvalidRedirectLocation 400'],
    ['x-amz-object-lock-mode', 'GOVERNANCE', 'InvalidRequest 400'],
    ['x-amz-acl', 'public-read', 'AccessControlListNotSupported 400'],
    ['x-amz-grant-read', `id=${'ab'.repeat(32)}`, 'AccessControlListNotSupported 400'],
    ['x-amz-storage-class', 'FREEZER', 'InvalidStorageClass 400'],
    ['x-amz-expected-bucket-owner', '111111111111', 'AccessDenied 403'],
  ])('a PUT with %s: %s is %s', async (name, value, expected) => {
    const reply = await s3.send({ method: 'PUT', path: `/${Bucket}/no`, headers: { [name]: value }, body: 'x' });
    expect(codeOf(reply)).toBe(expected);
  });
});

describe('requests that make no sense', () => {
  test.each([
    ['%ZZ', 'InvalidURI 400'],
    ['%C3%28', 'InvalidURI 400'],
    ['a'.repeat(1025), 'KeyTooLongError 400'],
    [encodeURIComponent('é'.repeat(513)), 'KeyTooLongError 400'],
  ])('key %s is %s', async (key, expected) => {
    expect(codeOf(await s3.send({ method: 'PUT', path: `/${Bucket}/${key}`, body: 'x' }))).toBe(expected);
  });

  test('a method that S3 does not know is not allowed', async () => {
    expect(codeOf(await s3.send({ method: 'PATCH', path: `/${Bucket}/a/b` }))).toBe('MethodNotAllowed 405');
  });

  test.each([
    '',
    'text',
    '<Tagging>',
    '<Tagging></Tagging>',
    '<Other><TagSet/></Other>',
    '<Tagging><TagSet></Tagging></TagSet>',
    '<!DOCTYPE Tagging [<!ENTITY x "y">]><Tagging><TagSet/></Tagging>',
    '<Tagging><TagSet><Tag><Key>&x;</Key><Value/></Tag></TagSet></Tagging>',
    '<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>',
    '<Tagging><TagSet><Tag><Key>a</Key><Key>b</Key><Value/></Tag></TagSet></Tagging>',
    `${'<Tagging>'.repeat(100)}${'</Tagging>'.repeat(100)}`,
  ])('the document %j is MalformedXML', async (body) => {
    const reply = await s3.send({ method: 'PUT', path: `/${Bucket}/a/b?tagging`, body });
    expect(codeOf(reply)).toBe('MalformedXML 400');
  });
});
