import { DeleteObjectCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDeleteObject, deleteObject } from '../../../../core/operations/delete-object.ts';
import { dryRunResult } from '../../../../core/operations/examination.ts';
import type { Task } from '../../../../core/operations/operation.ts';
import { succeeded } from '../../../../core/operations/task-result.ts';
import { VirtualClock } from '../../signed-http/virtual-clock.ts';
import { BAD_VERSION, current, type LocalS3, NO_BUCKET, startLocalS3, taskOf } from '../local-s3.ts';
import { ABSENT, locked, versionsOf } from './deletion-harness.ts';

let local: LocalS3;
let plain: string;
let versioned: string;
beforeAll(async () => {
  local = await startLocalS3();
  plain = await local.s3.bucket();
  versioned = await local.s3.bucket({ versioned: true });
});
afterAll(() => local.stop());

describe('a look at what DeleteObject would do', () => {
  const NOTHING = succeeded('Nothing to delete');
  const look = async (task: Task, parameters = {}) =>
    dryRunResult(await deleteObject.examine(task, parameters, local.context));

  test('tells what would go, and changes nothing', async () => {
    const version = await local.put({ Bucket: versioned, Body: 'four' });
    const over = `Would put a delete marker over version ${version.versionId} of 4 bytes`;
    expect(await look(version)).toEqual(succeeded(`Would delete version ${version.versionId} of 4 bytes`));
    expect(await look(current(version))).toEqual(succeeded(over));
    expect(await look(current(version), { AllVersions: true })).toEqual(succeeded('Would delete 1 version'));
    expect(await look(await local.put({ Bucket: plain }))).toEqual(succeeded('Would delete the object of 5 bytes'));
    expect(await versionsOf(local, versioned, version.key)).toEqual([`${version.key} version`]);
  });

  test('tells where versioning began after the object', async () => {
    const Bucket = await local.s3.bucket();
    const task = await local.put({ Bucket });
    const VersioningConfiguration = { Status: 'Suspended' as const };
    await local.s3.client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    expect(await look(task)).toEqual(
      succeeded(
        'Would put a delete marker over version null of 5 bytes, or in its place if the versioning of the bucket is suspended',
      ),
    );
  });

  test('finds nothing to do where nothing is, and knows it for SkipUnchanged', async () => {
    const marked = await local.put({ Bucket: versioned });
    const { VersionId } = await local.s3.client.send(new DeleteObjectCommand({ Bucket: versioned, Key: marked.key }));
    const nothing = [taskOf(plain, 'none'), current(marked), taskOf(versioned, marked.key, ABSENT)];
    for (const task of nothing) {
      expect(await look(task)).toEqual(NOTHING);
      expect(await deleteObject.examine(task, {}, local.context)).toMatchObject({ finding: 'unchanged' });
    }
    expect(await look(taskOf(plain, 'none'), { AllVersions: true })).toEqual(NOTHING);
    const marker = succeeded(`Would delete the delete marker ${VersionId}`);
    expect(await look(taskOf(versioned, marked.key, VersionId))).toEqual(marker);
  });

  test('tells what would fail', async () => {
    const denied = { status: 'failed', httpStatus: 403, errorCode: 'AccessDenied' };
    expect(await look(await locked(local, 'legal hold'))).toMatchObject(denied);
    expect(await look(await locked(local, 'retention'))).toMatchObject(denied);
    expect(await look(taskOf('no-such-bucket', 'a'))).toEqual(NO_BUCKET);
    expect(await look(taskOf('no-such-bucket', 'a'), { AllVersions: true })).toEqual(NO_BUCKET);
    expect(await look(taskOf(versioned, 'a', 'v1'))).toEqual(BAD_VERSION);
  });

  test('lets a marker over a locked version, and a deletion after its retention, pass', async () => {
    const task = await locked(local, 'retention');
    expect(await look(current(task))).toMatchObject({ status: 'succeeded' });
    const clock = new VirtualClock(Date.now() + 2 * 86_400_000);
    const later = dryRunResult(await createDeleteObject(clock).examine(task, {}, local.context));
    expect(later).toEqual(succeeded(`Would delete version ${task.versionId} of 5 bytes`));
  });
});
