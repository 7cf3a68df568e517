import { randomBytes } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { CopyParameters } from '../../../core/operations/copy/copy-parameters.ts';
import { moveMark } from '../../../core/operations/copy/move-mark.ts';
import { createMove } from '../../../core/operations/move.ts';
import type { Task } from '../../../core/operations/operation.ts';
import { TaskUnfinished } from '../../../core/operations/task-notes.ts';
import { systemClock } from '../../../core/signed-http/clock.ts';
import { Killed, MeddlingS3, MemoryNotes, SMALL_LIMITS } from './copy/meddling-s3.ts';
import { current, failedLine, type LocalS3, NO_KEY, NO_VERSION, SUCCESSFUL, startLocalS3, taskOf } from './local-s3.ts';
import { answer, contextOf, refusal } from './task-context.ts';
import { whyRefused } from './why-refused.ts';

const LARGE = randomBytes(6 * 1024 ** 2);
const move = createMove({ clock: systemClock, limits: SMALL_LIMITS });

let local: LocalS3;
let from: string;
let versioned: string;
let to: string;
let s3: MeddlingS3;
let notes: MemoryNotes;
beforeAll(async () => {
  local = await startLocalS3();
  from = await local.s3.bucket();
  versioned = await local.s3.bucket({ versioned: true });
  to = await local.s3.bucket();
});
afterAll(() => local.stop());
beforeEach(() => {
  s3 = new MeddlingS3(local.context.s3);
  s3.refusesCopies = false;
  notes = new MemoryNotes();
});

const moveTo = (more: Partial<CopyParameters> = {}, bucket = to): CopyParameters => ({
  TargetResource: `arn:aws:s3:::${bucket}`,
  ...more,
});
const run = (task: Task, parameters = moveTo(), more: object = {}) =>
  move.execute(task, parameters, { ...local.context, s3, notes, ...more });
const put = (Bucket: string, more: object = {}) =>
  local.put({
    Bucket,
    Body: 'moved',
    ContentType: 'text/plain',
    CacheControl: 'no-cache',
    Metadata: { color: 'red' },
    Tagging: 'a=1',
    ...more,
  });

/** What is at a key, or the name of the error. */
async function textAt({ bucket: Bucket, key: Key, versionId: VersionId }: Task): Promise<string> {
  try {
    const got = await local.s3.client.send(new GetObjectCommand({ Bucket, Key, ...(VersionId && { VersionId }) }));
    return (await got.Body?.transformToString()) ?? '';
  } catch (error) {
    return (error as Error).name;
  }
}
const head = (Key: string, Bucket = to) => local.s3.client.send(new HeadObjectCommand({ Bucket, Key }));

