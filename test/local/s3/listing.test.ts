import {
  type CommonPrefix,
  DeleteObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { failure, startS3, type TestS3 } from './s3-harness.ts';

let s3: TestS3;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());

const put = (Bucket: string, Key: string) => s3.client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
const namesOf = (page: {
  Contents?: { Key?: string | undefined }[] | undefined;
  CommonPrefixes?: CommonPrefix[] | undefined;
}) => [
  ...(page.Contents ?? []).map((one) => one.Key ?? ''),
  ...(page.CommonPrefixes ?? []).map((one) => one.Prefix ?? ''),
];
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
/** Encoded by encoding-type=url, as a client would decode it. */
const decodeUrl = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));

interface Question {
  prefix: string;
  delimiter: string;
  size: number;
}

/** What S3 should list, in one go. */
function model(keys: Iterable<string>, { prefix, delimiter }: Question): string[] {
  const listed = new Set<string>();
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    listed.add(at < 0 ? key : key.slice(0, at + delimiter.length));
  }
  return [...listed].sort(byBytes);
}

async function pagesV2(Bucket: string, { prefix, delimiter, size }: Question): Promise<string[][]> {
  const pages: string[][] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.client.send(
      new ListObjectsV2Command({
        Bucket,
        Prefix: prefix,
        Delimiter: delimiter,
        MaxKeys: size,
        ContinuationToken,
        EncodingType: 'url',
      }),
    );
    expect(page.IsTruncated).toBe(page.NextContinuationToken !== undefined);
    pages.push(namesOf(page).map(decodeUrl).sort(byBytes));
    expect(page.KeyCount).toBe(pages.at(-1)?.length);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return pages;
}

async function pagesV1(Bucket: string, { prefix, delimiter, size }: Question): Promise<string[][]> {
  const pages: string[][] = [];
  let Marker = '';
  for (;;) {
    const page = await s3.client.send(
      new ListObjectsCommand({
        Bucket,
        Prefix: prefix,
        Delimiter: delimiter,
        MaxKeys: size,
        Marker,
        EncodingType: 'url',
      }),
    );
    pages.push(namesOf(page).map(decodeUrl).sort(byBytes));
    if (!page.IsTruncated) return pages;
    Marker = page.NextMarker === undefined ? (pages.at(-1)?.at(-1) ?? '') : decodeUrl(page.NextMarker);
  }
}

async function pagesOfVersions(Bucket: string, { prefix, delimiter, size }: Question): Promise<string[][]> {
  const pages: string[][] = [];
  let markers = {};
  for (;;) {
    const page = await s3.client.send(
      new ListObjectVersionsCommand({
        Bucket,
        Prefix: prefix,
        Delimiter: delimiter,
        MaxKeys: size,
        EncodingType: 'url',
        ...markers,
      }),
    );
    const versions = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    pages.push(namesOf({ Contents: versions, CommonPrefixes: page.CommonPrefixes }).map(decodeUrl).sort(byBytes));
    if (!page.IsTruncated) return pages;
    markers = { KeyMarker: decodeUrl(page.NextKeyMarker ?? ''), VersionIdMarker: page.NextVersionIdMarker };
  }
}

const piece = fc.constantFrom('a', 'b', '/', '-', 'é', '😀', '\uffff', ' ', '+', '\0', 'ab/', '..');
const key = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));
const question = fc.record({
  prefix: fc.oneof(fc.constant(''), key),
  delimiter: fc.constantFrom('', '/', '/', 'b/', 'é', '😀'),
  size: fc.constantFrom(1, 2, 3, 1000),
});

