import {
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  type HeadObjectCommandOutput,
  PutBucketEncryptionCommand,
  PutBucketOwnershipControlsCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CopyParameters } from '../../../core/operations/copy/copy-parameters.ts';
import type { Task } from '../../../core/operations/operation.ts';
import { putObjectCopy } from '../../../core/operations/put-object-copy.ts';
import { createS3DataClient } from '../../../core/s3/create-s3-data-client.ts';
import { Connections } from '../../../core/signed-http/connections.ts';
import { ScriptedServer, s3Error } from '../signed-http/scripted-server.ts';
import {
  BAD_VERSION,
  current,
  failedLine,
  type LocalS3,
  NO_BUCKET,
  NO_KEY,
  NO_VERSION,
  SUCCESSFUL,
  startLocalS3,
  taskOf,
  twice,
  UNCHANGED,
} from './local-s3.ts';
import { contextOf } from './task-context.ts';
import { whyRefused } from './why-refused.ts';

const KEY_ARN = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555';
const FOREIGN_KEY = 'arn:aws:kms:us-east-1:999999999999:key/11111111-2222-3333-4444-555555555555';
const UNTIL = '2099-01-31T12:00:00Z';
const PRECONDITION = failedLine(
  412,
  'PreconditionFailed',
  'At least one of the pre-conditions you specified did not hold',
);

let local: LocalS3;
let from: string;
let to: string;
let source: Task;
beforeAll(async () => {
  local = await startLocalS3();
  from = await local.s3.bucket({ versioned: true });
  to = await local.s3.bucket();
  source = await local.put({
    Bucket: from,
    Body: 'hello',
    ContentType: 'text/plain',
    CacheControl: 'no-cache',
    Metadata: { color: 'red' },
    Tagging: 'a=1&b=2',
    ChecksumAlgorithm: 'SHA256',
  });
});
afterAll(() => local.stop());

const arn = (bucket: string) => `arn:aws:s3:::${bucket}`;
const copyTo = (more: Partial<CopyParameters> = {}, bucket = to): CopyParameters => ({
  TargetResource: arn(bucket),
  ...more,
});
const run = (task: Task, parameters: CopyParameters) => putObjectCopy.execute(task, parameters, local.context);
const examine = (task: Task, parameters: CopyParameters) => putObjectCopy.examine(task, parameters, local.context);

async function read(bucket: string, key: string) {
  const asked = { Bucket: bucket, Key: key };
  const got = await local.s3.client.send(new GetObjectCommand({ ...asked, ChecksumMode: 'ENABLED' }));
  const { TagSet = [] } = await local.s3.client.send(new GetObjectTaggingCommand(asked));
  const tags = TagSet.map((tag) => `${tag.Key}=${tag.Value}`).sort();
  return { ...got, text: await got.Body?.transformToString(), tags };
}

