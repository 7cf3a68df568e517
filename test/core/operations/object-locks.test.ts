import { GetObjectLegalHoldCommand, GetObjectRetentionCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { JobTrouble } from '../../../core/job/job-trouble.ts';
import type { Operation, Task } from '../../../core/operations/operation.ts';
import { putObjectLegalHold } from '../../../core/operations/put-object-legal-hold.ts';
import { createPutObjectRetention } from '../../../core/operations/put-object-retention.ts';
import type { S3Reply } from '../../../core/s3/s3-data-client.ts';
import { VirtualClock } from '../signed-http/virtual-clock.ts';
import { current, expectMissing, failedLine, type LocalS3, SUCCESSFUL, startLocalS3, twice } from './local-s3.ts';
import { answer, contextOf, refusal, ScriptedS3, TASK } from './task-context.ts';
import { whyRefused } from './why-refused.ts';

const DAY = 24 * 60 * 60 * 1000;
const clock = new VirtualClock(Date.parse('2030-01-01T00:00:00Z'));
const putObjectRetention = createPutObjectRetention(clock);

let local: LocalS3;
let locked: string;
let versioned: string;
let plain: string;
beforeAll(async () => {
  local = await startLocalS3({ clock: () => clock.time });
  locked = await local.s3.bucket({ objectLock: true });
  versioned = await local.s3.bucket({ versioned: true });
  plain = await local.s3.bucket();
});
afterAll(() => local.stop());

const asked = ({ bucket, key, versionId }: Task) => ({
  Bucket: bucket,
  Key: key,
  ...(versionId !== undefined && { VersionId: versionId }),
});
const holdOf = async (task: Task) =>
  (await local.s3.client.send(new GetObjectLegalHoldCommand(asked(task)))).LegalHold?.Status;
const retentionOf = async (task: Task) => {
  const { Retention } = await local.s3.client.send(new GetObjectRetentionCommand(asked(task)));
  return `${Retention?.Mode} ${Retention?.RetainUntilDate?.toISOString()}`;
};
const inDays = (days: number) => new Date(clock.time + days * DAY).toISOString();
const hold = (Status: 'ON' | 'OFF') => ({ LegalHold: { Status } });
const retain = (Mode: 'GOVERNANCE' | 'COMPLIANCE', days: number, BypassGovernanceRetention?: boolean) => ({
  Retention: { Mode, RetainUntilDate: inDays(days) },
  ...(BypassGovernanceRetention !== undefined && { BypassGovernanceRetention }),
});

const LOCKED = failedLine(403, 'AccessDenied', 'Access Denied because object protected by object lock.');
const NO_LOCK_ON_BUCKET = failedLine(400, 'InvalidRequest', 'Bucket is missing Object Lock Configuration');

describe('S3PutObjectLegalHold', () => {
  test('holds the version that the manifest names, and no other; then lets it go', async () => {
    const old = await local.put({ Bucket: locked });
    const newer = await local.put({ Bucket: locked, Key: old.key });
    expect(await twice(putObjectLegalHold, old, hold('ON'), local.context)).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(await holdOf(old)).toBe('ON');
    await expect(holdOf(newer)).rejects.toThrow('does not have a ObjectLock configuration');
    expect(await twice(putObjectLegalHold, old, hold('OFF'), local.context)).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(await holdOf(old)).toBe('OFF');
  });

  test('holds the current version where the manifest names none', async () => {
    const task = await local.put({ Bucket: locked });
    expect(await twice(putObjectLegalHold, current(task), hold('ON'), local.context)).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(await holdOf(task)).toBe('ON');
  });

  test('finds what is to do', async () => {
    const task = await local.put({ Bucket: locked });
    const examine = (status: 'ON' | 'OFF') => putObjectLegalHold.examine(task, hold(status), local.context);
    expect(await examine('OFF')).toEqual({ finding: 'unchanged' });
    expect(await examine('ON')).toEqual({ finding: 'change', says: 'Would turn the legal hold ON, which is OFF' });
    await putObjectLegalHold.execute(task, hold('ON'), local.context);
    expect(await examine('ON')).toEqual({ finding: 'unchanged' });
    expect(await examine('OFF')).toEqual({ finding: 'change', says: 'Would turn the legal hold OFF, which is ON' });
  });

  test('is asked for by a status', () => {
    expect(whyRefused({ S3PutObjectLegalHold: hold('ON') })).toBe('');
    expect(whyRefused({ S3PutObjectLegalHold: {} })).toContain('S3PutObjectLegalHold.LegalHold is missing');
    expect(whyRefused({ S3PutObjectLegalHold: { LegalHold: {} } })).toContain('LegalHold.Status is missing');
  });
});

describe('S3PutObjectRetention', () => {
  test.each(['GOVERNANCE', 'COMPLIANCE'] as const)('sets a retention in %s mode, and extends it', async (mode) => {
    const task = await local.put({ Bucket: locked });
    for (const days of [10, 20]) {
      const parameters = retain(mode, days);
      expect(await putObjectRetention.examine(task, parameters, local.context)).toMatchObject({ finding: 'change' });
      expect(await twice(putObjectRetention, task, parameters, local.context)).toEqual([SUCCESSFUL, SUCCESSFUL]);
      expect(await retentionOf(task)).toBe(`${mode} ${inDays(days)}`);
      expect(await putObjectRetention.examine(task, parameters, local.context)).toEqual({ finding: 'unchanged' });
    }
  });

  test('sets that of the current version where the manifest names none', async () => {
    const old = await local.put({ Bucket: locked });
    const newer = await local.put({ Bucket: locked, Key: old.key });
    await putObjectRetention.execute(current(old), retain('GOVERNANCE', 10), local.context);
    expect(await retentionOf(newer)).toBe(`GOVERNANCE ${inDays(10)}`);
    await expect(retentionOf(old)).rejects.toThrow('does not have a ObjectLock configuration');
  });

  test('reads a date in any zone, to the millisecond', async () => {
    const task = await local.put({ Bucket: locked });
    const Retention = { Mode: 'GOVERNANCE' as const, RetainUntilDate: '2031-05-06T07:08:09.123456+02:00' };
    expect(await twice(putObjectRetention, task, { Retention }, local.context)).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(await retentionOf(task)).toBe('GOVERNANCE 2031-05-06T05:08:09.123Z');
    expect(await putObjectRetention.examine(task, { Retention }, local.context)).toEqual({ finding: 'unchanged' });
  });

  test('takes the retention away where it is empty', async () => {
    const task = await local.put({ Bucket: locked });
    const empty = { Retention: {} };
    expect(await putObjectRetention.examine(task, empty, local.context)).toEqual({ finding: 'unchanged' });
    await putObjectRetention.execute(task, retain('GOVERNANCE', 10), local.context);
    const bypass = { ...empty, BypassGovernanceRetention: true };
    expect(await putObjectRetention.examine(task, bypass, local.context)).toEqual({
      finding: 'change',
      says: `Would replace GOVERNANCE until ${inDays(10)} by no retention`,
    });
    expect(await twice(putObjectRetention, task, bypass, local.context)).toEqual([SUCCESSFUL, SUCCESSFUL]);
    await expect(retentionOf(task)).rejects.toThrow('does not have a ObjectLock configuration');
  });

  test.each<[string, 'GOVERNANCE' | 'COMPLIANCE', object, boolean]>([
    ['shorten governance', 'GOVERNANCE', retain('GOVERNANCE', 5), false],
    ['shorten governance without saying so', 'GOVERNANCE', retain('GOVERNANCE', 5, false), false],
    ['shorten governance past it', 'GOVERNANCE', retain('GOVERNANCE', 5, true), true],
    ['make governance compliance', 'GOVERNANCE', retain('COMPLIANCE', 20), false],
    ['make governance compliance past it', 'GOVERNANCE', retain('COMPLIANCE', 20, true), true],
    ['take governance away', 'GOVERNANCE', { Retention: {} }, false],
    ['shorten compliance', 'COMPLIANCE', retain('COMPLIANCE', 5, true), false],
    ['make compliance governance', 'COMPLIANCE', retain('GOVERNANCE', 20, true), false],
    ['take compliance away', 'COMPLIANCE', { Retention: {}, BypassGovernanceRetention: true }, false],
  ])('to %s, and a look before it, come to the same', async (_, mode, parameters, may) => {
    const task = await local.put({ Bucket: locked });
    await putObjectRetention.execute(task, retain(mode, 10), local.context);
    const wish = parameters as ReturnType<typeof retain>;
    const found = await putObjectRetention.examine(task, wish, local.context);
    const line = may ? SUCCESSFUL : LOCKED;
    if (may) expect(found.finding).toBe('change');
    else {
      const message = `Access Denied because object protected by object lock: it has ${mode} until ${inDays(10)}`;
      expect(found).toEqual({
        finding: 'failure',
        result: { status: 'failed', httpStatus: 403, errorCode: 'AccessDenied', message },
      });
    }
    expect(await twice(putObjectRetention, task, wish, local.context)).toEqual([line, line]);
    if (!may) expect(await retentionOf(task)).toBe(`${mode} ${inDays(10)}`);
  });

  test('may be anything once the old one is over', async () => {
    const task = await local.put({ Bucket: locked });
    await putObjectRetention.execute(task, retain('COMPLIANCE', 1), local.context);
    const before = clock.time;
    clock.time += 2 * DAY;
    try {
      const parameters = retain('GOVERNANCE', 1);
      expect((await putObjectRetention.examine(task, parameters, local.context)).finding).toBe('change');
      expect(await twice(putObjectRetention, task, parameters, local.context)).toEqual([SUCCESSFUL, SUCCESSFUL]);
    } finally {
      clock.time = before;
    }
  });

  test('fails when its date passes before the task is begun', async () => {
    const task = await local.put({ Bucket: locked });
    const result = await putObjectRetention.execute(task, retain('GOVERNANCE', -1), local.context);
    expect(result).toEqual(failedLine(400, 'InvalidArgument', 'The retain until date must be in the future!'));
  });

  const PATH = 'Operation.S3PutObjectRetention.Retention';
  test.each<[object, string]>([
    [{}, ''],
    [{ Mode: 'GOVERNANCE', RetainUntilDate: '2999-01-01T00:00:00Z' }, ''],
    [
      { Mode: 'GOVERNANCE' },
      `${PATH}.RetainUntilDate is missing: Mode needs it; an empty Retention takes the retention away.`,
    ],
    [
      { RetainUntilDate: '2999-01-01T00:00:00Z' },
      `${PATH}.Mode is missing: RetainUntilDate needs it; an empty Retention takes the retention away.`,
    ],
    [
      { Mode: 'COMPLIANCE', RetainUntilDate: '2020-01-01T00:00:00Z' },
      `${PATH}.RetainUntilDate must be in the future, but is 2020-01-01T00:00:00Z.`,
    ],
  ])('is asked for by %j: %j', (Retention, why) => {
    expect(whyRefused({ S3PutObjectRetention: { Retention } })).toBe(why);
  });
});

describe.each<[string, Operation<object>, object]>([
  ['S3PutObjectLegalHold', putObjectLegalHold as Operation<object>, hold('ON')],
  ['S3PutObjectRetention', putObjectRetention as Operation<object>, retain('GOVERNANCE', 10)],
])('%s', (_, operation, parameters) => {
  const check = (buckets: readonly string[], context: { s3: ScriptedS3 } | LocalS3['context'] = local.context) =>
    operation.checkBuckets?.(buckets, parameters, { signal: local.context.signal, s3: context.s3 });

  test('reports what is not there', async () => {
    await expectMissing(operation, parameters, local, { bucket: locked });
  });

  test('fails in a bucket without Object Lock', async () => {
    const task = await local.put({ Bucket: versioned });
    expect(await operation.execute(task, parameters, local.context)).toEqual(NO_LOCK_ON_BUCKET);
    expect(await operation.examine(task, parameters, local.context)).toEqual({
      finding: 'failure',
      result: NO_LOCK_ON_BUCKET,
    });
  });

  test('may begin where all buckets have Object Lock', async () => {
    expect(await check([locked, await local.s3.bucket({ objectLock: true })])).toBeUndefined();
  });

  test('fails its job where a bucket has none, and names the bucket', async () => {
    expect(await check([locked, versioned])).toEqual({
      FailureCode: 'ObjectLockNotEnabled',
      FailureReason: `The bucket ${versioned} has no Object Lock, without which its objects cannot be locked`,
    });
    expect(await check([plain])).toEqual({
      FailureCode: 'ObjectLockNotEnabled',
      FailureReason: `The bucket ${plain} has neither versioning nor Object Lock, without which its objects cannot be locked`,
    });
    expect(await check(['no-such-bucket'])).toEqual({
      FailureCode: 'NoSuchBucket',
      FailureReason:
        'The Object Lock of the bucket no-such-bucket cannot be read: NoSuchBucket: The specified bucket does not exist',
    });
  });

  test('fails its job where its role may not look, and names the action', async () => {
    const s3 = new ScriptedS3(refusal(403, 'AccessDenied', 'Access Denied'));
    expect(await check(['photos'], { s3 })).toEqual({
      FailureCode: 'AccessDenied',
      FailureReason:
        "The job's role must be allowed s3:GetBucketObjectLockConfiguration on the bucket photos: AccessDenied: Access Denied",
    });
  });

  test.each<[string, S3Reply[]]>([
    ['an answer that says nothing', [answer('<ObjectLockConfiguration/>'), answer('<Versioning/>')]],
    [
      'versions that may not be asked for',
      [refusal(404, 'ObjectLockConfigurationNotFoundError', 'none'), refusal(403, 'AccessDenied', 'no')],
    ],
  ])('takes %s for no Object Lock', async (_what, replies) => {
    expect(await check(['photos'], { s3: new ScriptedS3(...replies) })).toMatchObject({
      FailureCode: 'ObjectLockNotEnabled',
      FailureReason: expect.stringContaining('Object Lock, without which'),
    });
  });

  test.each([0, 429, 503])('waits where S3 answers %d', async (status) => {
    const s3 = new ScriptedS3(refusal(status, 'SlowDown', 'Please reduce your request rate.'));
    await expect(check(['photos'], { s3 })).rejects.toThrow(JobTrouble);
  });

  test('fails its job where there are too many buckets to look at', async () => {
    const s3 = new ScriptedS3(answer('<ObjectLockEnabled>Enabled</ObjectLockEnabled>'));
    const buckets = Array.from({ length: 101 }, (_each, index) => `bucket-${index}`);
    expect(await check(buckets, { s3 })).toMatchObject({ FailureCode: 'TooManyBuckets' });
    expect(s3.requests).toEqual([]);
    expect(await check(buckets.slice(1), { s3 })).toBeUndefined();
  });

  test('gives reasons that a job can show', async () => {
    const s3 = new ScriptedS3(refusal(403, 'A'.repeat(100), 'm'.repeat(1_000)));
    const failure = await check(['b'.repeat(63)], { s3 });
    expect(failure?.FailureReason.length).toBeLessThanOrEqual(256);
  });

  test('makes its document once for all tasks', async () => {
    const s3 = new ScriptedS3(answer());
    await twice(operation, TASK, parameters, contextOf({ s3 }));
    expect(s3.requests[0]?.body).toBe(s3.requests[1]?.body);
  });
});
