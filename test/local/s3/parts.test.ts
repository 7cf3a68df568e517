import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, explain, failure, startS3, type TestS3 } from './s3-harness.ts';

let s3: TestS3;
let Bucket: string;
beforeAll(async () => {
  s3 = await startS3();
  Bucket = await s3.bucket({ versioned: true, eventBridge: true });
});
afterAll(() => s3.stop());

const MIB = 1024 * 1024;
const big = Buffer.alloc(5 * MIB, 'abcdefghij');
const begin = async (Key: string, wishes: object = {}) =>
  (await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...wishes }))).UploadId ?? '';
const upload = async (Key: string, UploadId: string, PartNumber: number, Body: Buffer | string) => {
  const { ETag } = await s3.client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
  return { PartNumber, ETag };
};
const complete = (Key: string, UploadId: string, Parts: CompletedPart[], wishes: object = {}) =>
  s3.client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...wishes }));
const put = (Key: string, wishes: object = {}) =>
  s3.client.send(new PutObjectCommand({ Bucket, Key, Body: '0123456789', ...wishes }));

describe('CompleteMultipartUpload sent again', () => {
  test('answers the same, and makes nothing', async () => {
    const id = await begin('again');
    const parts = [await upload('again', id, 1, 'x')];
    const first = await complete('again', id, parts, { IfNoneMatch: '*' });
    const before = s3.events.length;
    const second = await complete('again', id, parts, { IfNoneMatch: '*' });
    expect([second.ETag, second.VersionId]).toEqual([first.ETag, first.VersionId]);
    expect(s3.events).toHaveLength(before);
  });

  test('is NoSuchUpload for other parts, another key, or an object that has been replaced', async () => {
    const id = await begin('other');
    const parts = [await upload('other', id, 1, 'x')];
    await complete('other', id, parts);
    expect(await failure(complete('other', id, [{ PartNumber: 1, ETag: '"y"' }]))).toBe('NoSuchUpload 404');
    expect(await failure(complete('another', id, parts))).toBe('NoSuchUpload 404');
    await s3.client.send(new CopyObjectCommand({ Bucket, Key: 'copied', CopySource: `${Bucket}/other` }));
    expect(await failure(complete('copied', id, parts))).toBe('NoSuchUpload 404');
    await put('other');
    expect(await failure(complete('other', id, parts))).toBe('NoSuchUpload 404');
  });

  test('is judged by the condition of the first', async () => {
    await put('judged');
    const id = await begin('judged');
    const parts = [await upload('judged', id, 1, 'x')];
    expect(await failure(complete('judged', id, parts, { IfNoneMatch: '*' }))).toBe('PreconditionFailed 412');
    expect(await failure(complete('judged', id, parts, { IfMatch: '"other"' }))).toBe('PreconditionFailed 412');
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'judged' }));
    expect(await failure(complete('judged', id, parts, { IfMatch: '"other"' }))).toBe('NoSuchKey 404');
    expect(await failure(complete('judged', id, parts, { IfNoneMatch: '*' }))).toBe('no failure');
  });
});

describe('UploadPartCopy', () => {
  const copy = async (wishes: object) => {
    const UploadId = await begin('to');
    const asked = { Bucket, Key: 'to', UploadId, PartNumber: 1, CopySource: `${Bucket}/source` };
    return s3.client.send(new UploadPartCopyCommand({ ...asked, ...wishes }));
  };
  const FORM =
    'InvalidArgument 400: The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy';

  test.each([
    ['0-8', FORM],
    ['bytes=1-0', FORM],
    ['bytes=0--1', FORM],
    ['bytes=0-1,3-4', FORM],
    ['bytes=1-', FORM],
    ['bytes=-2', FORM],
    ['bytes=0-10', 'InvalidArgument 400: Range specified is not valid for source object of size: 10'],
    ['bytes=10-20', 'InvalidRequest 400: The specified copy range is invalid for the source object size'],
  ])('does not take the range %s', async (CopySourceRange, expected) => {
    await put('source');
    expect(await explain(copy({ CopySourceRange }))).toBe(expected);
  });

  test('takes the version it is told, and says which it took', async () => {
    const { VersionId, ETag } = await put('source');
    const young = await put('source', { Body: 'young' });
    const old = await copy({ CopySource: `${Bucket}/source?versionId=${VersionId}` });
    expect([old.CopySourceVersionId, old.CopyPartResult?.ETag]).toEqual([VersionId, ETag]);
    const current = await copy({});
    expect([current.CopySourceVersionId, current.CopyPartResult?.ETag]).toEqual([young.VersionId, young.ETag]);
  });

  test('goes by the conditions on its source', async () => {
    const { ETag } = await put('source');
    const [past, future] = [new Date(0), new Date(Date.now() + 3_600_000)];
    const end = (wishes: object) => failure(copy(wishes));
    expect(await end({ CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: past })).toBe('no failure');
    expect(await end({ CopySourceIfMatch: '"other"' })).toBe('PreconditionFailed 412');
    expect(await end({ CopySourceIfNoneMatch: '"other"' })).toBe('no failure');
    expect(await end({ CopySourceIfNoneMatch: ETag })).toBe('PreconditionFailed 412');
    expect(await end({ CopySourceIfUnmodifiedSince: past })).toBe('PreconditionFailed 412');
    expect(await end({ CopySourceIfModifiedSince: future })).toBe('PreconditionFailed 412');
  });

  test('refuses a source that is not there', async () => {
    const { VersionId } = await put('gone');
    const marker = await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }));
    const end = (source: string) => failure(copy({ CopySource: source }));
    expect(await end('absent-bucket/k')).toBe('NoSuchBucket 404');
    expect(await end(`${Bucket}/absent`)).toBe('NoSuchKey 404');
    expect(await end(`${Bucket}/absent?versionId=${VersionId}`)).toBe('NoSuchVersion 404');
    expect(await end(`${Bucket}/gone`)).toBe('NoSuchKey 404');
    expect(await end(`${Bucket}/gone?versionId=${marker.VersionId}`)).toBe('InvalidRequest 400');
    expect(await end(`${Bucket}/gone?versionId=${VersionId}`)).toBe('no failure');
  });

  test('needs an upload that is there', async () => {
    await put('source');
    expect(await failure(copy({ UploadId: 'absent' }))).toBe('NoSuchUpload 404');
    expect(await failure(copy({ PartNumber: 10_001 }))).toBe('InvalidArgument 400');
  });
});

