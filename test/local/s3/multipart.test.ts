import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { failure, startS3, type TestS3 } from './s3-harness.ts';

let s3: TestS3;
let Bucket: string;
beforeAll(async () => {
  s3 = await startS3();
  Bucket = await s3.bucket();
});
afterAll(() => s3.stop());

const MIB = 1024 * 1024;
const big = Buffer.alloc(5 * MIB, 'abcdefghij');
const begin = async (Key: string, wishes: object = {}) =>
  (await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...wishes }))).UploadId ?? '';
const part = (Key: string, UploadId: string, PartNumber: number, Body: Buffer | string, wishes: object = {}) =>
  s3.client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ...wishes }));
const complete = (Key: string, UploadId: string, Parts: CompletedPart[], wishes: object = {}) =>
  s3.client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...wishes }));
const bytesOf = async (Key: string, wishes: object = {}) => {
  const got = await s3.client.send(new GetObjectCommand({ Bucket, Key, ...wishes }));
  return Buffer.from((await got.Body?.transformToByteArray()) ?? []);
};

describe('a multipart upload', () => {
  test('becomes an object with what was said at its beginning', async () => {
    const Key = 'whole';
    const wishes = { ContentType: 'text/plain', Metadata: { a: 'b' }, Tagging: 't=1', StorageClass: 'STANDARD_IA' };
    const id = await begin(Key, wishes);
    const first = await part(Key, id, 1, big);
    const third = await part(Key, id, 3, 'end');
    expect(await failure(s3.client.send(new HeadObjectCommand({ Bucket, Key })))).toBe('NotFound 404');
    const done = await complete(Key, id, [
      { PartNumber: 1, ETag: first.ETag },
      { PartNumber: 3, ETag: third.ETag },
    ]);
    const digests = [big, Buffer.from('end')].map((bytes) => createHash('md5').update(bytes).digest());
    const etag = `"${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-2"`;
    expect(done).toMatchObject({ Bucket, Key, ETag: etag });
    expect((await bytesOf(Key)).equals(Buffer.concat([big, Buffer.from('end')]))).toBe(true);
    expect((await bytesOf(Key, { Range: `bytes=${5 * MIB - 2}-${5 * MIB}` })).toString()).toBe('ije');
    expect((await bytesOf(Key, { PartNumber: 2 })).toString()).toBe('end');
    const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key, PartNumber: 1 }));
    expect(head).toMatchObject({
      PartsCount: 2,
      ContentLength: 5 * MIB,
      ContentType: 'text/plain',
      Metadata: { a: 'b' },
    });
    expect(head).toMatchObject({ StorageClass: 'STANDARD_IA', ETag: etag });
    const tags = await s3.client.send(new GetObjectTaggingCommand({ Bucket, Key }));
    expect(tags.TagSet).toEqual([{ Key: 't', Value: '1' }]);
    expect(await failure(s3.client.send(new HeadObjectCommand({ Bucket, Key, PartNumber: 3 })))).toContain('416');
  });

  test('takes the last body sent for a part number', async () => {
    const id = await begin('replaced');
    await part('replaced', id, 1, Buffer.alloc(100_000));
    const { ETag } = await part('replaced', id, 1, 'second');
    await complete('replaced', id, [{ PartNumber: 1, ETag }]);
    expect((await bytesOf('replaced')).toString()).toBe('second');
  });

  test('is gone once it is aborted or complete', async () => {
    const id = await begin('gone');
    const { ETag } = await part('gone', id, 1, 'x');
    await s3.client.send(new AbortMultipartUploadCommand({ Bucket, Key: 'gone', UploadId: id }));
    const Parts = [{ PartNumber: 1, ETag }];
    expect(await failure(part('gone', id, 2, 'x'))).toBe('NoSuchUpload 404');
    expect(await failure(complete('gone', id, Parts))).toBe('NoSuchUpload 404');
    const abort = new AbortMultipartUploadCommand({ Bucket, Key: 'gone', UploadId: id });
    expect(await failure(s3.client.send(abort))).toBe('NoSuchUpload 404');
    expect(await failure(s3.client.send(new ListPartsCommand({ Bucket, Key: 'gone', UploadId: id })))).toBe(
      'NoSuchUpload 404',
    );
  });

  test('is refused when its list of parts is wrong', async () => {
    const id = await begin('wrong');
    const one = await part('wrong', id, 1, 'small');
    const two = await part('wrong', id, 2, 'last');
    const p1 = { PartNumber: 1, ETag: one.ETag };
    const p2 = { PartNumber: 2, ETag: two.ETag };
    expect(await failure(complete('wrong', id, []))).toBe('MalformedXML 400');
    expect(await failure(complete('wrong', id, [p2, p1]))).toBe('InvalidPartOrder 400');
    expect(await failure(complete('wrong', id, [p1, p1]))).toBe('InvalidPartOrder 400');
    expect(await failure(complete('wrong', id, [{ ...p1, ETag: two.ETag }]))).toBe('InvalidPart 400');
    expect(await failure(complete('wrong', id, [{ ...p1, PartNumber: 7 }]))).toBe('InvalidPart 400');
    expect(await failure(complete('wrong', id, [p1, p2]))).toBe('EntityTooSmall 400');
    expect(await failure(complete('wrong', id, [p1], { MpuObjectSize: 6 }))).toBe('InvalidRequest 400');
    expect(await failure(complete('wrong', id, [p1], { MpuObjectSize: 5 }))).toBe('no failure');
  });

  test.each([0, 10_001])('has no part %d', async (number) => {
    const id = await begin('numbers');
    expect(await failure(part('numbers', id, number, 'x'))).toBe('InvalidArgument 400');
  });

  test('is completed under a condition, or stays as it was', async () => {
    const Key = 'conditional';
    await s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'there' }));
    const id = await begin(Key);
    const { ETag } = await part(Key, id, 1, 'x');
    const Parts = [{ PartNumber: 1, ETag }];
    expect(await failure(complete(Key, id, Parts, { IfNoneMatch: '*' }))).toBe('PreconditionFailed 412');
    const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key }));
    expect(await failure(complete(Key, id, Parts, { IfMatch: head.ETag }))).toBe('no failure');
  });

  test('goes with its bucket', async () => {
    const doomed = await s3.bucket();
    await s3.client.send(new CreateMultipartUploadCommand({ Bucket: doomed, Key: 'k' }));
    expect(await failure(s3.client.send(new DeleteBucketCommand({ Bucket: doomed })))).toBe('no failure');
    await s3.service.createBucket(doomed);
    const listed = await s3.client.send(new ListMultipartUploadsCommand({ Bucket: doomed }));
    expect(listed.Uploads).toBeUndefined();
  });
});