describe('S3PutObjectCopy', () => {
  test('keeps metadata, content headers, tags and checksum, and the key', async () => {
    expect(await twice(putObjectCopy, source, copyTo(), local.context)).toEqual([SUCCESSFUL, SUCCESSFUL]);
    const copied = await read(to, source.key);
    expect(copied.StorageClass).toBeUndefined();
    expect(copied).toMatchObject({
      text: 'hello',
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      Metadata: { color: 'red' },
      tags: ['a=1', 'b=2'],
      ChecksumSHA256: expect.stringMatching(/=$/),
    });
  });

  test('copies the version that is named, else the current one', async () => {
    const newer = await local.put({ Bucket: from, Key: 'two', Body: 'old' });
    await local.put({ Bucket: from, Key: 'two', Body: 'new' });
    expect(await run(newer, copyTo({ TargetKeyPrefix: 'old' }))).toEqual(SUCCESSFUL);
    expect(await run(current(newer), copyTo({ TargetKeyPrefix: 'new' }))).toEqual(SUCCESSFUL);
    expect([(await read(to, 'old/two')).text, (await read(to, 'new/two')).text]).toEqual(['old', 'new']);
  });

  test.each<[string, Partial<CopyParameters>, string]>([
    ['a prefix', { TargetKeyPrefix: 'a/b' }, 'a/b/folder/x.txt'],
    ['a prefix that ends in a slash', { TargetKeyPrefix: 'a/b/' }, 'a/b/folder/x.txt'],
    ['a template', { TargetKey: `${'$'}{bucket}-${'$'}{key:name}` }, 'BUCKET-x.txt'],
  ])('to the key of %s', async (_, parameters, key) => {
    const task = await local.put({ Bucket: from, Key: 'folder/x.txt', Body: 'x' });
    expect(await run(task, copyTo(parameters))).toEqual(SUCCESSFUL);
    expect((await read(to, key.replace('BUCKET', from))).text).toBe('x');
  });

  test.each<[string, Partial<CopyParameters>, Partial<HeadObjectCommandOutput> & { tags?: string[] }]>([
    ['a storage class', { StorageClass: 'GLACIER_IR' }, { StorageClass: 'GLACIER_IR' }],
    [
      'SSE-S3',
      { NewObjectMetadata: { SSEAlgorithm: 'AES256' } },
      { ServerSideEncryption: 'AES256', Metadata: { color: 'red' } },
    ],
    ['SSE-KMS', { NewObjectMetadata: { SSEAlgorithm: 'KMS' } }, { ServerSideEncryption: 'aws:kms' }],
    [
      'a KMS key',
      { SSEAwsKmsKeyId: KEY_ARN, BucketKeyEnabled: true },
      { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KEY_ARN, BucketKeyEnabled: true, Metadata: { color: 'red' } },
    ],
    [
      'new metadata',
      {
        NewObjectMetadata: {
          CacheControl: 'no-store',
          ContentDisposition: 'inline',
          ContentEncoding: 'gzip',
          ContentLanguage: 'de',
          ContentType: 'text/html',
          HttpExpiresDate: '2099-01-02T03:04:05.678Z',
          UserMetadata: { Size: 'L' },
        },
      },
      {
        CacheControl: 'no-store',
        ContentDisposition: 'inline',
        ContentEncoding: 'gzip',
        ContentLanguage: 'de',
        ContentType: 'text/html',
        ExpiresString: 'Fri, 02 Jan 2099 03:04:05 GMT',
        Metadata: { size: 'L' },
        tags: ['a=1', 'b=2'],
      },
    ],
    ['no metadata', { MetadataDirective: 'REPLACE' }, { Metadata: {}, ContentType: 'binary/octet-stream' }],
    [
      'metadata beyond ASCII',
      { NewObjectMetadata: { UserMetadata: { who: 'Zoë' } } },
      { Metadata: { who: '=?UTF-8?B?Wm/Dqw==?=' } },
    ],
    [
      'metadata that is kept',
      { MetadataDirective: 'COPY', NewObjectMetadata: { UserMetadata: {} } },
      { Metadata: { color: 'red' } },
    ],
    [
      'new tags',
      { NewObjectTagging: [{ Key: 'größe', Value: 'a + b' }] },
      { tags: ['größe=a + b'], Metadata: { color: 'red' } },
    ],
    ['no tags', { NewObjectTagging: [] }, { tags: [] }],
    ['a redirect', { RedirectLocation: '/elsewhere' }, { WebsiteRedirectLocation: '/elsewhere' }],
    ['a checksum', { ChecksumAlgorithm: 'CRC32C' }, { ChecksumCRC32C: 'mnG7TA==', ChecksumType: 'FULL_OBJECT' }],
    ['the requester paying', { RequesterPays: true }, { Metadata: { color: 'red' } }],
    [
      'a constraint that is met',
      { ModifiedSinceConstraint: '2001-01-01T00:00:00Z', UnModifiedSinceConstraint: UNTIL },
      {},
    ],
  ])('with %s', async (what, parameters, has) => {
    const TargetKeyPrefix = what.replaceAll(' ', '-');
    const asked = copyTo({ ...parameters, TargetKeyPrefix });
    expect(await twice(putObjectCopy, source, asked, local.context)).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(await read(to, `${TargetKeyPrefix}/${source.key}`)).toMatchObject({ text: 'hello', ...has });
  });

  test('with retention and a legal hold', async () => {
    const locked = await local.s3.bucket({ objectLock: true });
    const asked = copyTo(
      { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: UNTIL, ObjectLockLegalHoldStatus: 'ON' },
      locked,
    );
    expect(await twice(putObjectCopy, source, asked, local.context)).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(await read(locked, source.key)).toMatchObject({
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: new Date(UNTIL),
      ObjectLockLegalHoldStatus: 'ON',
    });
  });

  describe('to a bucket with ACLs', () => {
    let acls: string;
    beforeAll(async () => {
      acls = await local.s3.bucket();
      const OwnershipControls = { Rules: [{ ObjectOwnership: 'ObjectWriter' as const }] };
      await local.s3.client.send(new PutBucketOwnershipControlsCommand({ Bucket: acls, OwnershipControls }));
    });
    const aclOf = async () => {
      const { Grants = [] } = await local.s3.client.send(new GetObjectAclCommand({ Bucket: acls, Key: source.key }));
      return Grants.map(({ Grantee, Permission }) => `${Permission} ${Grantee?.URI ?? Grantee?.ID}`);
    };
    const READERS = 'http://acs.amazonaws.com/groups/global/AllUsers';

    test('with a canned ACL', async () => {
      const asked = copyTo({ CannedAccessControlList: 'public-read' }, acls);
      expect(await twice(putObjectCopy, source, asked, local.context)).toEqual([SUCCESSFUL, SUCCESSFUL]);
      expect(await aclOf()).toContain(`READ ${READERS}`);
    });

    test('with grants', async () => {
      const Identifier = 'f'.repeat(64);
      const AccessControlGrants = [
        { Grantee: { TypeIdentifier: 'uri' as const, Identifier: READERS }, Permission: 'READ' as const },
        { Grantee: { TypeIdentifier: 'id' as const, Identifier }, Permission: 'READ' as const },
        { Grantee: { TypeIdentifier: 'id' as const, Identifier }, Permission: 'FULL_CONTROL' as const },
      ];
      expect(await run(source, copyTo({ AccessControlGrants }, acls))).toEqual(SUCCESSFUL);
      expect((await aclOf()).sort()).toEqual(
        [`READ ${READERS}`, `READ ${Identifier}`, `FULL_CONTROL ${Identifier}`].sort(),
      );
    });
  });

  test('takes the default encryption of the target bucket: the way to DSSE-KMS', async () => {
    const bucket = await local.s3.bucket();
    await local.s3.client.send(
      new PutBucketEncryptionCommand({
        Bucket: bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms:dsse', KMSMasterKeyID: KEY_ARN } }],
        },
      }),
    );
    expect(await run(source, copyTo({}, bucket))).toEqual(SUCCESSFUL);
    expect((await read(bucket, source.key)).ServerSideEncryption).toBe('aws:kms:dsse');
  });

  test.each([
    'a b+c%20d.txt',
    'dir//double',
    '/leading',
    'a/../b',
    './a/.',
    '..',
    `quotes"'\`<>&,`,
    'é ü 🦬 \u{10ffff}',
    'line\nbreak\r\nand\ttab',
    "!*'()~;:@&=$,?#[]|\\^{}",
    'k'.repeat(1024),
  ])('to and from the key %j', async (Key) => {
    const bucket = await local.s3.bucket();
    const task = await local.put({ Bucket: from, Key, Body: 'exactly this' });
    expect(await run(task, copyTo({}, bucket))).toEqual(SUCCESSFUL);
    expect((await read(bucket, Key)).text).toBe('exactly this');
  });

  test('to and from whatever key', async () => {
    const bucket = await local.s3.bucket();
    const bits = fc.constantFrom(
      '/',
      '.',
      '..',
      ' ',
      '+',
      '%',
      '%2F',
      '?',
      '#',
      '&',
      '=',
      '"',
      ',',
      '\n',
      '🦬',
      'é',
      'a',
    );
    const keys = fc.array(fc.oneof(bits, fc.string({ unit: 'grapheme' })), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(keys, async (pieces) => {
        const Key = pieces.join('') || 'k';
        const task = await local.put({ Bucket: from, Key, Body: `at ${Key}` });
        expect(await run(task, copyTo({ TargetKeyPrefix: 'p' }, bucket))).toEqual(SUCCESSFUL);
        expect((await read(bucket, `p/${Key}`)).text).toBe(`at ${Key}`);
      }),
      { numRuns: 60 },
    );
  });

  describe('reports', () => {
    const both = async (task: Task, parameters: CopyParameters, line: object) => {
      expect(await twice(putObjectCopy, task, parameters, local.context)).toEqual([line, line]);
      const { status, httpStatus, errorCode } = line as Record<string, unknown>;
      expect(await examine(task, parameters)).toMatchObject({
        finding: 'failure',
        result: { status, httpStatus, errorCode },
      });
    };

    test('a key that is not there', () => both(taskOf(from, 'nothing'), copyTo(), NO_KEY));
    test('a version that is not there', () => both(taskOf(from, source.key, 'v'.repeat(32)), copyTo(), NO_VERSION));

    test('a bucket that is not there, and a version that cannot be one', async () => {
      expect(await run(taskOf('no-such-bucket', 'a'), copyTo())).toEqual(NO_BUCKET);
      expect(await run(source, copyTo({}, 'no-such-bucket'))).toEqual(NO_BUCKET);
      expect(await run(taskOf(from, source.key, 'v1'), copyTo())).toMatchObject({ ...BAD_VERSION });
    });

    test('a delete marker', async () => {
      const gone = await local.put({ Bucket: from });
      const { VersionId } = await local.s3.client.send(new DeleteObjectCommand({ Bucket: from, Key: gone.key }));
      await both(current(gone), copyTo(), NO_KEY);
      const says = 'The source of a copy request may not specifically refer to a delete marker by version id.';
      await both(taskOf(from, gone.key, VersionId), copyTo(), failedLine(400, 'InvalidRequest', says));
    });

    test('an archived source', async () => {
      const cold = await local.put({ Bucket: from, StorageClass: 'DEEP_ARCHIVE' });
      const says = "Operation is not valid for the source object's storage class";
      await both(cold, copyTo(), failedLine(403, 'InvalidObjectState', says));
    });

    test.each([{ UnModifiedSinceConstraint: '2001-01-01T00:00:00Z' }, { ModifiedSinceConstraint: UNTIL }])(
      'a source that does not meet %j',
      (constraint) => both(source, copyTo(constraint), PRECONDITION),
    );

    test('a KMS key that may not be used', async () => {
      const says = 'User: arn:aws:iam::000000000000:root is not authorized to perform: kms:GenerateDataKey';
      expect(await run(source, copyTo({ SSEAwsKmsKeyId: FOREIGN_KEY }))).toMatchObject({
        httpStatus: 403,
        errorCode: 'AccessDenied',
        message: expect.stringContaining(says),
      });
    });

    test('a bucket whose owner enforced that there are no ACLs', async () => {
      expect(await run(source, copyTo({ CannedAccessControlList: 'public-read' }))).toEqual(
        failedLine(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs'),
      );
    });

    test('an object lock in a bucket without', async () => {
      expect(await run(source, copyTo({ ObjectLockLegalHoldStatus: 'ON' }))).toMatchObject({
        httpStatus: 400,
        errorCode: 'InvalidRequest',
        message: expect.stringContaining('Bucket is missing Object Lock Configuration'),
      });
    });

    test('a copy onto itself that changes nothing', () =>
      both(
        current(source),
        copyTo({}, from),
        failedLine(
          400,
          'InvalidRequest',
          'This copy request is illegal because it is trying to copy an object to itself'.concat(
            " without changing the object's metadata, storage class, website redirect location or encryption attributes.",
          ),
        ),
      ));

    test('a key that is or would be too long, without a request', async () => {
      const line = { status: 'failed', httpStatus: 400, errorCode: 'KeyTooLongError' };
      const nobody = contextOf({});
      const long = taskOf(from, 'ü'.repeat(513));
      expect(await putObjectCopy.execute(long, copyTo(), nobody)).toMatchObject(line);
      const parameters = copyTo({ TargetKeyPrefix: 'p' });
      expect(await putObjectCopy.execute(taskOf(from, 'k'.repeat(1023)), parameters, nobody)).toMatchObject(line);
      expect(await putObjectCopy.examine(long, copyTo(), nobody)).toMatchObject({ finding: 'failure', result: line });
    });

    test('a key that the template does not suit', async () => {
      const parameters = copyTo({ TargetKey: `${'$'}{key:strip(other/)}` });
      expect(await putObjectCopy.execute(source, parameters, contextOf({}))).toEqual({
        status: 'failed',
        httpStatus: 400,
        errorCode: 'InvalidRequest',
        message: 'The key does not begin with "other/", which TargetKey strips.',
      });
    });

    test('an error in an answer that began with 200', async () => {
      const error = { ...(s3Error(400, 'InvalidTag') as { status: number; body: string }), status: 200 };
      const server = await ScriptedServer.start(error);
      const connections = new Connections();
      const s3 = createS3DataClient({
        credentials: async () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
        region: 'us-east-1',
        endpoint: server.origin,
        connections,
      });
      const result = await putObjectCopy.execute(source, copyTo(), contextOf({ s3 }));
      expect(result).toEqual(failedLine(200, 'InvalidTag', 'Said InvalidTag'));
      await connections.close();
      await server.close();
    });
  });

  describe('finds', () => {
    const itself = (more: Partial<CopyParameters>) => copyTo(more, from);

    test('what it would copy', async () => {
      expect(await examine(source, copyTo())).toEqual({
        finding: 'change',
        says: `Would copy 5 bytes to s3://${to}/${source.key} by CopyObject`,
      });
    });

    test.each<[string, Partial<CopyParameters>, 'change' | 'unchanged']>([
      ['its storage class', { StorageClass: 'STANDARD' }, 'unchanged'],
      ['another storage class', { StorageClass: 'STANDARD_IA' }, 'change'],
      ['its encryption', { NewObjectMetadata: { SSEAlgorithm: 'AES256' } }, 'unchanged'],
      ['another encryption', { NewObjectMetadata: { SSEAlgorithm: 'KMS' } }, 'change'],
      [
        'its tags',
        {
          StorageClass: 'STANDARD',
          NewObjectTagging: [
            { Key: 'b', Value: '2' },
            { Key: 'a', Value: '1' },
          ],
        },
        'unchanged',
      ],
      ['other tags', { StorageClass: 'STANDARD', NewObjectTagging: [] }, 'change'],
      [
        'its metadata',
        { NewObjectMetadata: { ContentType: 'text/plain', CacheControl: 'no-cache', UserMetadata: { Color: 'red' } } },
        'unchanged',
      ],
      ['less metadata', { NewObjectMetadata: { UserMetadata: { color: 'red' } } }, 'change'],
      ['no metadata', { MetadataDirective: 'REPLACE' }, 'change'],
      ['its checksum', { StorageClass: 'STANDARD', ChecksumAlgorithm: 'SHA256' }, 'unchanged'],
      ['another checksum', { StorageClass: 'STANDARD', ChecksumAlgorithm: 'CRC32' }, 'change'],
      ['no legal hold', { StorageClass: 'STANDARD', ObjectLockLegalHoldStatus: 'OFF' }, 'unchanged'],
      ['a redirect', { RedirectLocation: '/x' }, 'change'],
      ['an ACL, which it does not look at', { StorageClass: 'STANDARD', CannedAccessControlList: 'private' }, 'change'],
    ])('of a copy onto itself with %s: %s', async (_, parameters, finding) => {
      expect(await examine(current(source), itself(parameters))).toMatchObject({ finding });
      expect(await examine(source, itself(parameters))).toMatchObject({ finding });
    });

    test('what it has made of an object to be so', async () => {
      const task = current(await local.put({ Bucket: from }));
      const asked = itself({ StorageClass: 'STANDARD_IA', SSEAwsKmsKeyId: KEY_ARN, BucketKeyEnabled: true });
      expect(await run(task, asked)).toEqual(SUCCESSFUL);
      expect(await examine(task, asked)).toEqual({ finding: 'unchanged' });
      const byId = itself({ StorageClass: 'STANDARD_IA', SSEAwsKmsKeyId: KEY_ARN.slice(-36) });
      expect(await examine(task, byId)).toEqual({ finding: 'unchanged' });
      const byAlias = itself({ StorageClass: 'STANDARD_IA', SSEAwsKmsKeyId: 'alias/mine' });
      expect(await examine(task, byAlias)).toMatchObject({ finding: 'change' });
    });

    test('an old version not to be as the current one', async () => {
      const old = await local.put({ Bucket: from, Key: 'restored' });
      await local.put({ Bucket: from, Key: 'restored', Body: 'newer' });
      expect(await examine(old, itself({ StorageClass: 'STANDARD' }))).toMatchObject({ finding: 'change' });
    });

    test('the same object elsewhere to be no reason to leave it out', async () => {
      expect(await run(source, copyTo({ TargetKeyPrefix: 'again' }))).toEqual(SUCCESSFUL);
      expect(await examine(source, copyTo({ TargetKeyPrefix: 'again' }))).toMatchObject({ finding: 'change' });
      expect(UNCHANGED.message).toBe('Unchanged');
    });
  });
});

