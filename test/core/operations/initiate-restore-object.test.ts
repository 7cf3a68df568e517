import { HeadObjectCommand, type StorageClass } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { initiateRestoreObject } from '../../../core/operations/initiate-restore-object.ts';
import type { Task } from '../../../core/operations/operation.ts';
import { current, expectMissing, failedLine, type LocalS3, SUCCESSFUL, startLocalS3, twice } from './local-s3.ts';
import { answer, contextOf, ScriptedS3, TASK } from './task-context.ts';
import { whyRefused } from './why-refused.ts';

const HOUR = 60 * 60 * 1000;
let now = Date.parse('2030-01-01T10:00:00Z');
let local: LocalS3;
let bucket: string;
beforeAll(async () => {
  const restoreTimes = { Expedited: HOUR, Standard: 4 * HOUR, Bulk: 48 * HOUR };
  local = await startLocalS3({ clock: () => now, restoreTimes });
  bucket = await local.s3.bucket({ versioned: true });
});
afterAll(() => local.stop());

const put = (StorageClass: StorageClass) => local.put({ Bucket: bucket, StorageClass });
const restoreOf = async ({ key, versionId }: Task) =>
  (await local.s3.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }))).Restore;
const days = (ExpirationInDays: number, GlacierJobTier?: 'BULK' | 'STANDARD') => ({
  ExpirationInDays,
  ...(GlacierJobTier !== undefined && { GlacierJobTier }),
});
const execute = (task: Task, parameters: object) => initiateRestoreObject.execute(task, parameters, local.context);
const examine = (task: Task, parameters: object) => initiateRestoreObject.examine(task, parameters, local.context);

const RUNNING = failedLine(409, 'RestoreAlreadyInProgress', 'Object restore is already in progress');

