import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  type ObjectLockConfiguration,
  type ObjectLockRetention,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, explain, failure, startS3, type TestS3 } from './s3-harness.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Starts on a whole second, so that dates come back as they were sent. */
let now = Date.parse('2030-01-01T00:00:00Z');
const inDays = (days: number) => new Date(now + days * DAY);

let s3: TestS3;
let Bucket: string;
let unlocked: string;
beforeAll(async () => {
  s3 = await startS3({ clock: () => now });
  Bucket = await s3.bucket({ objectLock: true });
  unlocked = await s3.bucket({ versioned: true });
  await s3.client.send(new PutObjectCommand({ Bucket: unlocked, Key: 'k', Body: 'x' }));
});
afterAll(() => s3.stop());

let keys = 0;
const put = async (wishes: object = {}, Key = `key-${++keys}`) => {
  const { VersionId } = await s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...wishes }));
  return { Bucket, Key, VersionId };
};
const head = (object: { Key: string; VersionId?: string | undefined }) =>
  s3.client.send(new HeadObjectCommand({ Bucket, ...object }));
const retain = (object: object, Retention: ObjectLockRetention, wishes: object = {}) =>
  s3.client.send(new PutObjectRetentionCommand({ ...(object as { Key: string }), Bucket, Retention, ...wishes }));
const hold = (object: object, Status: 'ON' | 'OFF') =>
  s3.client.send(new PutObjectLegalHoldCommand({ ...(object as { Key: string }), Bucket, LegalHold: { Status } }));
const remove = (object: object, wishes: object = {}) =>
  s3.client.send(new DeleteObjectCommand({ ...(object as { Key: string }), Bucket, ...wishes }));
const configure = (bucket: string, ObjectLockConfiguration: object) =>
  s3.client.send(
    new PutObjectLockConfigurationCommand({
      Bucket: bucket,
      ObjectLockConfiguration: ObjectLockConfiguration as ObjectLockConfiguration,
    }),
  );

const LOCKED = 'AccessDenied 403: Access Denied because object protected by object lock.';
const NO_LOCK_ON_BUCKET = 'InvalidRequest 400: Bucket is missing Object Lock Configuration';
const NO_LOCK_ON_OBJECT =
  'NoSuchObjectLockConfiguration 404: The specified object does not have a ObjectLock configuration';
const BAD_XML =
  'MalformedXML 400: The XML you provided was not well-formed or did not validate against our published schema';

