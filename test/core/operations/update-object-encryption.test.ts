import { HeadObjectCommand, type PutObjectCommandInput, PutObjectLegalHoldCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Task } from '../../../core/operations/operation.ts';
import { createUpdateObjectEncryption } from '../../../core/operations/update-object-encryption.ts';
import { VirtualClock } from '../signed-http/virtual-clock.ts';
import { current, expectMissing, failedLine, type LocalS3, SUCCESSFUL, startLocalS3, twice } from './local-s3.ts';
import { answer, contextOf, ScriptedS3, TASK } from './task-context.ts';
import { whyRefused } from './why-refused.ts';

const clock = new VirtualClock(Date.parse('2030-01-01T00:00:00Z'));
const updateObjectEncryption = createUpdateObjectEncryption(clock);

const keyArn = (digit: string, account = '000000000000', region = 'us-east-1') =>
  `arn:aws:kms:${region}:${account}:key/${digit.repeat(8)}-1111-2222-3333-444444444444`;
const KEY = keyArn('a');
const OTHER = keyArn('b');
const to = (KMSKeyArn: string, BucketKeyEnabled?: boolean) => ({
  ObjectEncryption: { SSEKMS: { KMSKeyArn, ...(BucketKeyEnabled !== undefined && { BucketKeyEnabled }) } },
});

let local: LocalS3;
let bucket: string;
let locked: string;
beforeAll(async () => {
  local = await startLocalS3({ clock: () => clock.time });
  bucket = await local.s3.bucket({ versioned: true });
  locked = await local.s3.bucket({ objectLock: true });
});
afterAll(() => local.stop());

type Wishes = Omit<PutObjectCommandInput, 'Bucket' | 'Key'> & { readonly Key?: string };
const put = (wishes: Wishes = {}) => local.put({ Bucket: bucket, ...wishes });
const encryptionOf = async ({ bucket: Bucket, key: Key, versionId: VersionId }: Task) => {
  const found = await local.s3.client.send(new HeadObjectCommand({ Bucket, Key, VersionId }));
  return [found.ServerSideEncryption, found.SSEKMSKeyId, found.BucketKeyEnabled && 'bucket key']
    .filter(Boolean)
    .join(' ');
};
const examine = (task: Task, parameters: ReturnType<typeof to>) =>
  updateObjectEncryption.examine(task, parameters, local.context);

