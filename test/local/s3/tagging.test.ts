import {
  CopyObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type Tag,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, failure, startS3, type TestS3 } from './s3-harness.ts';

let s3: TestS3;
let Bucket: string;
const Key = 'tagged';
beforeAll(async () => {
  s3 = await startS3();
  Bucket = await s3.bucket();
  await s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
});
afterAll(() => s3.stop());

const put = (TagSet: Tag[], key = Key) =>
  s3.client.send(new PutObjectTaggingCommand({ Bucket, Key: key, Tagging: { TagSet } }));
const get = async (key = Key) => (await s3.client.send(new GetObjectTaggingCommand({ Bucket, Key: key }))).TagSet;
const tags = (count: number) => Array.from({ length: count }, (_, n) => ({ Key: `k${n}`, Value: `v${n}` }));

describe('object tags', () => {
  test('are replaced whole, counted and deleted', async () => {
    await put([{ Key: 'first', Value: '1' }]);
    const second = [
      { Key: 'Größe + =', Value: 'a.b_c:d/e=f+g-h@i' },
      { Key: 'empty', Value: '' },
    ];
    await put(second);
    expect(await get()).toEqual(second);
    const got = await s3.client.send(new GetObjectCommand({ Bucket, Key }));
    expect(got.TagCount).toBe(2);
    expect(await got.Body?.transformToString()).toBe('x');
    await s3.client.send(new DeleteObjectTaggingCommand({ Bucket, Key }));
    expect(await get()).toEqual([]);
  });

  test('do not change the object’s date or ETag', async () => {
    const before = await s3.send({ method: 'HEAD', path: `/${Bucket}/${Key}` });
    await put(tags(3));
    const after = await s3.send({ method: 'HEAD', path: `/${Bucket}/${Key}` });
    expect(after.headers['last-modified']).toBe(before.headers['last-modified']);
    expect(after.headers.etag).toBe(before.headers.etag);
  });

  test('come with a PUT in a header, and go with the next PUT', async () => {
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'header', Body: 'x', Tagging: 'a=1&b%2B=c+d&e' }));
    expect(await get('header')).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b+', Value: 'c d' },
      { Key: 'e', Value: '' },
    ]);
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'header', Body: 'x' }));
    expect(await get('header')).toEqual([]);
  });

  test.each([
    ['ten', tags(10), 'no failure'],
    ['eleven', tags(11), 'BadRequest 400'],
    ['the same key twice', [...tags(1), ...tags(1)], 'InvalidTag 400'],
    ['the longest key', [{ Key: 'k'.repeat(128), Value: '' }], 'no failure'],
    ['a longer key', [{ Key: 'k'.repeat(129), Value: '' }], 'InvalidTag 400'],
    ['no key', [{ Key: '', Value: 'v' }], 'InvalidTag 400'],
    ['the longest value', [{ Key: 'k', Value: 'v'.repeat(256) }], 'no failure'],
    ['a longer value', [{ Key: 'k', Value: 'v'.repeat(257) }], 'InvalidTag 400'],
    ['a key with an ampersand', [{ Key: 'a&b', Value: '' }], 'InvalidTag 400'],
    ['a value with a line break', [{ Key: 'a', Value: 'b\nc' }], 'InvalidTag 400'],
    ['a key of AWS', [{ Key: 'aws:x', Value: '' }], 'InvalidTag 400'],
    ['none', [], 'no failure'],
  ])('may be %s', async (_, set, expected) => {
    expect(await failure(put(set))).toBe(expected);
  });

  test.each([
    ['a=1&a=2', 'InvalidArgument 400'],
    ['=1', 'InvalidArgument 400'],
    ['%ZZ=1', 'InvalidArgument 400'],
    [
      tags(11)
        .map((tag) => `${tag.Key}=1`)
        .join('&'),
      'BadRequest 400',
    ],
    ['aws:a=1', 'InvalidTag 400'],
  ])('in the header as %s are %s', async (tagging, expected) => {
    const headers = { 'x-amz-tagging': tagging };
    expect(codeOf(await s3.send({ method: 'PUT', path: `/${Bucket}/h`, headers, body: 'x' }))).toBe(expected);
  });

  test('need an object', async () => {
    expect(await failure(put([], 'missing'))).toBe('NoSuchKey 404');
    expect(await failure(get('missing'))).toBe('NoSuchKey 404');
    const remove = new DeleteObjectTaggingCommand({ Bucket, Key: 'missing' });
    expect(await failure(s3.client.send(remove))).toBe('NoSuchKey 404');
    const elsewhere = new GetObjectTaggingCommand({ Bucket: 'no-such-bucket', Key });
    expect(await failure(s3.client.send(elsewhere))).toBe('NoSuchBucket 404');
  });

  test.each([
    [undefined, 'new=1', [{ Key: 'old', Value: '0' }]],
    ['COPY' as const, undefined, [{ Key: 'old', Value: '0' }]],
    ['REPLACE' as const, 'new=1', [{ Key: 'new', Value: '1' }]],
    ['REPLACE' as const, undefined, []],
  ])('are copied as the directive says: %s', async (TaggingDirective, Tagging, expected) => {
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'source', Body: 'x', Tagging: 'old=0' }));
    const asked = { Bucket, Key: 'copy', CopySource: `${Bucket}/source`, TaggingDirective, Tagging };
    await s3.client.send(new CopyObjectCommand(asked));
    expect(await get('copy')).toEqual(expected);
  });
});