describe('Move', () => {
  test('takes an object to another bucket, with all that a copy keeps and a mark', async () => {
    const task = await put(from);
    const { ETag } = await head(task.key, from);
    expect(await run(task)).toEqual(SUCCESSFUL);
    expect(await textAt(task)).toBe('NoSuchKey');
    expect(await textAt(taskOf(to, task.key))).toBe('moved');
    const { ContentType, CacheControl, Metadata } = await head(task.key);
    const mark = `job-1 ${ETag?.replaceAll('"', '')} 5 `;
    expect({ ContentType, CacheControl }).toEqual({ ContentType: 'text/plain', CacheControl: 'no-cache' });
    expect(Metadata).toEqual({ color: 'red', 'drover-moved': expect.stringContaining(mark) });
    const { TagSet } = await local.s3.client.send(new GetObjectTaggingCommand({ Bucket: to, Key: task.key }));
    expect(TagSet).toEqual([{ Key: 'a', Value: '1' }]);
  });

  test('renames by a template, and does as asked', async () => {
    const task = await put(from, { Key: 'raw/x.txt' });
    const parameters = moveTo(
      {
        TargetKey: `done/${'$'}{key:strip(raw/)}`,
        StorageClass: 'STANDARD_IA',
        NewObjectTagging: [],
        NewObjectMetadata: { UserMetadata: { size: 'L' } },
      },
      from,
    );
    expect(await run(task, parameters)).toEqual(SUCCESSFUL);
    expect(await head('done/x.txt', from)).toMatchObject({
      StorageClass: 'STANDARD_IA',
      Metadata: { size: 'L', 'drover-moved': expect.any(String) },
    });
    expect(await textAt(task)).toBe('NoSuchKey');
  });

  test('takes the version that is named, and leaves the others', async () => {
    const old = await put(versioned, { Key: 'versions', Body: 'old' });
    const newer = await put(versioned, { Key: 'versions', Body: 'newer' });
    expect([await run(old), await run(old)]).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(await textAt(taskOf(to, 'versions'))).toBe('old');
    expect([await textAt(old), await textAt(newer)]).toEqual(['NoSuchVersion', 'newer']);
  });

  test('takes the current version where none is named, and on repetition no other', async () => {
    const old = await put(versioned, { Key: 'stack', Body: 'old' });
    await put(versioned, { Key: 'stack', Body: 'newer' });
    expect([await run(current(old)), await run(current(old))]).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(await textAt(taskOf(to, 'stack'))).toBe('newer');
    // The one beneath is the current version now.
    expect(await textAt(current(old))).toBe('old');
  });

  test('leaves, on repetition, what has come to the key since', async () => {
    const task = await put(from, { Key: 'again' });
    expect(await run(task)).toEqual(SUCCESSFUL);
    await put(from, { Key: 'again', Body: 'another' });
    expect(await run(task)).toEqual(SUCCESSFUL);
    expect([await textAt(task), await textAt(taskOf(to, 'again'))]).toEqual(['another', 'moved']);
  });

  test('takes an object that another job moved here before', async () => {
    const task = await put(from, { Key: 'shuttle' });
    expect(await run(task)).toEqual(SUCCESSFUL);
    await put(from, { Key: 'shuttle', Body: 'second' });
    expect(await run(task, moveTo(), { jobId: 'job-2' })).toEqual(SUCCESSFUL);
    expect([await textAt(task), await textAt(taskOf(to, 'shuttle'))]).toEqual(['NoSuchKey', 'second']);
  });

  test.each([
    ['Suspended' as const, undefined],
    ['Suspended' as const, 'null'],
  ])('takes the null version of a bucket that is %s, named %s', async (Status, versionId) => {
    const bucket = await local.s3.bucket({ versioned: true });
    const under = await put(bucket, { Key: 'n', Body: 'under' });
    const VersioningConfiguration = { Status };
    await local.s3.client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
    await put(bucket, { Key: 'n', Body: 'null one' });
    const task = taskOf(bucket, 'n', versionId);
    const parameters = moveTo({ TargetKeyPrefix: `null-${versionId}` });
    expect([await run(task, parameters), await run(task, parameters)]).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(await textAt(taskOf(to, `null-${versionId}/n`))).toBe('null one');
    expect(await textAt(under)).toBe('under');
    expect(await textAt(taskOf(bucket, 'n', 'null'))).toBe('NoSuchVersion');
  });

  test('takes a null version that is not the current one', async () => {
    const bucket = await local.s3.bucket();
    await put(bucket, { Key: 'n', Body: 'null one' });
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await local.s3.client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
    const newer = await put(bucket, { Key: 'n', Body: 'newer' });
    expect(await run(taskOf(bucket, 'n', 'null'), moveTo({ TargetKeyPrefix: 'deep' }))).toEqual(SUCCESSFUL);
    expect([await textAt(taskOf(to, 'deep/n')), await textAt(newer)]).toEqual(['null one', 'newer']);
    expect(await textAt(taskOf(bucket, 'n', 'null'))).toBe('NoSuchVersion');
  });

  test('takes a large object, once', async () => {
    const task = await put(from, { Body: LARGE });
    expect([await run(task), await run(task)]).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(await textAt(task)).toBe('NoSuchKey');
    const got = await local.s3.client.send(new GetObjectCommand({ Bucket: to, Key: task.key }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(LARGE)).toBe(true);
    expect(got.Metadata).toMatchObject({ color: 'red', 'drover-moved': expect.stringContaining(`${LARGE.length}`) });
    expect(s3.count('UploadPartCopy')).toBe(2);
  });

  test('takes a large object over several invocations', async () => {
    const task = await put(from, { Body: LARGE });
    await expect(run(task, moveTo(), { deadline: 0 })).rejects.toThrow(TaskUnfinished);
    expect(await head(task.key, from)).toMatchObject({ ContentLength: LARGE.length });
    expect(await run(task)).toEqual(SUCCESSFUL);
    expect(await textAt(task)).toBe('NoSuchKey');
  });

  test('takes an object to a bucket with KMS, whose ETags say nothing', async () => {
    const bucket = await local.s3.bucket();
    const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const } }];
    const ServerSideEncryptionConfiguration = { Rules };
    await local.s3.client.send(new PutBucketEncryptionCommand({ Bucket: bucket, ServerSideEncryptionConfiguration }));
    const task = await put(from);
    expect(await run(task, moveTo({}, bucket))).toEqual(SUCCESSFUL);
    expect([await textAt(task), await textAt(taskOf(bucket, task.key))]).toEqual(['NoSuchKey', 'moved']);
  });

  describe('is right whenever its worker is killed', () => {
    // HEAD of source and target, CopyObject, HEAD of the copy, DELETE.
    const moments = [1, 2, 3, 4, 5].flatMap((n) => [[n, 'before'] as const, [n, 'after'] as const]);

    test.each(moments)('at request %i, %s S3 has answered it', async (number, when) => {
      for (const bucket of [from, versioned]) {
        const task = await put(bucket);
        const below = bucket === versioned ? await put(bucket, { Key: task.key, Body: 'newest' }) : undefined;
        let sent = 0;
        s3.meddle = async (_, send) => {
          sent += 1;
          if (sent !== number) return await send();
          if (when === 'after') await send();
          throw new Killed();
        };
        await expect(run(current(task))).rejects.toThrow(Killed);
        s3.meddle = (_, send) => send();
        expect(await run(current(task))).toEqual(SUCCESSFUL);
        expect(await textAt(taskOf(to, task.key))).toBe(below === undefined ? 'moved' : 'newest');
        expect(await textAt(current(task))).toBe(below === undefined ? 'NoSuchKey' : 'moved');
      }
    });
  });

  describe('fails, and keeps its source,', () => {
    const kept = async (task: Task) => expect(await textAt(task)).toBe('moved');

    test('where the target is the source', async () => {
      for (const task of [await put(from), await put(versioned)]) {
        const line = {
          status: 'failed',
          errorCode: 'InvalidRequest',
          message: expect.stringMatching(/^The target is the object itself/),
        };
        expect(await move.execute(task, moveTo({}, task.bucket), contextOf({}))).toMatchObject(line);
        expect(await move.examine(task, moveTo({}, task.bucket), contextOf({}))).toMatchObject({ result: line });
        await kept(task);
      }
    });

    test.each<[string, Record<string, string>, string]>([
      ['size', { 'content-length': '4' }, 'has 4 bytes, its source 5'],
      ['ETag', { etag: `"${'0'.repeat(32)}"` }, `has the ETag "${'0'.repeat(32)}", its source`],
      ['checksum', { 'x-amz-checksum-crc32': 'AAAAAA==' }, 'has another CRC32 than its source'],
      ['mark', { 'x-amz-meta-drover-moved': 'x' }, 'does not carry the mark that it was written with'],
    ])('where the copy has another %s', async (_, other, says) => {
      const task = await put(from, { ChecksumAlgorithm: 'CRC32' });
      s3.meddle = async ({ bucket }, send, kind) => {
        const reply = await send();
        return kind === 'HEAD' && bucket === to && reply.ok ? answer('', { ...reply.headers, ...other }) : reply;
      };
      const result = await run(task);
      expect(result).toMatchObject({ status: 'failed', httpStatus: 200, errorCode: 'MoveNotVerified' });
      expect(result.message).toContain(`The copy s3://${to}/${task.key} ${says}`);
      expect(result.message).toContain('The source is kept.');
      await kept(task);
    });

    test('where the copy cannot be looked at', async () => {
      const task = await put(from);
      const no = refusal(403, 'Forbidden', 'Forbidden');
      s3.meddle = async ({ bucket }, send, kind) => (kind === 'HEAD' && bucket === to ? no : await send());
      const result = await run(task);
      expect(result).toMatchObject({ status: 'failed', httpStatus: 403, errorCode: 'AccessDenied' });
      expect(result.message).toContain('could not be looked at, and the source is kept: Access Denied');
      await kept(task);
    });

    test('where it may not be deleted', async () => {
      const bucket = await local.s3.bucket({ objectLock: true });
      const task = await put(bucket, { ObjectLockLegalHoldStatus: 'ON', ChecksumAlgorithm: 'CRC32' });
      const result = await run(task);
      expect(result).toMatchObject({ status: 'failed', httpStatus: 403, errorCode: 'AccessDenied' });
      expect(result.message).toContain('is verified, but the source could not be deleted: ');
      await kept(task);
    });

    test('where it has changed since it was copied', async () => {
      const task = await put(from);
      s3.meddle = async (_, send, kind) => {
        if (kind === 'DELETE') await put(from, { Key: task.key, Body: 'changed' });
        return await send();
      };
      expect(await run(task)).toMatchObject({ status: 'failed', httpStatus: 412, errorCode: 'PreconditionFailed' });
      expect(await textAt(task)).toBe('changed');
    });

    test('where it changes before it is copied', async () => {
      const task = await put(from);
      s3.meddle = async (_, send, kind) => {
        if (kind === 'CopyObject') await put(from, { Key: task.key, Body: 'changed' });
        return await send();
      };
      expect(await run(task)).toMatchObject({ status: 'failed', httpStatus: 412, errorCode: 'PreconditionFailed' });
      expect([await textAt(task), await textAt(taskOf(to, task.key))]).toEqual(['changed', 'NoSuchKey']);
    });

    test('where the copy fails', async () => {
      const task = await put(from);
      const result = await run(task, moveTo({ CannedAccessControlList: 'public-read' }));
      expect(result).toEqual(failedLine(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs'));
      await kept(task);
    });

    test('where metadata would be lost', async () => {
      const task = await put(from);
      s3.meddle = async (_, send, kind) => {
        const reply = await send();
        return kind === 'HEAD' && reply.ok ? answer('', { ...reply.headers, 'x-amz-missing-meta': '1' }) : reply;
      };
      expect(await run(task)).toMatchObject({
        status: 'failed',
        message: expect.stringContaining('no header can carry'),
      });
      await kept(task);
    });

    test.each([
      { UnModifiedSinceConstraint: '2001-01-01T00:00:00Z' },
      { ModifiedSinceConstraint: '2099-01-01T00:00:00Z' },
    ])('where it does not meet %j', async (constraint) => {
      const task = await put(from);
      expect(await run(task, moveTo(constraint))).toMatchObject({ httpStatus: 412, errorCode: 'PreconditionFailed' });
      await kept(task);
    });

    test('where it is archived', async () => {
      const task = await put(from, { StorageClass: 'GLACIER' });
      expect(await run(task)).toMatchObject({ httpStatus: 403, errorCode: 'InvalidObjectState' });
      expect(await head(task.key, from)).toMatchObject({ StorageClass: 'GLACIER' });
    });
  });

  describe('reports', () => {
    test('what is not there, and was not moved', async () => {
      expect(await run(taskOf(from, 'nothing'))).toEqual(NO_KEY);
      expect(await run(taskOf(versioned, 'nothing', 'v'.repeat(32)))).toEqual(NO_VERSION);
    });

    test('what is not there, though another object or job has left its copy at the target', async () => {
      const task = await put(from, { Key: 'a/same' });
      const parameters = moveTo({ TargetKey: `flat/${'$'}{key:name}` });
      expect(await run(task, parameters)).toEqual(SUCCESSFUL);
      expect(await run(taskOf(from, 'b/same'), parameters)).toEqual(NO_KEY);
      expect(await run(task, parameters, { jobId: 'job-2' })).toEqual(NO_KEY);
    });

    test('a delete marker', async () => {
      const task = await put(versioned);
      const { VersionId } = await local.s3.client.send(new DeleteObjectCommand({ Bucket: versioned, Key: task.key }));
      expect(await run(current(task))).toEqual(NO_KEY);
      expect(await run(taskOf(versioned, task.key, VersionId))).toMatchObject({ errorCode: 'InvalidRequest' });
    });
  });

  test('that another worker did meanwhile is a success', async () => {
    const task = await put(from);
    let once = true;
    s3.meddle = async (_, send, kind) => {
      if (kind === 'CopyObject' && once) {
        once = false;
        await run(task);
      }
      return await send();
    };
    expect(await run(task)).toEqual(SUCCESSFUL);
    expect([await textAt(task), await textAt(taskOf(to, task.key))]).toEqual(['NoSuchKey', 'moved']);
  });

  test('says what it would do', async () => {
    const task = await put(from);
    expect(await move.examine(task, moveTo(), local.context)).toEqual({
      finding: 'change',
      says: `Would move 5 bytes to s3://${to}/${task.key} by CopyObject`,
    });
    expect(await textAt(task)).toBe('moved');
  });

  test('marks a copy with what a second run has to know', () => {
    const source = { bucket: 'b', key: 'k', etag: '"e1"', size: 7, modified: 0, headers: {}, versionId: 'v1' };
    expect(moveMark('job', taskOf('b', 'k'), source)).toMatch(/^job e1 7 [0-9a-f]{16} v1$/);
    expect(moveMark('job', taskOf('b', 'k'), source)).not.toBe(moveMark('job', taskOf('b', 'k2'), source));
  });

  test('is checked as a copy is', () => {
    expect(whyRefused({ Drover: { Move: { TargetResource: 'arn:aws:s3:::photos' } } })).toBe('');
    expect(whyRefused({ Drover: { Move: {} } })).toContain('Operation.Drover.Move.TargetResource is missing');
    expect(
      whyRefused({ Drover: { Move: { TargetResource: 'arn:aws:s3:::photos', TargetKey: `${'$'}{x}` } } }),
    ).toContain('Operation.Drover.Move.TargetKey has');
    const Operation = { Drover: { Move: { TargetResource: 'arn:aws:s3:::photos' } } };
    expect(whyRefused(Operation, { SkipUnchanged: true })).toContain('is not supported with Move');
  });
});