describe('CreateJob', () => {
  const grant = (more: object) => ({ Grantee: { TypeIdentifier: 'id', Identifier: 'f' }, Permission: 'READ', ...more });

  test.each<[object, object | undefined]>([
    [{}, undefined],
    [{ TargetKeyPrefix: 'a' }, undefined],
    [{}, { TargetKey: `x/${'$'}{key}` }],
    [
      {
        NewObjectMetadata: { SSEAlgorithm: 'AES256', RequesterCharged: false, UserMetadata: {} },
        MetadataDirective: 'COPY',
      },
      undefined,
    ],
    [{ AccessControlGrants: [grant({})] }, undefined],
    [{ BucketKeyEnabled: true }, undefined],
  ])('takes %j with %j', (own, drover) => {
    const Operation = {
      S3PutObjectCopy: { TargetResource: arn('photos'), ...own },
      ...(drover && { Drover: { S3PutObjectCopy: drover } }),
    };
    expect(whyRefused(Operation)).toBe('');
  });

  test.each<[object, string]>([
    [{ TargetResource: undefined }, 'TargetResource is missing'],
    [
      { TargetResource: 'arn:aws:s3express:us-west-2:111122223333:bucket/a--usw2-az1--x-s3' },
      'TargetResource is a directory bucket',
    ],
    [{ TargetResource: arn('a--usw2-az1--x-s3') }, 'TargetResource is a directory bucket'],
    [{ TargetResource: 'arn:aws:s3:us-west-2:111122223333:accesspoint/a' }, 'TargetResource is an access point'],
    [{ TargetResource: 'arn:aws:s3:::photos/key' }, 'TargetResource must be the ARN of a bucket and no more'],
    [
      { MetadataDirective: 'COPY', NewObjectMetadata: { ContentType: 'a/b' } },
      'MetadataDirective is COPY, which keeps the metadata, but NewObjectMetadata gives others',
    ],
    [{ NewObjectMetadata: { ContentLength: 5 } }, 'NewObjectMetadata.ContentLength cannot be set'],
    [{ NewObjectMetadata: { ContentMD5: 'x' } }, 'NewObjectMetadata.ContentMD5 cannot be set'],
    [{ NewObjectMetadata: { RequesterCharged: true } }, 'set RequesterPays instead'],
    [{ NewObjectMetadata: { ContentType: 'ü' } }, 'NewObjectMetadata.ContentType must be printable ASCII'],
    [{ NewObjectMetadata: { UserMetadata: { 'a b': '' } } }, 'has the key "a b"'],
    [{ NewObjectMetadata: { UserMetadata: { A: '1', a: '2' } } }, 'must not have the key a twice'],
    [
      { NewObjectMetadata: { UserMetadata: { a: 'x'.repeat(1024), b: 'y'.repeat(1023) } } },
      'must take at most 2048 bytes, names and values, but takes 2049',
    ],
    [{ NewObjectMetadata: { SSEAlgorithm: 'AES256' }, SSEAwsKmsKeyId: 'k' }, 'SSEAwsKmsKeyId needs'],
    [{ NewObjectMetadata: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: true }, 'BucketKeyEnabled needs SSE-KMS'],
    [{ CannedAccessControlList: 'private', AccessControlGrants: [] }, 'must not be given together with Canned'],
    [{ AccessControlGrants: Array.from({ length: 101 }, () => grant({})) }, 'at most 100 grants, but has 101'],
    [{ AccessControlGrants: [grant({ Permission: 'WRITE' })] }, 'AccessControlGrants[0].Permission is WRITE'],
    [{ AccessControlGrants: [grant({ Permission: undefined })] }, 'AccessControlGrants[0].Permission is missing'],
    [
      { AccessControlGrants: [grant({ Grantee: { TypeIdentifier: 'emailAddress', Identifier: 'a@b.c' } })] },
      'AccessControlGrants[0].Grantee.TypeIdentifier is emailAddress',
    ],
    [{ AccessControlGrants: [grant({ Grantee: undefined })] }, 'Grantee.TypeIdentifier is missing'],
    [{ AccessControlGrants: [grant({ Grantee: { TypeIdentifier: 'id', Identifier: 'a"b' } })] }, 'Identifier must be'],
    [{ ObjectLockMode: 'GOVERNANCE' }, 'ObjectLockRetainUntilDate is missing'],
    [{ ObjectLockRetainUntilDate: UNTIL }, 'ObjectLockMode is missing'],
    [{ RedirectLocation: 'elsewhere' }, 'RedirectLocation must begin with /'],
  ])('refuses %j', (own, why) => {
    expect(whyRefused({ S3PutObjectCopy: { TargetResource: arn('photos'), ...own } })).toContain(why);
  });

  test.each([
    [{ TargetKeyPrefix: 'a' }, 'a', 'must not be given together with TargetKeyPrefix'],
    [{}, `${'$'}{nothing}`, 'at character 1: there are'],
    [{}, `${'$'}{versionId}`, 'TargetKey wants the version of each object, but Manifest.Spec.Fields has no VersionId'],
  ])('refuses, with %j, the template %s', (own, TargetKey, why) => {
    const S3PutObjectCopy = { TargetResource: arn('photos'), ...own };
    expect(whyRefused({ S3PutObjectCopy, Drover: { S3PutObjectCopy: { TargetKey } } })).toContain(why);
  });
});