describe('a part of an object', () => {
  test('has its own range and checksum, the whole has the object’s', async () => {
    const id = await begin('summed', { ChecksumAlgorithm: 'CRC32' });
    const send = async (PartNumber: number, Body: Buffer | string) => {
      const asked = { Bucket, Key: 'summed', UploadId: id, PartNumber, Body, ChecksumAlgorithm: 'CRC32' } as const;
      const { ETag, ChecksumCRC32 } = await s3.client.send(new UploadPartCommand(asked));
      return { PartNumber, ETag, ChecksumCRC32 };
    };
    const parts = [await send(1, big), await send(2, 'end')];
    const { ChecksumCRC32: composite } = await complete('summed', id, parts);
    const head = (wishes: object) =>
      s3.client.send(new HeadObjectCommand({ Bucket, Key: 'summed', ChecksumMode: 'ENABLED', ...wishes }));
    expect(await head({})).toMatchObject({ ChecksumCRC32: composite, ChecksumType: 'COMPOSITE' });
    expect((await head({})).PartsCount).toBeUndefined();
    const second = await head({ PartNumber: 2 });
    expect(second).toMatchObject({ PartsCount: 2, ContentLength: 3, ChecksumCRC32: parts[1]?.ChecksumCRC32 });
    const got = await s3.client.send(
      new GetObjectCommand({ Bucket, Key: 'summed', PartNumber: 2, ChecksumMode: 'ENABLED' }),
    );
    expect(got.ContentRange).toBe(`bytes ${5 * MIB}-${5 * MIB + 2}/${5 * MIB + 3}`);
    expect(await got.Body?.transformToString()).toBe('end');
    expect(await failure(head({ PartNumber: 3 }))).toContain('416');
    const ObjectAttributes = ['ObjectParts', 'Checksum', 'ObjectSize', 'ETag', 'StorageClass'] as const;
    const attributes = await s3.client.send(
      new GetObjectAttributesCommand({ Bucket, Key: 'summed', ObjectAttributes: [...ObjectAttributes] }),
    );
    expect(attributes).toMatchObject({ ObjectSize: 5 * MIB + 3, StorageClass: 'STANDARD' });
    expect(attributes.Checksum?.ChecksumCRC32).toBe(composite);
    expect(attributes.ObjectParts).toMatchObject({ TotalPartsCount: 2, IsTruncated: false, MaxParts: 1000 });
    expect(attributes.ObjectParts?.Parts).toEqual(
      [5 * MIB, 3].map((Size, n) => ({ PartNumber: n + 1, Size, ChecksumCRC32: parts[n]?.ChecksumCRC32 })),
    );
  });

  test('number one is the whole of an object that came whole', async () => {
    const { ChecksumCRC32 } = await put('whole', { ChecksumAlgorithm: 'CRC32' });
    const asked = { Bucket, Key: 'whole', PartNumber: 1, ChecksumMode: 'ENABLED' } as const;
    const head = await s3.client.send(new HeadObjectCommand(asked));
    expect(head).toMatchObject({ ContentLength: 10, ChecksumCRC32 });
    expect(head.PartsCount).toBeUndefined();
    const second = await s3.send({ path: `/${Bucket}/whole?partNumber=2` });
    expect(codeOf(second)).toBe('InvalidPartNumber 416');
    const both = await s3.send({ path: `/${Bucket}/whole?partNumber=1`, headers: { range: 'bytes=0-1' } });
    expect(codeOf(both)).toBe('InvalidRequest 400');
  });

  test.each([
    ['bytes=0-100', true],
    ['bytes=-15', true],
    ['bytes=0-8', false],
  ])('the range %s has the object’s checksum: %s', async (Range, has) => {
    await put('ranged', { ChecksumAlgorithm: 'CRC32' });
    const asked = { Bucket, Key: 'ranged', Range, ChecksumMode: 'ENABLED' } as const;
    const { ChecksumCRC32 } = await s3.client.send(new HeadObjectCommand(asked));
    expect(ChecksumCRC32 !== undefined).toBe(has);
  });

  test('tells nothing but its count without a checksum', async () => {
    const id = await begin('plain');
    await complete('plain', id, [await upload('plain', id, 1, 'x')]);
    const asked = { Bucket, Key: 'plain', ObjectAttributes: ['ObjectParts' as const] };
    const { ObjectParts } = await s3.client.send(new GetObjectAttributesCommand(asked));
    expect(ObjectParts).toEqual({ TotalPartsCount: 1 });
  });
});

test('a request that expects another owner of the bucket is refused', async () => {
  await put('owned');
  const remove = (ExpectedBucketOwner: string) =>
    failure(s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'owned', ExpectedBucketOwner })));
  expect(await remove('111111111111')).toBe('AccessDenied 403');
  expect(await remove('000000000000')).toBe('no failure');
  expect(await failure(begin('owned', { ExpectedBucketOwner: '111111111111' }))).toBe('AccessDenied 403');
});
