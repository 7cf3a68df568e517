import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { failure, startS3, type TestS3 } from './s3-harness.ts';

let s3: TestS3;
let Bucket: string;
beforeAll(async () => {
  s3 = await startS3();
  Bucket = await s3.bucket();
});
afterAll(() => s3.stop());

/** As encodeURIComponent, and what it leaves alone too: the form S3 signs. */
const encodeKey = (key: string) =>
  encodeURIComponent(key).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

const odd = [
  '/',
  '//a',
  'a//b',
  'a/./b',
  'a/../b',
  '..',
  '.',
  '+',
  'a b',
  '%',
  '%2F',
  '"\'',
  'a\r\nb',
  '?x=1',
  '#',
  '&',
  '\0',
  '\u0001',
  '*~!()',
];
// Whole code points only: surrogates alone have no UTF-8.
const anyKey = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
const key = fc.oneof(fc.constantFrom(...odd), anyKey);

async function onlyKeys(): Promise<string[]> {
  const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket, EncodingType: 'url' }));
  return Contents.map((one) => decodeURIComponent((one.Key ?? '').replaceAll('+', ' ')));
}

async function bodyOf(Key: string): Promise<string | undefined> {
  const got = await s3.client.send(new GetObjectCommand({ Bucket, Key }));
  return got.Body?.transformToString();
}

test('any key goes to exactly that key: put, list, get, tag, delete', async () => {
  await fc.assert(
    fc.asyncProperty(key, async (Key) => {
      // Raw requests: the SDK takes dots and slashes out of some of these paths itself.
      const path = `/${Bucket}/${encodeKey(Key)}`;
      expect((await s3.send({ method: 'PUT', path, body: Key })).status).toBe(200);
      expect(await onlyKeys()).toEqual([Key]);
      expect((await s3.send({ path })).body).toBe(Key);
      const body = '<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>';
      expect((await s3.send({ method: 'PUT', path: `${path}?tagging`, body })).status).toBe(200);
      expect((await s3.send({ path: `${path}?tagging` })).body).toContain('<Value>v</Value>');
      expect((await s3.service.readObject(Bucket, Key))?.toString()).toBe(Key);
      expect((await s3.send({ method: 'DELETE', path })).status).toBe(204);
      expect(await onlyKeys()).toEqual([]);
    }),
    { examples: odd.map((one) => [one]), numRuns: 100 },
  );
});

test.each(odd.filter((one) => !['\r', '\0', '\u0001'].some((control) => one.includes(control))))(
  'the SDK reaches the key %j',
  async (Key) => {
    await s3.client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    expect(await onlyKeys()).toEqual([Key]);
    expect(await bodyOf(Key)).toBe(Key);
    const TagSet = [{ Key: 'a', Value: 'b' }];
    await s3.client.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet } }));
    expect((await s3.client.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet).toEqual(TagSet);
    await s3.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] } }));
    expect(await onlyKeys()).toEqual([]);
    expect(await failure(s3.client.send(new DeleteObjectCommand({ Bucket, Key })))).toBe('no failure');
  },
);

test.each(['é', '漢', '😀'])('keys that end in %s are told apart at every length', async (last) => {
  for (let length = 1; length < 200; length++) {
    const Key = 'a'.repeat(length) + last;
    await s3.send({ method: 'PUT', path: `/${Bucket}/${encodeKey(Key)}`, body: Key });
    expect((await s3.send({ path: `/${Bucket}/${encodeKey(Key)}` })).body).toBe(Key);
    expect((await s3.send({ path: `/${Bucket}/${'a'.repeat(length)}` })).status).toBe(404);
  }
});

test('keys of 1,024 bytes are the longest', async () => {
  const Key = 'é'.repeat(512);
  await s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  expect(await bodyOf(Key)).toBe('x');
  expect(await failure(s3.client.send(new PutObjectCommand({ Bucket, Key: `${Key}e`, Body: 'x' })))).toBe(
    'KeyTooLongError 400',
  );
});