describe('a bucket', () => {
  test('made with Object Lock keeps versions from then on', async () => {
    await s3.client.send(new CreateBucketCommand({ Bucket: 'made-locked', ObjectLockEnabledForBucket: true }));
    const asked = { Bucket: 'made-locked' };
    expect((await s3.client.send(new GetBucketVersioningCommand(asked))).Status).toBe('Enabled');
    const { ObjectLockConfiguration } = await s3.client.send(new GetObjectLockConfigurationCommand(asked));
    expect(ObjectLockConfiguration).toEqual({ ObjectLockEnabled: 'Enabled' });
    const version = (Status: 'Enabled' | 'Suspended') =>
      explain(s3.client.send(new PutBucketVersioningCommand({ ...asked, VersioningConfiguration: { Status } })));
    expect(await version('Enabled')).toBe('no failure');
    expect(await version('Suspended')).toBe(
      'InvalidBucketState 409: An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
    );
  });

  test('gets Object Lock later, once it keeps versions', async () => {
    const later = await s3.bucket();
    const get = () => s3.client.send(new GetObjectLockConfigurationCommand({ Bucket: later }));
    expect(await explain(get())).toBe(
      'ObjectLockConfigurationNotFoundError 404: Object Lock configuration does not exist for this bucket',
    );
    expect(await explain(configure(later, { ObjectLockEnabled: 'Enabled' }))).toBe(
      "InvalidBucketState 409: Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    );
    await s3.service.createBucket(later, { versioned: true });
    await configure(later, { ObjectLockEnabled: 'Enabled' });
    expect((await get()).ObjectLockConfiguration).toEqual({ ObjectLockEnabled: 'Enabled' });
  });

  test.each([
    [{ Mode: 'GOVERNANCE', Days: 3 }, '2030-01-04T00:00:00.000Z'],
    [{ Mode: 'COMPLIANCE', Years: 2 }, '2032-01-01T00:00:00.000Z'],
  ] as const)('locks new objects by default: %j', async (DefaultRetention, until) => {
    const bucket = await s3.bucket({ objectLock: true });
    const configuration = { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } };
    await configure(bucket, configuration);
    const got = await s3.client.send(new GetObjectLockConfigurationCommand({ Bucket: bucket }));
    expect(got.ObjectLockConfiguration).toEqual(configuration);
    await put({ Bucket: bucket }, 'default');
    await put({ Bucket: bucket, ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(9) }, 'own');
    const one = await s3.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'default' }));
    expect([one.ObjectLockMode, one.ObjectLockRetainUntilDate?.toISOString()]).toEqual([DefaultRetention.Mode, until]);
    const other = await s3.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'own' }));
    expect(other.ObjectLockRetainUntilDate).toEqual(inDays(9));
    await configure(bucket, { ObjectLockEnabled: 'Enabled' });
    await put({ Bucket: bucket }, 'none');
    const none = await s3.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'none' }));
    expect(none.ObjectLockMode).toBeUndefined();
  });

  test.each([
    [{}, BAD_XML],
    [{ ObjectLockEnabled: 'Enabled', Rule: {} }, BAD_XML],
    [{ ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: {} } }, BAD_XML],
    [{ ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE' } } }, BAD_XML],
    [{ ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1, Years: 1 } } }, BAD_XML],
    [{ ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'OTHER', Days: 1 } } }, BAD_XML],
    [
      { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 0 } } },
      'InvalidArgument 400: Default retention period must be a positive integer value.',
    ],
    [
      { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Years: 101 } } },
      'InvalidArgument 400: Default retention period too large.',
    ],
  ])('does not take the configuration %j', async (configuration, expected) => {
    expect(await explain(configure(Bucket, configuration))).toBe(expected);
  });
});

describe('without Object Lock on the bucket', () => {
  const Retention = { Mode: 'GOVERNANCE', RetainUntilDate: inDays(1) } as const;
  const asked = () => ({ Bucket: unlocked, Key: 'k' });
  test.each([
    ['PutObjectRetention', () => new PutObjectRetentionCommand({ ...asked(), Retention })],
    ['GetObjectRetention', () => new GetObjectRetentionCommand(asked())],
    ['PutObjectLegalHold', () => new PutObjectLegalHoldCommand({ ...asked(), LegalHold: { Status: 'ON' } })],
    ['GetObjectLegalHold', () => new GetObjectLegalHoldCommand(asked())],
    ['PutObject', () => new PutObjectCommand({ ...asked(), Body: 'x', ObjectLockLegalHoldStatus: 'ON' })],
    [
      'CopyObject',
      () => new CopyObjectCommand({ ...asked(), CopySource: `${unlocked}/k`, ObjectLockLegalHoldStatus: 'OFF' }),
    ],
    ['CreateMultipartUpload', () => new CreateMultipartUploadCommand({ ...asked(), ObjectLockMode: 'COMPLIANCE' })],
  ])('%s is refused', async (_, command) => {
    expect(await explain(s3.client.send(command() as PutObjectCommand))).toBe(NO_LOCK_ON_BUCKET);
  });

  test.each([true, false])('a bypass (%s) makes no sense', async (BypassGovernanceRetention) => {
    const expected =
      'InvalidArgument 400: x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.';
    const one = new DeleteObjectCommand({ ...asked(), BypassGovernanceRetention });
    expect(await explain(s3.client.send(one))).toBe(expected);
    const Delete = { Objects: [{ Key: 'k' }] };
    const many = new DeleteObjectsCommand({ Bucket: unlocked, Delete, BypassGovernanceRetention });
    expect(await explain(s3.client.send(many))).toBe(expected);
  });
});

