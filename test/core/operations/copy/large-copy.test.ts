import { randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListMultipartUploadsCommand,
  PutBucketEncryptionCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { CopyParameters } from '../../../../core/operations/copy/copy-parameters.ts';
import type { CopyTools } from '../../../../core/operations/copy/multipart-copy.ts';
import type { Task, TaskContext } from '../../../../core/operations/operation.ts';
import { createPutObjectCopy } from '../../../../core/operations/put-object-copy.ts';
import { TaskUnfinished } from '../../../../core/operations/task-notes.ts';
import { systemClock } from '../../../../core/signed-http/clock.ts';
import { current, failedLine, type LocalS3, SUCCESSFUL, startLocalS3 } from '../local-s3.ts';
import { answer, refusal } from '../task-context.ts';
import { Killed, MeddlingS3, MemoryNotes, SMALL_LIMITS } from './meddling-s3.ts';

const MIB = 1024 ** 2;
const BYTES = randomBytes(11 * MIB);
const PRECONDITION = { status: 'failed', httpStatus: 412, errorCode: 'PreconditionFailed' };
const KEPT = {
  ContentType: 'text/plain',
  CacheControl: 'no-cache',
  ContentDisposition: 'inline',
  ContentLanguage: 'de',
  Metadata: { color: 'red', who: '=?UTF-8?B?Wm/Dqw==?=' },
};

let local: LocalS3;
let from: string;
let to: string;
let s3: MeddlingS3;
let notes: MemoryNotes;
beforeAll(async () => {
  local = await startLocalS3();
  from = await local.s3.bucket();
});
afterAll(() => local.stop());
beforeEach(async () => {
  to = await local.s3.bucket();
  s3 = new MeddlingS3(local.context.s3);
  notes = new MemoryNotes();
});

const putLarge = (Bucket = from, more: object = {}) =>
  local.put({ Bucket, Body: BYTES, Tagging: 'a=1&b=2', ChecksumAlgorithm: 'CRC32', ...KEPT, ...more });
const copyTo = (more: Partial<CopyParameters> = {}, bucket = to): CopyParameters => ({
  TargetResource: `arn:aws:s3:::${bucket}`,
  ...more,
});
const run = (task: Task, parameters = copyTo(), tools: Partial<CopyTools> = {}, more: Partial<TaskContext> = {}) =>
  createPutObjectCopy({ clock: systemClock, limits: SMALL_LIMITS, ...tools }).execute(task, parameters, {
    ...local.context,
    s3,
    notes,
    ...more,
  });

async function read(Bucket: string, Key: string) {
  const got = await local.s3.client.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
  const { TagSet = [] } = await local.s3.client.send(new GetObjectTaggingCommand({ Bucket, Key }));
  const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
  return { ...got, same: bytes.equals(BYTES), tags: TagSet.map((tag) => `${tag.Key}=${tag.Value}`).sort() };
}

async function uploads(Bucket: string) {
  return (await local.s3.client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? [];
}

describe('a copy of an object that is too large for CopyObject', () => {
  test('keeps what CopyObject would have kept', async () => {
    const task = await putLarge();
    expect(await run(task)).toEqual(SUCCESSFUL);
    expect(await read(to, task.key)).toMatchObject({
      same: true,
      tags: ['a=1', 'b=2'],
      ETag: expect.stringMatching(/-3"$/),
      ChecksumType: 'FULL_OBJECT',
      ChecksumCRC32: expect.stringMatching(/=$/),
      ...KEPT,
    });
    expect(await uploads(to)).toEqual([]);
    expect(s3.count('UploadPartCopy')).toBe(3);
  });

  test('is as asked', async () => {
    const task = await putLarge();
    const parameters = copyTo({
      StorageClass: 'GLACIER_IR',
      SSEAwsKmsKeyId: 'alias/mine',
      BucketKeyEnabled: true,
      NewObjectMetadata: { ContentType: 'text/html', UserMetadata: { size: 'L' } },
      NewObjectTagging: [{ Key: 'c', Value: 'é 3' }],
      RedirectLocation: '/x',
      ChecksumAlgorithm: 'SHA256',
    });
    expect(await run(task, parameters)).toEqual(SUCCESSFUL);
    const copied = await read(to, task.key);
    expect(copied).toMatchObject({
      same: true,
      StorageClass: 'GLACIER_IR',
      ServerSideEncryption: 'aws:kms',
      BucketKeyEnabled: true,
      ContentType: 'text/html',
      Metadata: { size: 'L' },
      tags: ['c=é 3'],
      WebsiteRedirectLocation: '/x',
      ChecksumType: 'COMPOSITE',
      ChecksumSHA256: expect.stringMatching(/-3$/),
    });
    expect(copied.CacheControl).toBeUndefined();
    expect(s3.count('GetObjectTagging')).toBe(0);
  });

  test('has no tags where none are to be', async () => {
    const task = await putLarge();
    expect(await run(task, copyTo({ NewObjectTagging: [] }))).toEqual(SUCCESSFUL);
    expect((await read(to, task.key)).tags).toEqual([]);
  });

  test('has Object Lock as asked', async () => {
    const locked = await local.s3.bucket({ objectLock: true });
    const task = await putLarge();
    const until = '2099-01-31T12:00:00Z';
    const parameters = copyTo({ ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: until }, locked);
    expect(await run(task, parameters)).toEqual(SUCCESSFUL);
    expect((await read(locked, task.key)).ObjectLockRetainUntilDate).toEqual(new Date(until));
  });

  test('that runs twice copies once', async () => {
    const task = await putLarge();
    expect(await run(task)).toEqual(SUCCESSFUL);
    expect(await run(task)).toEqual(SUCCESSFUL);
    expect(s3.count('UploadPartCopy')).toBe(3);
    expect((await read(to, task.key)).same).toBe(true);
  });

  test('that runs twice into a bucket with KMS copies once', async () => {
    await local.s3.client.send(
      new PutBucketEncryptionCommand({
        Bucket: to,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
        },
      }),
    );
    const task = await putLarge();
    expect([await run(task), await run(task)]).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(s3.count('UploadPartCopy')).toBe(3);
  });

  test('onto itself, twice, changes it once', async () => {
    const task = await putLarge();
    const parameters = copyTo({ StorageClass: 'STANDARD_IA' }, from);
    expect([await run(task, parameters), await run(task, parameters)]).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(s3.count('UploadPartCopy')).toBe(3);
    expect(await read(from, task.key)).toMatchObject({ same: true, StorageClass: 'STANDARD_IA', ...KEPT });
  });

  test('that another made the same of before is made all the same', async () => {
    const task = await putLarge();
    expect(await run(task)).toEqual(SUCCESSFUL);
    notes = new MemoryNotes();
    expect(await run(task, copyTo({ StorageClass: 'STANDARD_IA' }))).toEqual(SUCCESSFUL);
    expect((await read(to, task.key)).StorageClass).toBe('STANDARD_IA');
  });

  describe('is right whenever its worker is killed', () => {
    // HEAD, GetObjectTagging, CreateMultipartUpload, three parts, CompleteMultipartUpload.
    const moments = [1, 2, 3, 4, 5, 6, 7].flatMap((n) => [[n, 'before'] as const, [n, 'after'] as const]);

    test.each(moments)('at request %i, %s S3 has answered it', async (number, when) => {
      const task = await putLarge();
      let sent = 0;
      s3.meddle = async (_, send) => {
        sent += 1;
        if (sent !== number) return await send();
        if (when === 'after') await send();
        throw new Killed();
      };
      const tools = { limits: { ...SMALL_LIMITS, parallelParts: 1 } };
      await expect(run(task, copyTo(), tools)).rejects.toThrow(Killed);
      s3.meddle = (_, send) => send();
      expect(await run(task)).toEqual(SUCCESSFUL);
      expect(await read(to, task.key)).toMatchObject({ same: true, tags: ['a=1', 'b=2'], ...KEPT });
      // What was begun and not noted is empty, and costs nothing.
      const orphans = await uploads(to);
      expect(orphans.length).toBe(number === 3 && when === 'after' ? 1 : 0);
      // A part that was there is not copied again.
      expect(s3.count('UploadPartCopy')).toBeLessThanOrEqual(number >= 4 && number <= 6 && when === 'before' ? 4 : 3);
    });

    test.each([1, 2])('when it has written its note for the %i. time', async (writes) => {
      const task = await putLarge();
      let written = 0;
      notes.onWrite = () => {
        written += 1;
        if (written === writes) throw new Killed();
      };
      await expect(run(task)).rejects.toThrow(Killed);
      expect(await run(task)).toEqual(SUCCESSFUL);
      expect(await uploads(to)).toEqual([]);
      expect((await read(to, task.key)).same).toBe(true);
      expect(s3.count('UploadPartCopy')).toBe(3);
    });
  });

  test('goes on in the next invocation, part by part', async () => {
    const task = await putLarge();
    let now = 1_000_000;
    const clock = { ...systemClock, now: () => now };
    s3.meddle = async (_, send, kind) => {
      if (kind === 'UploadPartCopy') now += 60_000;
      return await send();
    };
    const limits = { ...SMALL_LIMITS, parallelParts: 1 };
    for (const copied of [1, 2]) {
      // Time for one part, not for two.
      const invocation = run(task, copyTo(), { clock, limits }, { deadline: now + 100_000 });
      await expect(invocation).rejects.toThrow(TaskUnfinished);
      expect(s3.count('UploadPartCopy')).toBe(copied);
    }
    expect(await run(task, copyTo(), { clock, limits }, { deadline: now + 100_000 })).toEqual(SUCCESSFUL);
    expect(s3.count('UploadPartCopy')).toBe(3);
    expect(s3.count('CreateMultipartUpload')).toBe(1);
    expect((await read(to, task.key)).same).toBe(true);
  });

  test.each([
    ['goes on, with a part copied', 2, TaskUnfinished],
    ['has got on by nothing', 1, DOMException],
  ])('whose invocation ends in the midst of a part %s', async (_, cut, thrown) => {
    const task = await putLarge();
    const limits = { ...SMALL_LIMITS, parallelParts: 1 };
    const abort = new AbortController();
    s3.meddle = async (_, send, kind) => {
      if (kind === 'UploadPartCopy' && s3.count(kind) === cut) abort.abort();
      abort.signal.throwIfAborted();
      return await send();
    };
    const invocation = run(task, copyTo(), { limits }, { signal: abort.signal });
    await expect(invocation).rejects.toThrow(thrown);
    s3.meddle = async (_, send) => await send();
    expect(await run(task)).toEqual(SUCCESSFUL);
    expect(s3.count('UploadPartCopy')).toBe(4);
    expect((await read(to, task.key)).same).toBe(true);
  });

  test('does not give up without having got on', async () => {
    const task = await putLarge();
    const limits = { ...SMALL_LIMITS, parallelParts: 1 };
    await expect(run(task, copyTo(), { limits }, { deadline: 0 })).rejects.toThrow(TaskUnfinished);
    expect(s3.count('UploadPartCopy')).toBe(1);
    await expect(run(task, copyTo(), { limits }, { deadline: 0 })).rejects.toThrow(TaskUnfinished);
    // The last part is copied, and to complete the upload is left to an invocation that has time.
    await expect(run(task, copyTo(), { limits }, { deadline: 0 })).rejects.toThrow(TaskUnfinished);
    expect(await run(task, copyTo(), { limits }, { deadline: 0 })).toEqual(SUCCESSFUL);
    expect(s3.count('UploadPartCopy')).toBe(3);
  });

  test('fails when its source changes under way', async () => {
    const task = await putLarge();
    s3.meddle = async (_, send, kind) => {
      if (kind === 'UploadPartCopy' && s3.count(kind) === 2) await local.put({ Bucket: from, Key: task.key });
      return await send();
    };
    expect(await run(task)).toMatchObject(PRECONDITION);
    expect(await uploads(to)).toEqual([]);
    expect(s3.kinds.at(-1)).toBe('AbortMultipartUpload');
  });

  test('fails when its source has changed since the last invocation', async () => {
    const task = await putLarge();
    await expect(run(task, copyTo(), {}, { deadline: 0 })).rejects.toThrow(TaskUnfinished);
    await local.put({ Bucket: from, Key: task.key, Body: randomBytes(11 * MIB) });
    expect(await run(task)).toMatchObject(PRECONDITION);
    expect(await uploads(to)).toEqual([]);
  });

  test('is of the version that was found, though another becomes the current one', async () => {
    const versioned = await local.s3.bucket({ versioned: true });
    const task = current(await putLarge(versioned));
    s3.meddle = async (_, send, kind) => {
      if (kind === 'UploadPartCopy' && s3.count(kind) === 2) await local.put({ Bucket: versioned, Key: task.key });
      return await send();
    };
    expect(await run(task)).toEqual(SUCCESSFUL);
    expect((await read(to, task.key)).same).toBe(true);
  });

  test('begins anew when its upload vanishes, and gives up when that goes on', async () => {
    const task = await putLarge();
    let vanish = 1;
    s3.meddle = async ({ query, bucket: Bucket, key: Key }, send, kind) => {
      if (kind === 'UploadPartCopy' && query?.partNumber === '3' && vanish-- > 0) {
        await local.s3.client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: query.uploadId }));
      }
      return await send();
    };
    expect(await run(task)).toEqual(SUCCESSFUL);
    expect((await read(to, task.key)).same).toBe(true);
    notes = new MemoryNotes();
    vanish = 100;
    expect(await run(task)).toEqual({
      status: 'failed',
      httpStatus: 404,
      errorCode: 'NoSuchUpload',
      message: 'The multipart upload vanished 4 times before it could be completed',
    });
  });

  test('begins anew when its upload has vanished since the last invocation', async () => {
    const task = await putLarge();
    await expect(run(task, copyTo(), {}, { deadline: 0 })).rejects.toThrow(TaskUnfinished);
    const [upload] = await uploads(to);
    const { UploadId, Key } = upload ?? {};
    await local.s3.client.send(new AbortMultipartUploadCommand({ Bucket: to, Key, UploadId }));
    expect(await run(task)).toEqual(SUCCESSFUL);
    expect((await read(to, task.key)).same).toBe(true);
  });

  test('that was completed though S3 said otherwise is a success', async () => {
    const task = await putLarge();
    s3.meddle = async (_, send, kind) => {
      const reply = await send();
      return kind === 'CompleteMultipartUpload' ? refusal(404, 'NoSuchUpload', 'gone') : reply;
    };
    expect(await run(task)).toEqual(SUCCESSFUL);
    expect(s3.count('CreateMultipartUpload')).toBe(1);
  });

  test('begins anew when tags or parameters are others than they were', async () => {
    const task = await putLarge();
    await expect(run(task, copyTo(), {}, { deadline: 0 })).rejects.toThrow(TaskUnfinished);
    expect(await run(task, copyTo({ StorageClass: 'STANDARD_IA' }))).toEqual(SUCCESSFUL);
    expect((await read(to, task.key)).StorageClass).toBe('STANDARD_IA');
    expect(await uploads(to)).toEqual([]);
  });

  test.each(['CreateMultipartUpload', 'UploadPartCopy', 'CompleteMultipartUpload'])(
    'reports what S3 says to %s, and leaves no upload',
    async (refused) => {
      const task = await putLarge();
      const no = refusal(403, 'AccessDenied', 'Access Denied');
      s3.meddle = async (_, send, kind) => (kind === refused ? no : await send());
      expect(await run(task)).toEqual(failedLine(403, 'AccessDenied', 'Access Denied'));
      expect(await uploads(to)).toEqual([]);
    },
  );

  test('fails where the tags may not be read, which it would lose', async () => {
    const task = await putLarge();
    const no = refusal(403, 'AccessDenied', 'Access Denied');
    s3.meddle = async (_, send, kind) => (kind === 'GetObjectTagging' ? no : await send());
    expect(await run(task)).toEqual(failedLine(403, 'AccessDenied', 'Access Denied'));
    expect(await run(task, copyTo({ NewObjectTagging: [] }))).toEqual(SUCCESSFUL);
  });

  test('reports a part that S3 answers without an ETag, and a list that is none', async () => {
    const task = await putLarge();
    s3.meddle = async (_, send, kind) => (kind === 'UploadPartCopy' ? answer('<CopyPart') : await send());
    expect(await run(task)).toMatchObject({ status: 'failed', errorCode: 'InternalError' });
    s3.meddle = (_, send) => send();
    await expect(run(task, copyTo(), {}, { deadline: 0 })).rejects.toThrow(TaskUnfinished);
    s3.meddle = async (_, send, kind) => (kind === 'ListParts' ? answer('<ListParts') : await send());
    expect(await run(task)).toMatchObject({ status: 'failed', errorCode: 'InternalError' });
  });

  test('fails where metadata would be lost, unless it is replaced', async () => {
    const task = await putLarge();
    s3.meddle = async (_, send, kind) => {
      const reply = await send();
      if (kind !== 'HEAD' || !reply.ok) return reply;
      return answer('', { ...reply.headers, 'x-amz-missing-meta': '2' });
    };
    expect(await run(task)).toMatchObject({
      status: 'failed',
      errorCode: 'InvalidRequest',
      message: expect.stringContaining('2 metadata entries that no header can carry'),
    });
    expect(await run(task, copyTo({ MetadataDirective: 'REPLACE' }))).toEqual(SUCCESSFUL);
  });

  test('fails where it would be larger than S3’s objects are', async () => {
    const task = await putLarge();
    const limits = { ...SMALL_LIMITS, mostParts: 2, largestPart: 5 * MIB };
    const says = `The object has ${11 * MIB} bytes, more than S3 can make an object of`;
    expect(await run(task, copyTo(), { limits })).toMatchObject({ errorCode: 'EntityTooLarge', message: says });
  });

  test.each([
    { UnModifiedSinceConstraint: '2001-01-01T00:00:00Z' },
    { ModifiedSinceConstraint: '2099-01-01T00:00:00Z' },
  ])('fails where its source does not meet %j', async (constraint) => {
    expect(await run(await putLarge(), copyTo(constraint))).toMatchObject(PRECONDITION);
    expect(s3.count('CreateMultipartUpload')).toBe(0);
  });

  test('reports a source that is gone by then', async () => {
    const task = await putLarge();
    await local.s3.client.send(new DeleteObjectCommand({ Bucket: from, Key: task.key }));
    expect(await run(task)).toEqual(failedLine(404, 'NoSuchKey', 'The specified key does not exist.'));
  });

  test('is foreseen in a dry run', async () => {
    const task = await putLarge();
    const operation = createPutObjectCopy({ clock: systemClock, limits: SMALL_LIMITS });
    expect(await operation.examine(task, copyTo(), local.context)).toEqual({
      finding: 'change',
      says: `Would copy ${11 * MIB} bytes to s3://${to}/${task.key} in 3 parts`,
    });
  });

  test('of an object that turns out small needs no parts', async () => {
    s3.refusesCopies = false;
    const task = await putLarge();
    expect(await run(task)).toEqual(SUCCESSFUL);
    expect(s3.kinds).toEqual(['CopyObject']);
  });
});
