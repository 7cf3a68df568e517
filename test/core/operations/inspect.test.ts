import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
  RestoreObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeObject } from '../../../core/operations/inspect/describe-object.ts';
import { inspect } from '../../../core/operations/inspect.ts';
import type { Task } from '../../../core/operations/operation.ts';
import { current, expectMissing, type LocalS3, startLocalS3, taskOf, twice } from './local-s3.ts';
import { answer, contextOf, refusal, ScriptedS3, TASK } from './task-context.ts';

const HELLO = '5d41402abc4b2a76b9719d911017c592';

let local: LocalS3;
let plain: string;
let versioned: string;
beforeAll(async () => {
  local = await startLocalS3();
  plain = await local.s3.bucket();
  versioned = await local.s3.bucket({ versioned: true });
});
afterAll(() => local.stop());

/** What the report says of an object, whichever time it is asked. */
async function reported(task: Task): Promise<Record<string, unknown>> {
  const [first, second] = await twice(inspect, task, {}, local.context);
  expect(second).toEqual(first);
  expect(first).toMatchObject({ status: 'succeeded', httpStatus: 200, errorCode: '' });
  return JSON.parse(first.message) as Record<string, unknown>;
}

describe('Inspect', () => {
  test('reports what an object is, and nothing that it is not', async () => {
    const task = await local.put({ Bucket: plain, ContentType: 'text/plain', ChecksumAlgorithm: 'SHA256' });
    const found = await reported(task);
    expect(found).toEqual({
      size: 5,
      eTag: HELLO,
      lastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      storageClass: 'STANDARD',
      contentType: 'text/plain',
      checksum: {
        algorithm: 'SHA256',
        value: 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
        type: 'FULL_OBJECT',
      },
      encryption: { algorithm: 'AES256' },
    });
    expect(Object.keys(found).slice(0, 4)).toEqual(['size', 'eTag', 'lastModified', 'storageClass']);
  });

  test('reports of the version that the manifest names, and of the current one otherwise', async () => {
    const old = await local.put({ Bucket: versioned, Body: 'old', Tagging: 'a=1' });
    const now = await local.put({ Bucket: versioned, Key: old.key, Body: 'newer', Tagging: 'b=2' });
    expect(await reported(old)).toMatchObject({ size: 3, versionId: old.versionId, tags: { a: '1' } });
    expect(await reported(current(old))).toMatchObject({ size: 5, versionId: now.versionId, tags: { b: '2' } });
  });

  test('reports encryption with its key', async () => {
    const SSEKMSKeyId = 'arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const options = { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId, BucketKeyEnabled: true };
    expect(await reported(await local.put({ Bucket: plain, ...options }))).toMatchObject({
      encryption: { algorithm: 'aws:kms', keyId: SSEKMSKeyId, bucketKey: true },
    });
  });

  test('reports an archived object without restoring it, and how its restore stands', async () => {
    const task = await local.put({ Bucket: plain, StorageClass: 'DEEP_ARCHIVE' });
    const archived = await reported(task);
    expect(archived).toMatchObject({ storageClass: 'DEEP_ARCHIVE' });
    expect(archived).not.toHaveProperty('restore');
    const RestoreRequest = { Days: 1, GlacierJobParameters: { Tier: 'Bulk' as const } };
    await local.s3.client.send(new RestoreObjectCommand({ Bucket: plain, Key: task.key, RestoreRequest }));
    expect(await reported(task)).toMatchObject({ restore: { ongoing: true } });
  });

  test('reports locks', async () => {
    const Bucket = await local.s3.bucket({ objectLock: true });
    const task = await local.put({ Bucket });
    const RetainUntilDate = new Date('2099-01-01T00:00:00Z');
    const Retention = { Mode: 'GOVERNANCE' as const, RetainUntilDate };
    await local.s3.client.send(new PutObjectRetentionCommand({ Bucket, Key: task.key, Retention }));
    await local.s3.client.send(new PutObjectLegalHoldCommand({ Bucket, Key: task.key, LegalHold: { Status: 'OFF' } }));
    expect(await reported(task)).toMatchObject({
      objectLock: { mode: 'GOVERNANCE', retainUntil: '2099-01-01T00:00:00.000Z', legalHold: 'OFF' },
    });
  });

  test('reports the number of parts', async () => {
    const asked = { Bucket: plain, Key: 'in-parts' };
    const { UploadId } = await local.s3.client.send(new CreateMultipartUploadCommand(asked));
    const part = { ...asked, UploadId, PartNumber: 1 };
    const { ETag } = await local.s3.client.send(new UploadPartCommand({ ...part, Body: 'hello' }));
    const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
    await local.s3.client.send(new CompleteMultipartUploadCommand({ ...asked, UploadId, MultipartUpload }));
    expect(await reported(taskOf(plain, 'in-parts'))).toMatchObject({ size: 5, parts: 1 });
  });

  test('reports the longest tags whole', async () => {
    const task = await local.put({ Bucket: plain });
    const TagSet = Array.from({ length: 10 }, (_, n) => ({
      Key: `${n}${'ü'.repeat(127)}`,
      Value: 'ä'.repeat(256),
    }));
    await local.s3.client.send(new PutObjectTaggingCommand({ Bucket: plain, Key: task.key, Tagging: { TagSet } }));
    const { tags } = await reported(task);
    expect(Object.keys(Object(tags))).toHaveLength(10);
    expect(new Set(Object.values(Object(tags)))).toEqual(new Set([TagSet[0]?.Value]));
  });

  test('says of what is not there what S3 says', async () => {
    await expectMissing(inspect, {}, local, { bucket: versioned, readsFirst: true });
  });

  test('tells in a dry run what it would report', async () => {
    const examination = await inspect.examine(await local.put({ Bucket: plain }), {}, local.context);
    expect(examination).toEqual({
      finding: 'change',
      says: expect.stringMatching(/^Would report \{"size":5,"eTag":"5d41402abc4b2a76b9719d911017c592"/),
    });
  });

  test('does without the checksum that needs a key', async () => {
    const s3 = new ScriptedS3(
      refusal(403, 'Forbidden', 'Forbidden'),
      answer('', { 'content-length': '7', etag: '"e"' }),
    );
    const result = await inspect.execute(TASK, {}, contextOf({ s3 }));
    expect(result.message).toBe('{"size":7,"eTag":"e","storageClass":"STANDARD"}');
    expect(s3.requests.map(({ headers }) => headers)).toEqual([{ 'x-amz-checksum-mode': 'ENABLED' }, {}]);
  });

  test.each([
    ['may not read the object', [403, 403, 403], 'AccessDenied'],
    ['has no answer', [0], 'C0'],
    ['is told that S3 cannot', [500], 'C500'],
  ])('fails where it %s', async (_, statuses, code) => {
    const replies = statuses.map((status) => refusal(status, status === 403 ? 'AccessDenied' : `C${status}`, 'No'));
    const s3 = new ScriptedS3(...replies);
    const line = { status: 'failed', httpStatus: statuses[0], errorCode: code };
    expect(await inspect.execute(TASK, {}, contextOf({ s3 }))).toMatchObject(line);
    expect(s3.requests).toHaveLength(statuses.length);
  });

  test('fails where it may not read the tags that there are', async () => {
    const head = answer('', { 'content-length': '7', 'x-amz-tagging-count': '1', 'x-amz-version-id': 'now' });
    const { versionId: _, ...task } = TASK;
    const s3 = new ScriptedS3(head, refusal(403, 'AccessDenied', 'No'));
    expect(await inspect.execute(task, {}, contextOf({ s3 }))).toMatchObject({ errorCode: 'AccessDenied' });
    expect(s3.requests[1]).toMatchObject({ versionId: 'now', query: { tagging: '' } });
  });
});

test('what the local S3 does not answer is described too', () => {
  const headers = {
    'content-length': '0',
    etag: '"d41d8cd98f00b204e9800998ecf8427e-12"',
    'last-modified': 'Fri, 21 Dec 2012 00:00:00 GMT',
    'content-encoding': 'gzip',
    'x-amz-storage-class': 'INTELLIGENT_TIERING',
    'x-amz-archive-status': 'DEEP_ARCHIVE_ACCESS',
    'x-amz-replication-status': 'COMPLETED',
    'x-amz-restore': 'ongoing-request="false", expiry-date="Sat, 22 Dec 2012 00:00:00 GMT"',
    'x-amz-checksum-type': 'COMPOSITE',
    'x-amz-checksum-crc64nvme': 'AAAA=-12',
  };
  expect(JSON.parse(describeObject(headers, []))).toEqual({
    size: 0,
    eTag: 'd41d8cd98f00b204e9800998ecf8427e-12',
    lastModified: '2012-12-21T00:00:00Z',
    storageClass: 'INTELLIGENT_TIERING',
    contentEncoding: 'gzip',
    parts: 12,
    checksum: { algorithm: 'CRC64NVME', value: 'AAAA=-12', type: 'COMPOSITE' },
    restore: { ongoing: false, expires: '2012-12-22T00:00:00Z' },
    archiveStatus: 'DEEP_ARCHIVE_ACCESS',
    replicationStatus: 'COMPLETED',
  });
});