describe('the lock of an object', () => {
  const lock = { ObjectLockMode: 'GOVERNANCE', ObjectLockLegalHoldStatus: 'ON' } as const;

  test('comes from PutObject, CopyObject or CreateMultipartUpload, and a copy does not inherit it', async () => {
    const wishes = { ...lock, ObjectLockRetainUntilDate: inDays(1) };
    const source = await put(wishes);
    await s3.client.send(new CopyObjectCommand({ Bucket, Key: 'bare', CopySource: `${Bucket}/${source.Key}` }));
    const CopySource = `${Bucket}/bare`;
    await s3.client.send(new CopyObjectCommand({ Bucket, Key: 'copied', CopySource, ...wishes }));
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts', ...wishes }));
    const part = { Bucket, Key: 'parts', UploadId, PartNumber: 1 };
    const { ETag } = await s3.client.send(new UploadPartCommand({ ...part, Body: 'x' }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await s3.client.send(new CompleteMultipartUploadCommand({ ...part, MultipartUpload }));
    for (const Key of [source.Key, 'copied', 'parts']) expect(await head({ Key })).toMatchObject(wishes);
    expect((await head({ Key: 'bare' })).ObjectLockMode).toBeUndefined();
  });

  test.each([
    [
      { ObjectLockMode: 'GOVERNANCE' },
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
    ],
    [
      { ObjectLockRetainUntilDate: inDays(1) },
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
    ],
    [{ ObjectLockMode: 'OTHER', ObjectLockRetainUntilDate: inDays(1) }, 'Unknown wormMode directive.'],
    [
      { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: inDays(-1) },
      'The retain until date must be in the future!',
    ],
    [{ ObjectLockLegalHoldStatus: 'YES' }, "Legal Hold must be either of 'ON' or 'OFF'"],
  ])('cannot be %j', async (wishes, message) => {
    expect(await explain(put(wishes))).toBe(`InvalidArgument 400: ${message}`);
  });

  test('needs a date in ISO 8601', async () => {
    const headers = { 'x-amz-object-lock-mode': 'GOVERNANCE', 'x-amz-object-lock-retain-until-date': 'tomorrow' };
    const reply = await s3.send({ method: 'PUT', path: `/${Bucket}/k`, headers, body: 'x' });
    expect(codeOf(reply)).toBe('InvalidArgument 400');
    expect(reply.body).toContain('The retain until date must be provided in ISO 8601 format');
  });

  test('needs a digest of the bytes', async () => {
    const headers = { 'x-amz-object-lock-legal-hold': 'ON' };
    const reply = await s3.send({ method: 'PUT', path: `/${Bucket}/k`, headers, body: 'x' });
    expect(codeOf(reply)).toBe('InvalidRequest 400');
    expect(reply.body).toContain(
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
    );
    const upload = new CreateMultipartUploadCommand({ Bucket, Key: 'k', ObjectLockLegalHoldStatus: 'ON' });
    const { UploadId } = await s3.client.send(upload);
    const path = `/${Bucket}/k?partNumber=1&uploadId=${UploadId}`;
    expect((await s3.send({ method: 'PUT', path, body: 'x' })).body).toContain('for Put Part requests');
  });

  test.each(['retention', 'legal-hold'])('is not changed by a %s document without a digest', async (name) => {
    const { Key } = await put();
    const reply = await s3.send({ method: 'PUT', path: `/${Bucket}/${Key}?${name}`, body: '<Retention/>' });
    expect(codeOf(reply)).toBe('InvalidRequest 400');
    expect(reply.body).toContain('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  });
});

describe('retention', () => {
  const get = async (object: { Key: string }) =>
    (await s3.client.send(new GetObjectRetentionCommand({ Bucket, ...object }))).Retention;

  test('is given, read and extended', async () => {
    const object = await put();
    expect(await explain(get(object))).toBe(NO_LOCK_ON_OBJECT);
    await retain(object, { Mode: 'GOVERNANCE', RetainUntilDate: inDays(1) });
    await retain(object, { Mode: 'GOVERNANCE', RetainUntilDate: inDays(2) });
    expect(await get(object)).toEqual({ Mode: 'GOVERNANCE', RetainUntilDate: inDays(2) });
  });

  test.each([
    [{ Mode: 'GOVERNANCE' }, BAD_XML],
    [{ RetainUntilDate: inDays(1) }, BAD_XML],
    [{ Mode: 'OTHER', RetainUntilDate: inDays(1) }, BAD_XML],
    [
      { Mode: 'GOVERNANCE', RetainUntilDate: inDays(-1) },
      'InvalidArgument 400: The retain until date must be in the future!',
    ],
  ])('cannot be %j', async (Retention, expected) => {
    expect(await explain(retain(await put(), Retention as ObjectLockRetention))).toBe(expected);
  });

  const shorter = () => ({ Mode: 'GOVERNANCE', RetainUntilDate: inDays(1) }) as const;
  const strict = () => ({ Mode: 'COMPLIANCE', RetainUntilDate: inDays(9) }) as const;
  test.each([
    ['GOVERNANCE', 'shortened', false, LOCKED, shorter],
    ['GOVERNANCE', 'shortened', true, 'no failure', shorter],
    ['GOVERNANCE', 'removed', false, LOCKED, () => ({})],
    ['GOVERNANCE', 'removed', true, 'no failure', () => ({})],
    ['GOVERNANCE', 'made COMPLIANCE', false, LOCKED, strict],
    ['GOVERNANCE', 'made COMPLIANCE', true, 'no failure', strict],
    ['COMPLIANCE', 'shortened', true, LOCKED, () => ({ ...strict(), RetainUntilDate: inDays(1) })],
    ['COMPLIANCE', 'removed', true, LOCKED, () => ({})],
    ['COMPLIANCE', 'made GOVERNANCE', true, LOCKED, () => ({ ...strict(), Mode: 'GOVERNANCE' as const })],
    ['COMPLIANCE', 'extended', false, 'no failure', strict],
  ] as const)('of %s is %s (bypass %s)', async (Mode, _, BypassGovernanceRetention, expected, change) => {
    const object = await put();
    await retain(object, { Mode, RetainUntilDate: inDays(5) });
    expect(await explain(retain(object, change(), { BypassGovernanceRetention }))).toBe(expected);
    const after = expected === LOCKED ? { Mode, RetainUntilDate: inDays(5) } : change();
    if (Object.keys(after).length > 0) expect(await get(object)).toEqual(after);
    else expect(await explain(get(object))).toBe(NO_LOCK_ON_OBJECT);
  });

  test('ends with its date', async () => {
    const object = await put();
    await retain(object, { Mode: 'COMPLIANCE', RetainUntilDate: inDays(1) });
    expect(await explain(remove(object))).toBe(LOCKED);
    now += 2 * DAY;
    expect(await failure(retain(object, { Mode: 'GOVERNANCE', RetainUntilDate: inDays(1) }))).toBe('no failure');
    now += 2 * DAY;
    expect(await failure(remove(object))).toBe('no failure');
  });

  test('is of one version', async () => {
    const old = await put();
    const young = await put({}, old.Key);
    await retain(old, { Mode: 'GOVERNANCE', RetainUntilDate: inDays(1) });
    expect(await explain(get(young))).toBe(NO_LOCK_ON_OBJECT);
    expect(await get(old)).toMatchObject({ Mode: 'GOVERNANCE' });
  });

  test.each([
    ['a key that is not there', { Key: 'absent' }, 'NoSuchKey 404'],
    ['a version that is not there', { Key: 'absent', VersionId: 'null' }, 'NoSuchVersion 404'],
  ])('is refused to %s', async (_, object, expected) => {
    const retention = { Mode: 'GOVERNANCE', RetainUntilDate: inDays(1) } as const;
    expect(await failure(retain(object, retention))).toBe(expected);
    expect(await failure(hold(object, 'ON'))).toBe(expected);
    expect(await failure(get(object))).toBe(expected);
  });

  test('and legal hold are refused to a delete marker', async () => {
    const { Key } = await put();
    const { VersionId } = await remove({ Key });
    const retention = { Mode: 'GOVERNANCE', RetainUntilDate: inDays(1) } as const;
    expect(await failure(retain({ Key, VersionId }, retention))).toBe('MethodNotAllowed 405');
    expect(await failure(hold({ Key, VersionId }, 'ON'))).toBe('MethodNotAllowed 405');
    expect(await failure(hold({ Key }, 'ON'))).toBe('MethodNotAllowed 405');
  });
});

describe('a legal hold', () => {
  const get = async (object: { Key: string }) =>
    (await s3.client.send(new GetObjectLegalHoldCommand({ Bucket, ...object }))).LegalHold?.Status;

  test('is on until it is off, and keeps retention as it is', async () => {
    const object = await put({ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(1) });
    expect(await explain(get(object))).toBe(NO_LOCK_ON_OBJECT);
    await hold(object, 'ON');
    expect(await get(object)).toBe('ON');
    expect(await explain(remove(object, { BypassGovernanceRetention: true }))).toBe(LOCKED);
    await hold(object, 'OFF');
    expect(await get(object)).toBe('OFF');
    expect(await head(object)).toMatchObject({ ObjectLockMode: 'GOVERNANCE', ObjectLockLegalHoldStatus: 'OFF' });
    expect(await failure(remove(object, { BypassGovernanceRetention: true }))).toBe('no failure');
  });

  test('is ON or OFF', async () => {
    expect(await explain(hold(await put(), 'MAYBE' as 'ON'))).toBe(BAD_XML);
  });
});

describe('deletion', () => {
  test.each([
    [{ ObjectLockMode: 'GOVERNANCE' }, false, LOCKED],
    [{ ObjectLockMode: 'GOVERNANCE' }, true, 'no failure'],
    [{ ObjectLockMode: 'COMPLIANCE' }, true, LOCKED],
  ])('of a version with %j (bypass %s)', async (lock, BypassGovernanceRetention, expected) => {
    const object = await put({ ...lock, ObjectLockRetainUntilDate: inDays(1) });
    expect(await explain(remove(object, { BypassGovernanceRetention }))).toBe(expected);
    expect(await failure(head(object))).toBe(expected === LOCKED ? 'no failure' : 'NotFound 404');
  });

  test('without a version puts a marker on top of what is locked', async () => {
    const object = await put({ ObjectLockLegalHoldStatus: 'ON' });
    expect(await remove({ Key: object.Key })).toMatchObject({ DeleteMarker: true });
    expect(await failure(head(object))).toBe('no failure');
    expect(await failure(head({ Key: object.Key }))).toBe('NotFound 404');
  });

  test('of many tells key by key what is locked', async () => {
    const held = await put({ ObjectLockLegalHoldStatus: 'ON' });
    const governed = await put({ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(1) });
    const free = await put();
    const Objects = [held, governed, free].map(({ Key, VersionId }) => ({ Key, VersionId }));
    const removeAll = (wishes: object) =>
      s3.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects }, ...wishes }));
    const denial = { Code: 'AccessDenied', Message: 'Access Denied because object protected by object lock.' };
    const first = await removeAll({});
    expect(first.Deleted).toEqual([{ Key: free.Key, VersionId: free.VersionId }]);
    expect(first.Errors).toEqual([
      { ...Objects[0], ...denial },
      { ...Objects[1], ...denial },
    ]);
    const second = await removeAll({ BypassGovernanceRetention: true });
    expect(second.Errors).toEqual([{ ...Objects[0], ...denial }]);
  });

  test('with the code of an authentication device is refused', async () => {
    const { Key } = await put();
    expect(await failure(remove({ Key, MFA: 'serial 123456' }))).toBe('NotImplemented 501');
  });
});
