import { DeleteObjectCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { deleteObject } from '../../../../core/operations/delete-object.ts';
import type { Task } from '../../../../core/operations/operation.ts';
import { TaskUnfinished } from '../../../../core/operations/task-notes.ts';
import { succeeded } from '../../../../core/operations/task-result.ts';
import { current, failedLine, type LocalS3, NO_BUCKET, startLocalS3, taskOf } from '../local-s3.ts';
import { answer, contextOf, ScriptedS3 } from '../task-context.ts';
import { locked, versionsOf, watched } from './deletion-harness.ts';

let local: LocalS3;
let plain: string;
beforeAll(async () => {
  local = await startLocalS3();
  plain = await local.s3.bucket();
});
afterAll(() => local.stop());

describe('DeleteObject with AllVersions', () => {
  const execute = (task: Task, context = local.context) => deleteObject.execute(task, { AllVersions: true }, context);

  /** Versions of the key, and a marker among them. */
  async function many(Bucket: string, Key: string, count: number): Promise<Task> {
    for (let n = 0; n < count; n++) await local.s3.client.send(new PutObjectCommand({ Bucket, Key, Body: `${n}` }));
    await local.s3.client.send(new DeleteObjectCommand({ Bucket, Key }));
    return taskOf(Bucket, Key);
  }

  test('deletes every version and marker of exactly that key', async () => {
    const Bucket = await local.s3.bucket({ versioned: true });
    const keys = ['a', 'a/', 'a b+%20&"\u0001\n', 'a!', 'ab', 'ü', 'ü2'];
    for (const key of keys) await many(Bucket, key, 2);
    for (const key of ['a', 'a b+%20&"\u0001\n', 'ü']) {
      expect(await execute(taskOf(Bucket, key))).toEqual(succeeded('Deleted 2 versions and 1 delete marker'));
      expect(await execute(taskOf(Bucket, key))).toEqual(succeeded('Nothing to delete'));
    }
    const left = await versionsOf(local, Bucket, '');
    expect(new Set(left)).toEqual(
      new Set(['a/', 'a!', 'ab', 'ü2'].flatMap((key) => [`${key} version`, `${key} marker`])),
    );
    expect(left).toHaveLength(12);
  });

  test('deletes them page by page, by few requests', async () => {
    const Bucket = await local.s3.bucket({ versioned: true });
    const task = await many(Bucket, 'k', 40);
    const { requests, context } = watched(local.context);
    expect(await execute(task, context)).toEqual(succeeded('Deleted 40 versions and 1 delete marker'));
    expect(requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST', 'POST']);
    expect(await versionsOf(local, Bucket, 'k')).toEqual([]);
  });

  test('deletes the object of a bucket without versions, and the null version of one that had none', async () => {
    const task = await local.put({ Bucket: plain });
    expect(await execute(task)).toEqual(succeeded('Deleted 1 version'));
    const Bucket = await local.s3.bucket();
    const { key } = await local.put({ Bucket });
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await local.s3.client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    await local.put({ Bucket, Key: key });
    expect(await execute(taskOf(Bucket, key))).toEqual(succeeded('Deleted 2 versions'));
  });

  test('fails with what is left, and deletes the rest', async () => {
    const hold = await locked(local, 'legal hold');
    await local.put({ Bucket: hold.bucket, Key: hold.key });
    const line = (left: string) =>
      failedLine(
        403,
        'AccessDenied',
        `${left} versions are left: Access Denied because object protected by object lock.`,
      );
    expect([await execute(current(hold)), await execute(current(hold))]).toEqual([line('1 of 2'), line('1 of 1')]);
    expect(await versionsOf(local, hold.bucket, '')).toEqual([`${hold.key} version`]);
  });

  test('fails where the bucket is not there', async () => {
    expect(await execute(taskOf('no-such-bucket', 'a'))).toEqual(NO_BUCKET);
  });

  test('leaves the rest to the next invocation when its time is over, having got on', async () => {
    const Bucket = await local.s3.bucket({ versioned: true });
    const task = await many(Bucket, 'k', 20);
    await expect(execute(task, { ...local.context, deadline: 0 })).rejects.toThrow(TaskUnfinished);
    expect(await versionsOf(local, Bucket, 'k')).toHaveLength(11);
    expect(await execute(task)).toEqual(succeeded('Deleted 11 versions'));
  });

  test.each([
    ['names another key', '<Version><Key>z</Key><VersionId>v</VersionId></Version>'],
    ['names no version', '<Version><Key>k</Key></Version>'],
    ['is not XML', '<'],
    ['is badly encoded', '<EncodingType>url</EncodingType><Version><Key>k%zz</Key><VersionId>v</VersionId></Version>'],
  ])('deletes nothing by a listing that %s', async (_, listed) => {
    const s3 = new ScriptedS3(answer(`<ListVersionsResult>${listed}</ListVersionsResult>`));
    expect(await execute(taskOf('bkt', 'k'), contextOf({ s3 }))).toMatchObject({
      status: 'failed',
      errorCode: 'InternalError',
    });
    expect(s3.requests).toHaveLength(1);
  });

  test('takes one task at a time', () => {
    expect(deleteObject.batch?.size({ AllVersions: true })).toBe(1);
    expect(deleteObject.batch?.size({})).toBe(1_000);
  });
});