describe('a listing', () => {
  test('is what the keys say: sorted by bytes, rolled up, in pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 25 }),
        fc.array(question, { minLength: 1, maxLength: 4 }),
        async (keys, questions) => {
          const Bucket = await s3.bucket({ versioned: true });
          await Promise.all(keys.map((one) => put(Bucket, one)));
          for (const asked of questions) {
            const expected = model(keys, asked);
            for (const pages of [await pagesV2(Bucket, asked), await pagesV1(Bucket, asked)]) {
              expect(pages.flat()).toEqual(expected);
              for (const page of pages.slice(0, -1)) expect(page).toHaveLength(asked.size);
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test('of versions names each version once, in pages of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'a/b', 'a/c', 'b', 'a\0', 'é/x'), fc.boolean()), { maxLength: 15 }),
        question.filter(({ prefix }) => prefix.length < 2),
        async (writes, asked) => {
          const Bucket = await s3.bucket({ versioned: true });
          for (const [Key, isDelete] of writes) {
            await (isDelete ? s3.client.send(new DeleteObjectCommand({ Bucket, Key })) : put(Bucket, Key));
          }
          const pages = await pagesOfVersions(Bucket, asked);
          const rolledUp = model(
            writes.map(([one]) => one),
            asked,
          ).filter((one) => !writes.some(([name]) => name === one));
          const { delimiter } = asked;
          const single = writes
            .map(([one]) => one)
            .filter((one) => one.startsWith(asked.prefix))
            .filter((one) => delimiter === '' || !one.includes(delimiter, asked.prefix.length));
          expect(pages.flat().sort(byBytes)).toEqual([...rolledUp, ...single].sort(byBytes));
        },
      ),
      { numRuns: 25 },
    );
  });

  test('describes each object', async () => {
    const Bucket = await s3.bucket();
    const { ETag } = await put(Bucket, 'k');
    const { Contents } = await s3.client.send(new ListObjectsV2Command({ Bucket, FetchOwner: true }));
    expect(Contents).toEqual([
      {
        Key: 'k',
        ETag,
        Size: 1,
        StorageClass: 'STANDARD',
        ChecksumAlgorithm: ['CRC32'],
        ChecksumType: 'FULL_OBJECT',
        LastModified: expect.any(Date),
        Owner: { ID: expect.any(String) },
      },
    ]);
  });

  test('begins after StartAfter, and after a marker', async () => {
    const Bucket = await s3.bucket();
    for (const one of ['a', 'b/1', 'b/2', 'c']) await put(Bucket, one);
    const v2 = (StartAfter: string, Delimiter?: string) =>
      s3.client.send(new ListObjectsV2Command({ Bucket, StartAfter, Delimiter }));
    expect(namesOf(await v2('a'))).toEqual(['b/1', 'b/2', 'c']);
    expect(namesOf(await v2('b/1', '/'))).toEqual(['c', 'b/']);
    const v1 = (Marker: string, Delimiter?: string) =>
      s3.client.send(new ListObjectsCommand({ Bucket, Marker, Delimiter }));
    expect(namesOf(await v1('b/1'))).toEqual(['b/2', 'c']);
    // A marker inside of a common prefix means that it has been given.
    expect(namesOf(await v1('b/1', '/'))).toEqual(['c']);
  });

  test('shows no common prefix of delete markers alone', async () => {
    const Bucket = await s3.bucket({ versioned: true });
    for (const one of ['a/1', 'b/1', 'b/2']) await put(Bucket, one);
    for (const Key of ['a/1', 'b/1']) await s3.client.send(new DeleteObjectCommand({ Bucket, Key }));
    expect(namesOf(await s3.client.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' })))).toEqual(['b/']);
  });

  test('skips what it rolls up, however much that is', async () => {
    const Bucket = await s3.bucket();
    for (let n = 0; n < 3000; n += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, m) => put(Bucket, `${n % 300}/${n + m}`)));
    }
    const page = await s3.client.send(new ListObjectsV2Command({ Bucket, Delimiter: '/', MaxKeys: 2 }));
    expect(namesOf(page)).toEqual(['0/', '100/']);
  });

  test.each([
    [{ MaxKeys: 0 }, 'no failure'],
    [{ MaxKeys: -1 }, 'InvalidArgument 400'],
    [{ EncodingType: 'base64' as 'url' }, 'InvalidArgument 400'],
    [{ ContinuationToken: 'nonsense' }, 'InvalidArgument 400'],
    [{ ContinuationToken: '' }, 'InvalidArgument 400'],
    [{ MaxKeys: 5000 }, 'no failure'],
  ])('asked with %j ends in %s', async (asked, expected) => {
    const Bucket = await s3.bucket();
    expect(await failure(s3.client.send(new ListObjectsV2Command({ Bucket, ...asked })))).toBe(expected);
  });
});