describe('S3UpdateObjectEncryption', () => {
  test.each<[string, Wishes, ReturnType<typeof to>, string]>([
    ['SSE-S3', {}, to(KEY), `Would replace SSE-S3 by the key ${KEY}`],
    [
      'another key',
      { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: OTHER },
      to(KEY, false),
      `Would replace the key ${OTHER} by the key ${KEY}`,
    ],
    [
      'the key without a bucket key',
      { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KEY },
      to(KEY, true),
      `Would replace the key ${KEY} by the key ${KEY} by a bucket key`,
    ],
    [
      'the key with a bucket key',
      { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KEY, BucketKeyEnabled: true },
      to(KEY),
      `Would replace the key ${KEY} by a bucket key by the key ${KEY}`,
    ],
  ])('puts an object with %s under the key', async (_, wishes, parameters, says) => {
    const task = await put(wishes);
    expect(await examine(task, parameters)).toEqual({ finding: 'change', says });
    expect(await twice(updateObjectEncryption, task, parameters, local.context)).toEqual([SUCCESSFUL, SUCCESSFUL]);
    const withBucketKey = parameters.ObjectEncryption.SSEKMS.BucketKeyEnabled === true ? ' bucket key' : '';
    expect(await encryptionOf(task)).toBe(`aws:kms ${KEY}${withBucketKey}`);
    expect(await examine(task, parameters)).toEqual({ finding: 'unchanged' });
  });

  test('changes the version that the manifest names, or the current one, and no other', async () => {
    const old = await put();
    const newer = await put({ Key: old.key });
    await updateObjectEncryption.execute(old, to(KEY), local.context);
    expect([await encryptionOf(old), await encryptionOf(newer)]).toEqual([`aws:kms ${KEY}`, 'AES256']);
    await updateObjectEncryption.execute(current(old), to(OTHER), local.context);
    expect([await encryptionOf(old), await encryptionOf(newer)]).toEqual([`aws:kms ${KEY}`, `aws:kms ${OTHER}`]);
  });

  test('reports what is not there', async () => {
    await expectMissing(updateObjectEncryption, to(KEY), local, { bucket });
  });

  test("fails with another account's key, and with one that is not there", async () => {
    const task = await put();
    expect(await updateObjectEncryption.execute(task, to(keyArn('a', '111122223333')), local.context)).toEqual(
      failedLine(
        403,
        'AccessDenied',
        'The AWS KMS key in the request must be owned by the same account as the bucket. Modify the request to specify a KMS key from the same account, and then try again.',
      ),
    );
    const elsewhere = keyArn('a', '000000000000', 'eu-west-1');
    expect(await updateObjectEncryption.execute(task, to(elsewhere), local.context)).toEqual(
      failedLine(400, 'KMS.NotFoundException', 'Invalid arn eu-west-1'),
    );
    expect(await encryptionOf(task)).toBe('AES256');
  });

  test('fails for an object with DSSE-KMS, and says so before', async () => {
    const task = await put({ ServerSideEncryption: 'aws:kms:dsse', SSEKMSKeyId: KEY });
    const line = failedLine(
      400,
      'InvalidRequest',
      "The UpdateObjectEncryption operation doesn't support source objects with the encryption type DSSE-KMS or SSE-C. Only source objects encrypted with SSE-S3 or SSE-KMS are supported.",
    );
    expect(await twice(updateObjectEncryption, task, to(KEY), local.context)).toEqual([line, line]);
    expect(await examine(task, to(KEY))).toEqual({
      finding: 'failure',
      result: {
        status: 'failed',
        httpStatus: 400,
        errorCode: 'InvalidRequest',
        message: 'The object has aws:kms:dsse: only objects encrypted with SSE-S3 or SSE-KMS can be changed',
      },
    });
  });

  test('would fail for an object that is not encrypted', async () => {
    const s3 = new ScriptedS3(answer('', { etag: '"e"' }));
    expect(await updateObjectEncryption.examine(TASK, to(KEY), contextOf({ s3 }))).toMatchObject({
      finding: 'failure',
      result: {
        httpStatus: 400,
        errorCode: 'InvalidRequest',
        message: expect.stringContaining('is not encrypted by S3'),
      },
    });
  });

  const inAYear = new Date(clock.time + 365 * 24 * 60 * 60 * 1000);
  test.each<[string, Wishes, string]>([
    ['a legal hold', { ObjectLockLegalHoldStatus: 'ON' }, 'a legal hold'],
    [
      'governance retention',
      { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inAYear },
      'GOVERNANCE retention until 2031-01-01T00:00:00.000Z',
    ],
    [
      'compliance retention',
      { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: inAYear },
      'COMPLIANCE retention until 2031-01-01T00:00:00.000Z',
    ],
  ])('fails for an object under %s, and says so before', async (_, lock, has) => {
    const task = await local.put({ Bucket: locked, ...lock });
    const line = failedLine(
      403,
      'AccessDenied',
      "The encryption type for the specified object can't be updated because that object is protected by S3 Object Lock.",
    );
    expect(await updateObjectEncryption.execute(task, to(KEY), local.context)).toMatchObject({
      ...line,
      message: expect.stringContaining('is protected by S3 Object Lock.'),
    });
    expect(await examine(task, to(KEY))).toEqual({
      finding: 'failure',
      result: {
        status: 'failed',
        httpStatus: 403,
        errorCode: 'AccessDenied',
        message: `The object has ${has}, and Object Lock keeps its encryption from being changed`,
      },
    });
  });

  test('takes no notice of a hold that has been taken off, and of a retention that is over', async () => {
    const task = await local.put({ Bucket: locked, ObjectLockLegalHoldStatus: 'ON' });
    await local.s3.client.send(
      new PutObjectLegalHoldCommand({ Bucket: locked, Key: task.key, LegalHold: { Status: 'OFF' } }),
    );
    expect(await examine(task, to(KEY))).toMatchObject({ finding: 'change' });
    const over = answer('', {
      'x-amz-server-side-encryption': 'AES256',
      'x-amz-object-lock-mode': 'COMPLIANCE',
      'x-amz-object-lock-retain-until-date': '2029-12-31T23:59:59.000Z',
    });
    const context = contextOf({ s3: new ScriptedS3(over) });
    expect(await updateObjectEncryption.examine(TASK, to(KEY), context)).toMatchObject({ finding: 'change' });
  });

  test('sends one document, made once for all tasks', async () => {
    const s3 = new ScriptedS3(answer());
    await twice(updateObjectEncryption, TASK, to(KEY, true), contextOf({ s3 }));
    expect(s3.requests[0]?.body).toBe(s3.requests[1]?.body);
    expect(s3.requests[0]).toMatchObject({ method: 'PUT', query: { encryption: '' }, versionId: 'v1' });
    expect(s3.requests[0]?.body?.bytes.toString()).toBe(
      `<ObjectEncryption xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><SSE-KMS><KMSKeyArn>${KEY}</KMSKeyArn>` +
        '<BucketKeyEnabled>true</BucketKeyEnabled></SSE-KMS></ObjectEncryption>',
    );
  });

  const MISSING =
    'Operation.S3UpdateObjectEncryption.ObjectEncryption.SSEKMS is missing: it must name the KMS key, the only kind of ' +
    'encryption that objects can be changed to.';
  test.each<[object, string]>([
    [to(KEY), ''],
    [{}, MISSING],
    [{ ObjectEncryption: {} }, MISSING],
    [{ ObjectEncryption: { SSEKMS: {} } }, 'ObjectEncryption.SSEKMS.KMSKeyArn is missing'],
    [to('alias/my-key'), 'ObjectEncryption.SSEKMS.KMSKeyArn must'],
    [to('arn:aws:kms:us-east-1:111122223333:alias/my-key'), 'KMSKeyArn must be the ARN of a KMS key'],
  ])('is asked for by %j: %j', (parameters, why) => {
    const refused = whyRefused({ S3UpdateObjectEncryption: parameters });
    expect(refused).toContain(why);
    expect(refused === '').toBe(why === '');
  });
});