describe('checksums of parts', () => {
  test.each([
    ['CRC32', undefined, 'COMPOSITE'],
    ['SHA256', 'COMPOSITE', 'COMPOSITE'],
    ['CRC32C', 'FULL_OBJECT', 'FULL_OBJECT'],
    ['CRC64NVME', undefined, 'FULL_OBJECT'],
  ] as const)('%s (%s) make one of the object that is %s', async (ChecksumAlgorithm, ChecksumType, expected) => {
    const Key = `sum-${ChecksumAlgorithm}`;
    const id = await begin(Key, { ChecksumAlgorithm, ChecksumType });
    const one = await part(Key, id, 1, big, { ChecksumAlgorithm });
    const two = await part(Key, id, 2, 'end', { ChecksumAlgorithm });
    const name = `Checksum${ChecksumAlgorithm}` as const;
    const done = await complete(Key, id, [
      { PartNumber: 1, ETag: one.ETag, [name]: one[name] },
      { PartNumber: 2, ETag: two.ETag, [name]: two[name] },
    ]);
    expect(done.ChecksumType).toBe(expected);
    if (expected === 'COMPOSITE') {
      expect(done[name]).toMatch(/-2$/);
      return;
    }
    // The same bytes sent at once have the same checksum.
    const Body = Buffer.concat([big, Buffer.from('end')]);
    const put = await s3.client.send(new PutObjectCommand({ Bucket, Key: 'same', Body, ChecksumAlgorithm }));
    expect(done[name]).toBe(put[name]);
  });

  test('are demanded of a composite upload', async () => {
    const id = await begin('demand', { ChecksumAlgorithm: 'SHA256' });
    expect(await failure(part('demand', id, 1, 'x', { ChecksumAlgorithm: 'CRC32' }))).toBe('InvalidRequest 400');
    const sent = await part('demand', id, 1, 'x', { ChecksumAlgorithm: 'SHA256' });
    const p1 = { PartNumber: 1, ETag: sent.ETag };
    expect(await failure(complete('demand', id, [p1]))).toBe('InvalidRequest 400');
    const other = { ...p1, ChecksumSHA256: 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=' };
    expect(await failure(complete('demand', id, [other]))).toBe('InvalidPart 400');
    const right = [{ ...p1, ChecksumSHA256: sent.ChecksumSHA256 }];
    expect(await failure(complete('demand', id, right))).toBe('no failure');
    const asked = { Bucket, Key: 'demand', ObjectAttributes: ['ObjectParts' as const] };
    const { ObjectParts } = await s3.client.send(new GetObjectAttributesCommand(asked));
    expect(ObjectParts).toMatchObject({ TotalPartsCount: 1, Parts: [{ PartNumber: 1, Size: 1 }] });
  });

  test.each([
    [{ ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' }],
    [{ ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' }],
  ])('cannot be %j', async (wishes) => {
    expect(await failure(begin('cannot', wishes))).toBe('InvalidRequest 400');
  });
});

describe('UploadPartCopy', () => {
  test('takes the whole or a range of its source', async () => {
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'from', Body: big }));
    const id = await begin('to');
    const copy = (PartNumber: number, CopySourceRange?: string) =>
      s3.client.send(
        new UploadPartCopyCommand({
          Bucket,
          Key: 'to',
          UploadId: id,
          PartNumber,
          CopySource: `${Bucket}/from`,
          CopySourceRange,
        }),
      );
    const one = await copy(1);
    const two = await copy(2, 'bytes=2-4');
    expect(await failure(copy(3, `bytes=0-${5 * MIB}`))).toBe('InvalidArgument 400');
    expect(await failure(copy(3, 'bytes=1-'))).toBe('InvalidArgument 400');
    await complete('to', id, [
      { PartNumber: 1, ETag: one.CopyPartResult?.ETag },
      { PartNumber: 2, ETag: two.CopyPartResult?.ETag },
    ]);
    expect((await bytesOf('to')).equals(Buffer.concat([big, Buffer.from('cde')]))).toBe(true);
  });
});

describe('lists', () => {
  test('of parts come in pages', async () => {
    const id = await begin('pages');
    for (const number of [1, 2, 5]) await part('pages', id, number, `part ${number}`);
    const page = (PartNumberMarker?: string) =>
      s3.client.send(new ListPartsCommand({ Bucket, Key: 'pages', UploadId: id, MaxParts: 2, PartNumberMarker }));
    const first = await page();
    expect(first).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });
    expect(first.Parts).toMatchObject([{ PartNumber: 1, Size: 6 }, { PartNumber: 2 }]);
    const second = await page(first.NextPartNumberMarker);
    expect(second).toMatchObject({ IsTruncated: false, Parts: [{ PartNumber: 5 }] });
  });

  test('of uploads come in pages, by key, oldest first, with common prefixes', async () => {
    Bucket = await s3.bucket();
    const ids = [await begin('b'), await begin('a/1'), await begin('b'), await begin('a/2')];
    const all = await s3.client.send(new ListMultipartUploadsCommand({ Bucket }));
    const order = [ids[1], ids[3], ids[0], ids[2]];
    expect(all.Uploads?.map((one) => one.UploadId)).toEqual(order);
    const seen: (string | undefined)[] = [];
    let markers = {};
    for (;;) {
      const page = await s3.client.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 1, ...markers }));
      seen.push(...(page.Uploads ?? []).map((one) => one.UploadId));
      if (!page.IsTruncated) break;
      markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    }
    expect(seen).toEqual(order);
    const rolled = await s3.client.send(new ListMultipartUploadsCommand({ Bucket, Delimiter: '/' }));
    expect(rolled.CommonPrefixes).toEqual([{ Prefix: 'a/' }]);
    expect(rolled.Uploads).toHaveLength(2);
  });
});

test('the SDK’s own uploader works', async () => {
  const Body = Buffer.alloc(11 * MIB, 'xyz');
  await new Upload({ client: s3.client, params: { Bucket, Key: 'uploader', Body } }).done();
  expect((await bytesOf('uploader')).equals(Body)).toBe(true);
});