describe('S3InitiateRestoreObject', () => {
  test.each(['GLACIER', 'DEEP_ARCHIVE'] as const)('begins to bring back from %s', async (storageClass) => {
    const task = await put(storageClass);
    expect(await examine(task, days(3, 'BULK'))).toEqual({
      finding: 'change',
      says: `Would restore from ${storageClass} for 3 days, in the tier BULK`,
    });
    expect(await restoreOf(task)).toBeUndefined();
    expect(await execute(task, days(3, 'BULK'))).toEqual(SUCCESSFUL);
    expect(await restoreOf(task)).toBe('ongoing-request="true"');
  });

  test('brings back the current version where the manifest names none, in the tier STANDARD where it says none', async () => {
    const task = await put('GLACIER');
    expect(await examine(current(task), days(1))).toMatchObject({ says: expect.stringContaining('the tier STANDARD') });
    expect(await execute(current(task), days(1))).toEqual(SUCCESSFUL);
    now += 5 * HOUR;
    expect(await restoreOf(task)).toContain('ongoing-request="false"');
  });

  test('done again, is refused while it goes on, and counts the days anew when it has ended', async () => {
    const task = await put('GLACIER');
    expect(await twice(initiateRestoreObject, task, days(2), local.context)).toEqual([SUCCESSFUL, RUNNING]);
    now += 5 * HOUR;
    const before = await restoreOf(task);
    expect(await examine(task, days(9))).toEqual({
      finding: 'change',
      says: 'Is restored already: would keep the copy for 9 days from now',
    });
    expect(await twice(initiateRestoreObject, task, days(9), local.context)).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(await restoreOf(task)).not.toBe(before);
  });

  test('hastens a slower restore for as many days, and no other', async () => {
    const task = await put('GLACIER');
    await execute(task, days(2, 'BULK'));
    expect(await examine(task, days(2, 'STANDARD'))).toEqual({
      finding: 'change',
      says: 'Is being restored: would hasten that if it is in the tier BULK for 2 days, and fail otherwise',
    });
    expect(await execute(task, days(3, 'STANDARD'))).toEqual(RUNNING);
    expect(await execute(task, days(2, 'BULK'))).toEqual(RUNNING);
    expect(await execute(task, days(2, 'STANDARD'))).toEqual(SUCCESSFUL);
    expect(await examine(task, days(2, 'BULK'))).toMatchObject({
      finding: 'failure',
      result: { status: 'failed', httpStatus: 409, errorCode: 'RestoreAlreadyInProgress' },
    });
  });

  test.each<[StorageClass, object, number, string, string]>([
    ['STANDARD', days(1), 403, 'InvalidObjectState', "Restore is not allowed for the object's current storage class"],
    ['GLACIER_IR', days(1), 403, 'InvalidObjectState', "Restore is not allowed for the object's current storage class"],
    [
      'INTELLIGENT_TIERING',
      {},
      403,
      'ObjectAlreadyInActiveTierError',
      'This action is not allowed against this storage tier.',
    ],
    [
      'GLACIER',
      {},
      400,
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    ],
  ])(
    'fails for an object of class %s asked for by %j, and says so before',
    async (storageClass, parameters, ...line) => {
      const task = await put(storageClass);
      const expected = failedLine(...line);
      expect(await twice(initiateRestoreObject, task, parameters, local.context)).toEqual([expected, expected]);
      const [httpStatus, errorCode] = line;
      expect(await examine(task, parameters)).toMatchObject({
        finding: 'failure',
        result: { status: 'failed', httpStatus, errorCode },
      });
    },
  );

  test('reports what is not there', async () => {
    await expectMissing(initiateRestoreObject, days(1), local, { bucket });
  });

  const tiered = (headers: object) =>
    contextOf({
      s3: new ScriptedS3(
        answer('', {
          'x-amz-storage-class': 'INTELLIGENT_TIERING',
          'x-amz-archive-status': 'ARCHIVE_ACCESS',
          ...headers,
        }),
      ),
    });
  test.each<[object, object, object]>([
    [{}, {}, { finding: 'change', says: 'Would bring back from the tier ARCHIVE_ACCESS' }],
    [{}, days(1), { finding: 'failure', result: { errorCode: 'InvalidArgument' } }],
    [{ GlacierJobTier: 'BULK' }, {}, { finding: 'change' }],
  ])('of an archive tier of INTELLIGENT_TIERING, asked for by %j and %j, would be %j', async (tier, more, found) => {
    expect(await initiateRestoreObject.examine(TASK, { ...tier, ...more }, tiered({}))).toMatchObject(found);
  });

  test('of an archive tier that is under way would fail, unless it is slower', async () => {
    const running = tiered({ 'x-amz-restore': 'ongoing-request="true"' });
    expect(await initiateRestoreObject.examine(TASK, { GlacierJobTier: 'BULK' }, running)).toMatchObject({
      finding: 'failure',
      result: { errorCode: 'RestoreAlreadyInProgress' },
    });
    expect(await initiateRestoreObject.examine(TASK, {}, running)).toMatchObject({ finding: 'change' });
  });

  test('sends days and tier only where they are given', async () => {
    const s3 = new ScriptedS3(answer('', {}, 202));
    const asked = [{}, days(7), { GlacierJobTier: 'BULK' as const }, days(7, 'STANDARD')];
    for (const parameters of asked) await initiateRestoreObject.execute(TASK, parameters, contextOf({ s3 }));
    expect(s3.requests.map(({ body }) => body?.bytes.toString().replace(/^<RestoreRequest [^>]*>/, ''))).toEqual([
      '</RestoreRequest>',
      '<Days>7</Days></RestoreRequest>',
      '<GlacierJobParameters><Tier>Bulk</Tier></GlacierJobParameters></RestoreRequest>',
      '<Days>7</Days><GlacierJobParameters><Tier>Standard</Tier></GlacierJobParameters></RestoreRequest>',
    ]);
    expect(s3.requests[0]).toMatchObject({ method: 'POST', query: { restore: '' }, versionId: 'v1' });
  });

  test('makes its document once for all tasks', async () => {
    const s3 = new ScriptedS3(answer('', {}, 202));
    await twice(initiateRestoreObject, TASK, days(7), contextOf({ s3 }));
    expect(s3.requests[0]?.body).toBe(s3.requests[1]?.body);
  });

  test.each<[object, object, string]>([
    [{}, {}, ''],
    [days(1), {}, ''],
    [
      days(0),
      {},
      'Operation.S3InitiateRestoreObject.ExpirationInDays must be at least 1; leave it out for objects in the archive ' +
        'tiers of INTELLIGENT_TIERING.',
    ],
    [{ GlacierJobTier: 'EXPEDITED' }, {}, 'GlacierJobTier must be one of BULK, STANDARD, not "EXPEDITED".'],
    [{}, { SkipUnchanged: true }, 'Drover.SkipUnchanged is not supported with S3InitiateRestoreObject'],
  ])('is asked for by %j and %j: %j', (parameters, options, why) => {
    const refused = whyRefused({ S3InitiateRestoreObject: parameters }, options);
    expect(refused).toContain(why);
    expect(refused === '').toBe(why === '');
  });
});
