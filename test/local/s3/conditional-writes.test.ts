import { request as httpRequest } from 'node:http';
import { CopyObjectCommand, DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { failure, startS3, type TestS3 } from './s3-harness.ts';

let s3: TestS3;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());

function put(Bucket: string, Key: string, Body: string, conditions: { IfMatch?: string; IfNoneMatch?: string } = {}) {
  return s3.client.send(new PutObjectCommand({ Bucket, Key, Body, ...conditions }));
}

describe.each([{ versioned: false }, { versioned: true }])('a conditional write ($versioned)', ({ versioned }) => {
  test('with If-None-Match writes only what is not there', async () => {
    const Bucket = await s3.bucket({ versioned });
    expect(await failure(put(Bucket, 'k', 'one', { IfNoneMatch: '*' }))).toBe('no failure');
    expect(await failure(put(Bucket, 'k', 'two', { IfNoneMatch: '*' }))).toBe('PreconditionFailed 412');
    const got = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    expect(await got.Body?.transformToString()).toBe('one');
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    expect(await failure(put(Bucket, 'k', 'three', { IfNoneMatch: '*' }))).toBe('no failure');
  });

  test('with If-Match writes only over that content', async () => {
    const Bucket = await s3.bucket({ versioned });
    expect(await failure(put(Bucket, 'k', 'new', { IfMatch: '"x"' }))).toBe('NoSuchKey 404');
    const { ETag } = await put(Bucket, 'k', 'one');
    expect(await failure(put(Bucket, 'k', 'new', { IfMatch: '"x"' }))).toBe('PreconditionFailed 412');
    expect(await failure(put(Bucket, 'k', 'two', { IfMatch: ETag ?? '' }))).toBe('no failure');
    expect(await failure(put(Bucket, 'k', 'late', { IfMatch: ETag ?? '' }))).toBe('PreconditionFailed 412');
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    expect(await failure(put(Bucket, 'k', 'new', { IfMatch: ETag ?? '' }))).toBe('NoSuchKey 404');
  });
});

describe('conditions', () => {
  test('let exactly one of many writers win', async () => {
    const Bucket = await s3.bucket();
    const writers = Array.from({ length: 20 }, (_, n) => failure(put(Bucket, 'race', `w${n}`, { IfNoneMatch: '*' })));
    const ends = await Promise.all(writers);
    expect(ends.filter((end) => end === 'no failure')).toHaveLength(1);
    expect(ends.filter((end) => end === 'PreconditionFailed 412')).toHaveLength(19);
  });

  test.each([
    [{ IfNoneMatch: '"etag"' }, 'NotImplemented 501'],
    [{ IfNoneMatch: '*', IfMatch: '"etag"' }, 'NotImplemented 501'],
  ])('%j is refused as %s', async (conditions, expected) => {
    const Bucket = await s3.bucket();
    expect(await failure(put(Bucket, 'k', 'x', conditions))).toBe(expected);
  });

  test('hold for copies', async () => {
    const Bucket = await s3.bucket();
    const { ETag } = await put(Bucket, 'source', 'x');
    const copy = (conditions: object) =>
      failure(
        s3.client.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/source`, ...conditions })),
      );
    expect(await copy({ IfNoneMatch: '*' })).toBe('no failure');
    expect(await copy({ IfNoneMatch: '*' })).toBe('PreconditionFailed 412');
    expect(await copy({ IfMatch: ETag })).toBe('no failure');
    expect(await copy({ IfMatch: '"x"' })).toBe('PreconditionFailed 412');
  });

  test('hold for deletes', async () => {
    const Bucket = await s3.bucket();
    const { ETag } = await put(Bucket, 'k', 'x');
    const remove = (IfMatch: string) => failure(s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'k', IfMatch })));
    expect(await remove('"x"')).toBe('PreconditionFailed 412');
    expect(await remove(ETag ?? '')).toBe('no failure');
    expect(await remove('*')).toBe('NoSuchKey 404');
  });

  test('answer 409 when the key is deleted while the body is on its way', async () => {
    const Bucket = await s3.bucket();
    await put(Bucket, 'k', 'x');
    const headers = { 'if-none-match': '*', 'content-length': 4, expect: '100-continue' };
    const request = httpRequest({ host: '127.0.0.1', port: s3.port, method: 'PUT', path: `/${Bucket}/k`, headers });
    // The server has begun to read the body once it asks for it.
    const asked = new Promise((resolve) => request.once('continue', resolve));
    const answered = new Promise<number | undefined>((resolve) =>
      request.once('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      }),
    );
    request.flushHeaders();
    await asked;
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    request.end('body');
    expect(await answered).toBe(409);
  });
});
