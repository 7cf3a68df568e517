import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, failure, startS3, type TestS3 } from './s3-harness.ts';

let s3: TestS3;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());

const Key = 'k';
const put = async (Bucket: string, Body: string, key = Key) =>
  (await s3.client.send(new PutObjectCommand({ Bucket, Key: key, Body }))).VersionId;
const remove = (Bucket: string, VersionId?: string) =>
  s3.client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
const read = async (Bucket: string, VersionId?: string) => {
  const got = await s3.client.send(new GetObjectCommand({ Bucket, Key, VersionId }));
  return `${await got.Body?.transformToString()} ${got.VersionId}`;
};
const switchTo = (Bucket: string, Status: 'Enabled' | 'Suspended') =>
  s3.client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
/** What the listing shows, newest first. */
const list = async (Bucket: string) => {
  const { Versions = [], DeleteMarkers = [] } = await s3.client.send(new ListObjectVersionsCommand({ Bucket }));
  return { versions: Versions.map((one) => one.VersionId), markers: DeleteMarkers.map((one) => one.VersionId) };
};

describe('a bucket with versioning', () => {
  test('keeps every version and gives the newest', async () => {
    const Bucket = await s3.bucket({ versioned: true });
    const ids = [await put(Bucket, 'one'), await put(Bucket, 'two'), await put(Bucket, 'three')];
    expect(new Set(ids).size).toBe(3);
    expect(await read(Bucket)).toBe(`three ${ids[2]}`);
    expect(await read(Bucket, ids[0])).toBe(`one ${ids[0]}`);
    expect(await list(Bucket)).toEqual({ versions: ids.toReversed(), markers: [] });
  });

  test('hides a deleted object behind a marker, and shows it again without it', async () => {
    const Bucket = await s3.bucket({ versioned: true });
    const id = await put(Bucket, 'one');
    const marker = await remove(Bucket);
    expect(marker).toMatchObject({ DeleteMarker: true, VersionId: expect.stringMatching(/^.{32}$/) });
    expect(await failure(read(Bucket))).toBe('NoSuchKey 404');
    expect((await s3.client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    expect(await read(Bucket, id)).toBe(`one ${id}`);
    expect(await list(Bucket)).toEqual({ versions: [id], markers: [marker.VersionId] });
    expect(await remove(Bucket, marker.VersionId)).toMatchObject({ DeleteMarker: true, VersionId: marker.VersionId });
    expect(await read(Bucket)).toBe(`one ${id}`);
  });

  test('answers for a delete marker as S3 does', async () => {
    const Bucket = await s3.bucket({ versioned: true });
    await put(Bucket, 'one');
    const { VersionId } = await remove(Bucket);
    const missing = await s3.send({ path: `/${Bucket}/${Key}` });
    expect(codeOf(missing)).toBe('NoSuchKey 404');
    expect(missing.headers).toMatchObject({ 'x-amz-delete-marker': 'true', 'x-amz-version-id': VersionId });
    const named = await s3.send({ path: `/${Bucket}/${Key}?versionId=${VersionId}` });
    expect(codeOf(named)).toBe('MethodNotAllowed 405');
    expect(named.headers).toMatchObject({ allow: 'DELETE', 'x-amz-delete-marker': 'true' });
    const head = await s3.send({ method: 'HEAD', path: `/${Bucket}/${Key}?versionId=${VersionId}` });
    expect(head.status).toBe(405);
    const tag = new PutObjectTaggingCommand({ Bucket, Key, VersionId, Tagging: { TagSet: [] } });
    expect(await failure(s3.client.send(tag))).toBe('MethodNotAllowed 405');
  });

  test('removes a version for good, and makes the next older the newest', async () => {
    const Bucket = await s3.bucket({ versioned: true });
    const ids = [await put(Bucket, 'one'), await put(Bucket, 'two'), await put(Bucket, 'three')];
    expect((await remove(Bucket, ids[1])).VersionId).toBe(ids[1]);
    expect(await failure(read(Bucket, ids[1]))).toBe('NoSuchVersion 404');
    expect((await remove(Bucket, ids[2])).DeleteMarker).toBeUndefined();
    expect(await read(Bucket)).toBe(`one ${ids[0]}`);
    await remove(Bucket, ids[0]);
    expect(await list(Bucket)).toEqual({ versions: [], markers: [] });
  });

  test('tags one version alone', async () => {
    const Bucket = await s3.bucket({ versioned: true });
    const [first, second] = [await put(Bucket, 'one'), await put(Bucket, 'two')];
    const TagSet = [{ Key: 'a', Value: 'b' }];
    await s3.client.send(new PutObjectTaggingCommand({ Bucket, Key, VersionId: first, Tagging: { TagSet } }));
    const tagsOf = (VersionId?: string) => s3.client.send(new GetObjectTaggingCommand({ Bucket, Key, VersionId }));
    expect(await tagsOf(first)).toMatchObject({ TagSet, VersionId: first });
    expect(await tagsOf()).toMatchObject({ TagSet: [], VersionId: second });
  });

  test('deletes versions by DeleteObjects', async () => {
    const Bucket = await s3.bucket({ versioned: true });
    const VersionId = await put(Bucket, 'one');
    const unknown = 'x'.repeat(32);
    const Objects = [{ Key, VersionId }, { Key: 'other' }, { Key, VersionId: unknown }, { Key, VersionId: 'short' }];
    const { Deleted, Errors } = await s3.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted).toEqual([
      { Key, VersionId },
      { Key: 'other', DeleteMarker: true, DeleteMarkerVersionId: expect.any(String) },
      { Key, VersionId: unknown },
    ]);
    expect(Errors).toMatchObject([{ Key, VersionId: 'short', Code: 'NoSuchVersion' }]);
  });

  test.each([
    ['', 'InvalidArgument 400'],
    ['short', 'InvalidArgument 400'],
    ['x'.repeat(32), 'NoSuchVersion 404'],
    ['null', 'NoSuchVersion 404'],
  ])('answers for version %j with %s', async (versionId, expected) => {
    const Bucket = await s3.bucket({ versioned: true });
    await put(Bucket, 'one');
    expect(codeOf(await s3.send({ path: `/${Bucket}/${Key}?versionId=${versionId}` }))).toBe(expected);
  });
});

describe('null versions', () => {
  test('are what was written before versioning, and stay', async () => {
    const Bucket = await s3.bucket();
    expect(await put(Bucket, 'before')).toBeUndefined();
    expect(await read(Bucket, 'null')).toBe('before undefined');
    await switchTo(Bucket, 'Enabled');
    const id = await put(Bucket, 'after');
    expect(await list(Bucket)).toEqual({ versions: [id, 'null'], markers: [] });
    expect(await read(Bucket, 'null')).toBe('before null');
    await remove(Bucket, 'null');
    expect(await list(Bucket)).toEqual({ versions: [id], markers: [] });
  });

  test('replace each other while versioning is suspended, wherever the old one is', async () => {
    const Bucket = await s3.bucket();
    await put(Bucket, 'before');
    await switchTo(Bucket, 'Enabled');
    const id = await put(Bucket, 'kept');
    await switchTo(Bucket, 'Suspended');
    expect(await put(Bucket, 'suspended')).toBe('null');
    expect(await list(Bucket)).toEqual({ versions: ['null', id], markers: [] });
    expect(await put(Bucket, 'again')).toBe('null');
    expect(await read(Bucket)).toBe('again null');
    expect(await list(Bucket)).toEqual({ versions: ['null', id], markers: [] });
    expect(await remove(Bucket)).toMatchObject({ DeleteMarker: true, VersionId: 'null' });
    expect(await list(Bucket)).toEqual({ versions: [id], markers: ['null'] });
    expect(await failure(s3.client.send(new HeadObjectCommand({ Bucket, Key })))).toBe('NotFound 404');
    await remove(Bucket, 'null');
    expect(await read(Bucket)).toBe(`kept ${id}`);
  });
});
