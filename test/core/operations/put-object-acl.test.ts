import { createHash } from 'node:crypto';
import { GetObjectAclCommand, PutBucketOwnershipControlsCommand, PutObjectAclCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Task } from '../../../core/operations/operation.ts';
import { putObjectAcl } from '../../../core/operations/put-object-acl.ts';
import { current, expectMissing, failedLine, type LocalS3, SUCCESSFUL, startLocalS3, twice } from './local-s3.ts';
import { answer, contextOf, refusal, ScriptedS3, TASK } from './task-context.ts';
import { whyRefused } from './why-refused.ts';

const OWNER = createHash('sha256').update('000000000000').digest('hex');
const OTHER = 'ab'.repeat(32);
const GROUPS = 'http://acs.amazonaws.com/groups/global';
const OWNED = `${OWNER} FULL_CONTROL`;
const EVERYBODY_READS = `${GROUPS}/AllUsers READ`;

type Canned = 'private' | 'public-read' | 'bucket-owner-full-control' | 'aws-exec-read';
const canned = (CannedAccessControlList: Canned) => ({ AccessControlPolicy: { CannedAccessControlList } });
type Permission = 'READ' | 'FULL_CONTROL';
const byId = (Identifier: string, Permission: Permission = 'READ') => ({
  Grantee: { TypeIdentifier: 'id' as const, Identifier },
  Permission,
});
const byUri = (Identifier: string, Permission: Permission = 'READ') => ({
  Grantee: { TypeIdentifier: 'uri' as const, Identifier },
  Permission,
});
const granted = (Grants: (ReturnType<typeof byId> | ReturnType<typeof byUri>)[], ID = OWNER) => ({
  AccessControlPolicy: { AccessControlList: { Owner: { ID, DisplayName: 'a & b' }, Grants } },
});

let local: LocalS3;
/** A bucket whose ACLs count. */
let bucket: string;
/** One whose owner is enforced. */
let enforced: string;
beforeAll(async () => {
  local = await startLocalS3();
  bucket = await local.s3.bucket({ versioned: true });
  enforced = await local.s3.bucket({ versioned: true });
  await local.s3.client.send(
    new PutBucketOwnershipControlsCommand({
      Bucket: bucket,
      OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
    }),
  );
});
afterAll(() => local.stop());

/** `grantee PERMISSION` of each grant. */
const aclOf = async ({ bucket: Bucket, key: Key, versionId: VersionId }: Task) => {
  const { Grants = [] } = await local.s3.client.send(new GetObjectAclCommand({ Bucket, Key, VersionId }));
  return Grants.map(({ Grantee, Permission }) => `${Grantee?.ID ?? Grantee?.URI} ${Permission}`).sort();
};
const put = () => local.put({ Bucket: bucket });

const NO_ACLS = failedLine(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');

describe('S3PutObjectAcl', () => {
  test.each<[string, Parameters<typeof putObjectAcl.execute>[1], string[], string]>([
    [
      'a canned ACL',
      canned('public-read'),
      [OWNED, EVERYBODY_READS],
      'Would replace 1 grant by the canned ACL public-read',
    ],
    [
      'grants',
      granted([byId(OWNER, 'FULL_CONTROL'), byId(OTHER), byUri(`${GROUPS}/AllUsers`)]),
      [OWNED, `${OTHER} READ`, EVERYBODY_READS],
      'Would replace 1 grant by 3',
    ],
    ['no grants', granted([]), [], 'Would replace 1 grant by 0'],
    [
      'ids in capitals',
      granted([byId(OTHER.toUpperCase())], OWNER.toUpperCase()),
      [`${OTHER} READ`],
      'Would replace 1 grant by 1',
    ],
  ])('sets %s', async (_, parameters, acl, says) => {
    const task = await put();
    expect(await putObjectAcl.examine(task, parameters, local.context)).toEqual({ finding: 'change', says });
    expect(await twice(putObjectAcl, task, parameters, local.context)).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(await aclOf(task)).toEqual(acl.sort());
    expect(await putObjectAcl.examine(task, parameters, local.context)).toEqual({ finding: 'unchanged' });
  });

  test('sets that of the version that the manifest names, or of the current one, and of no other', async () => {
    const old = await put();
    const newer = await local.put({ Bucket: bucket, Key: old.key });
    await putObjectAcl.execute(old, canned('public-read'), local.context);
    expect([await aclOf(old), await aclOf(newer)]).toEqual([[OWNED, EVERYBODY_READS].sort(), [OWNED]]);
    await putObjectAcl.execute(current(old), granted([]), local.context);
    expect([await aclOf(old), await aclOf(newer)]).toEqual([[OWNED, EVERYBODY_READS].sort(), []]);
  });

  test.each(['private', 'public-read', 'public-read-write', 'authenticated-read'] as const)(
    'knows what the canned ACL %s grants',
    async (name) => {
      const task = await put();
      await local.s3.client.send(new PutObjectAclCommand({ Bucket: bucket, Key: task.key, ACL: name }));
      const parameters = { AccessControlPolicy: { CannedAccessControlList: name } };
      expect(await putObjectAcl.examine(task, parameters, local.context)).toEqual({ finding: 'unchanged' });
      expect(await putObjectAcl.examine(task, granted([byId(OTHER)]), local.context)).toMatchObject({
        finding: 'change',
      });
    },
  );

  test.each(['bucket-owner-full-control', 'aws-exec-read'] as const)(
    'sets the canned ACL %s without comparing',
    async (name) => {
      const task = await put();
      expect(await twice(putObjectAcl, task, canned(name), local.context)).toEqual([SUCCESSFUL, SUCCESSFUL]);
      expect(await putObjectAcl.examine(task, canned(name), local.context)).toMatchObject({ finding: 'change' });
    },
  );

  test.each<[string, Parameters<typeof putObjectAcl.execute>[1], boolean]>([
    ['a canned ACL', canned('public-read'), false],
    ['the canned ACL private', canned('private'), false],
    ['grants', granted([byId(OTHER)]), false],
    ["the bucket owner's full control", canned('bucket-owner-full-control'), true],
    ["the bucket owner's full control by a grant", granted([byId(OWNER, 'FULL_CONTROL')]), true],
  ])('in a bucket whose owner is enforced, sets %s as S3 does, and says so before', async (_, parameters, may) => {
    const task = await local.put({ Bucket: enforced });
    const line = may ? SUCCESSFUL : NO_ACLS;
    expect(await twice(putObjectAcl, task, parameters, local.context)).toEqual([line, line]);
    const found = await putObjectAcl.examine(task, parameters, local.context);
    if (may) expect(found).toEqual({ finding: 'unchanged' });
    else {
      const message = 'The bucket does not allow ACLs';
      const result = { status: 'failed', httpStatus: 400, errorCode: 'AccessControlListNotSupported', message };
      expect(found).toEqual({ finding: 'failure', result });
    }
  });

  test('fails for another owner, and says so before', async () => {
    const task = await put();
    const line = failedLine(403, 'AccessDenied', 'Access Denied');
    expect(await putObjectAcl.execute(task, granted([byId(OTHER)], OTHER), local.context)).toEqual(line);
    expect(await putObjectAcl.examine(task, granted([byId(OTHER)], OTHER), local.context)).toMatchObject({
      finding: 'failure',
      result: { httpStatus: 403, errorCode: 'AccessDenied', message: expect.stringContaining(`is ${OWNER}`) },
    });
  });

  test.each<[string, Parameters<typeof putObjectAcl.execute>[1], string]>([
    ['an id', granted([byId('somebody')]), 'Invalid id'],
    ['a group', granted([byUri('http://example.com/group')]), 'Invalid group uri'],
  ])('fails for %s that is none', async (_, parameters, message) => {
    const line = failedLine(400, 'InvalidArgument', message);
    expect(await putObjectAcl.execute(await put(), parameters, local.context)).toEqual(line);
  });

  test('reports what is not there', async () => {
    await expectMissing(putObjectAcl, canned('public-read'), local, { bucket });
  });

  test('asks for a bucket’s ownership once, and goes without where it may not know', async () => {
    const acl = answer(
      `<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList><Grant><Grantee xsi:type="CanonicalUser" ` +
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><ID>o</ID></Grantee><Permission>FULL_CONTROL</Permission>' +
        '</Grant></AccessControlList></AccessControlPolicy>',
    );
    const s3 = new ScriptedS3(acl, refusal(403, 'AccessDenied', 'Access Denied'), acl);
    for (let times = 0; times < 2; times++) {
      expect(await putObjectAcl.examine(TASK, canned('private'), contextOf({ s3 }))).toEqual({ finding: 'unchanged' });
    }
    expect(s3.requests.map(({ query }) => Object.keys(query ?? {})[0])).toEqual(['acl', 'ownershipControls', 'acl']);
  });

  test('sends one document, made once for all tasks, and says nothing twice', async () => {
    const s3 = new ScriptedS3(answer());
    const parameters = granted([byId('x&y', 'FULL_CONTROL'), byUri(`${GROUPS}/AllUsers`)], 'o<1>');
    await twice(putObjectAcl, TASK, parameters, contextOf({ s3 }));
    expect(s3.requests[0]?.body).toBe(s3.requests[1]?.body);
    const grantee = 'Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type';
    expect(s3.requests[0]?.body?.bytes.toString()).toBe(
      '<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
        '<Owner><ID>o&lt;1&gt;</ID><DisplayName>a &amp; b</DisplayName></Owner><AccessControlList>' +
        `<Grant><${grantee}="CanonicalUser"><ID>x&amp;y</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>` +
        `<Grant><${grantee}="Group"><URI>${GROUPS}/AllUsers</URI></Grantee><Permission>READ</Permission></Grant>` +
        '</AccessControlList></AccessControlPolicy>',
    );
  });

  const PATH = 'Operation.S3PutObjectAcl.AccessControlPolicy';
  const LIST = `${PATH}.AccessControlList`;
  const EITHER = `${PATH} must have either AccessControlList or CannedAccessControlList, but has`;
  test.each<[string, object | undefined, string]>([
    ['a canned ACL', { CannedAccessControlList: 'private' }, ''],
    ['an owner and no grants', { AccessControlList: { Owner: { ID: 'o' } } }, ''],
    ['nothing', undefined, `${EITHER} neither.`],
    ['an empty policy', {}, `${EITHER} neither.`],
    ['both', { CannedAccessControlList: 'private', AccessControlList: { Owner: { ID: 'o' } } }, `${EITHER} both.`],
    [
      'no owner',
      { AccessControlList: { Owner: {} } },
      `${LIST}.Owner.ID is missing: it must be the canonical user id of the objects' owner.`,
    ],
    [
      'an e-mail address',
      {
        AccessControlList: {
          Owner: { ID: 'o' },
          Grants: [
            byId(OTHER),
            { Grantee: { TypeIdentifier: 'emailAddress', Identifier: 'a@example.com' }, Permission: 'READ' },
          ],
        },
      },
      `${LIST}.Grants[1].Grantee.TypeIdentifier is emailAddress: S3 has not taken such grants since October 2025. ` +
        'Give the canonical user id by id.',
    ],
    [
      'grants with nothing in them',
      { AccessControlList: { Owner: { ID: 'o' }, Grants: [{}, { Grantee: {} }] } },
      `${LIST}.Grants[0].Grantee is missing; ${LIST}.Grants[0].Permission is missing; ` +
        `${LIST}.Grants[1].Grantee.TypeIdentifier is missing: it must be id or uri; ` +
        `${LIST}.Grants[1].Grantee.Identifier is missing: it must be a canonical user id, or the URI of a group; ` +
        `${LIST}.Grants[1].Permission is missing.`,
    ],
    [
      'too many grants',
      { AccessControlList: { Owner: { ID: 'o' }, Grants: Array.from({ length: 101 }, () => byId(OTHER)) } },
      `${LIST}.Grants must have at most 100 grants, but has 101.`,
    ],
  ])('asked for by %s: %j %s', (_, AccessControlPolicy, why) => {
    const parameters = AccessControlPolicy === undefined ? {} : { AccessControlPolicy };
    expect(whyRefused({ S3PutObjectAcl: parameters })).toBe(why);
  });
});
