import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteObjectCommand,
  GetBucketOwnershipControlsCommand,
  GetObjectAclCommand,
  HeadObjectCommand,
  PutBucketOwnershipControlsCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, failure, startS3, type TestS3 } from './s3-harness.ts';

const OWNER = createHash('sha256').update('000000000000').digest('hex');
const OTHER = 'ab'.repeat(32);
const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';
const AUTHENTICATED = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
const EC2 = '6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c';
const OWNED = `${OWNER} FULL_CONTROL`;

let s3: TestS3;
/** A bucket whose ACLs count. */
let Bucket: string;
beforeAll(async () => {
  s3 = await startS3();
  Bucket = 'acls';
  await s3.client.send(new CreateBucketCommand({ Bucket, ObjectOwnership: 'ObjectWriter' }));
});
afterAll(() => s3.stop());

type AclWishes = Partial<ConstructorParameters<typeof PutObjectAclCommand>[0]>;
const put = (Key: string, wishes: AclWishes = {}) =>
  s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'hello', ...wishes }));
const putAcl = (Key: string, wishes: AclWishes) => s3.client.send(new PutObjectAclCommand({ Bucket, Key, ...wishes }));
/** `grantee PERMISSION` of each grant. */
const aclOf = async (Key: string, wishes: { Bucket?: string; VersionId?: string } = {}) => {
  const { Grants, Owner } = await s3.client.send(new GetObjectAclCommand({ Bucket, Key, ...wishes }));
  expect(Owner?.ID).toBe(OWNER);
  return Grants?.map(({ Grantee, Permission }) => `${Grantee?.ID ?? Grantee?.URI} ${Permission}`);
};
const policy = (grants: string, owner = `<Owner><ID>${OWNER}</ID></Owner>`) =>
  `<AccessControlPolicy>${owner}<AccessControlList>${grants}</AccessControlList></AccessControlPolicy>`;
const grant = (type: string, content: string, permission = 'READ') =>
  `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}">${content}</Grantee><Permission>${permission}</Permission></Grant>`;
const sendAcl = (key: string, body: string, headers: Record<string, string> = {}) =>
  s3.send({ method: 'PUT', path: `/${Bucket}/${key}?acl`, body, headers });

describe('ownership controls', () => {
  const ownershipOf = async (name: string) =>
    (await s3.client.send(new GetBucketOwnershipControlsCommand({ Bucket: name }))).OwnershipControls?.Rules;

  test('of a new bucket are BucketOwnerEnforced, or what CreateBucket asks for', async () => {
    expect(await ownershipOf(await s3.bucket())).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
    expect(await ownershipOf(Bucket)).toEqual([{ ObjectOwnership: 'ObjectWriter' }]);
  });

  test('are put and deleted; a bucket without any has ACLs that count', async () => {
    const name = await s3.bucket();
    const asked = {
      Bucket: name,
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' as const }] },
    };
    await s3.client.send(new PutBucketOwnershipControlsCommand(asked));
    expect(await ownershipOf(name)).toEqual([{ ObjectOwnership: 'BucketOwnerPreferred' }]);
    await s3.client.send(new DeleteBucketOwnershipControlsCommand({ Bucket: name }));
    expect(await failure(ownershipOf(name))).toBe('OwnershipControlsNotFoundError 404');
    await s3.client.send(new PutObjectCommand({ Bucket: name, Key: 'k', Body: 'x', ACL: 'public-read' }));
    expect(await aclOf('k', { Bucket: name })).toEqual([OWNED, `${ALL_USERS} READ`]);
  });

  test.each([
    ['an unknown setting', '<Rule><ObjectOwnership>Nobody</ObjectOwnership></Rule>'],
    ['no rule', ''],
    [
      'two rules',
      '<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>',
    ],
  ])('with %s are malformed', async (_, rules) => {
    const body = `<OwnershipControls>${rules}</OwnershipControls>`;
    const reply = await s3.send({ method: 'PUT', path: `/${Bucket}?ownershipControls`, body });
    expect(codeOf(reply)).toBe('MalformedXML 400');
  });

  test('that are unknown make no bucket', async () => {
    const headers = { 'x-amz-object-ownership': 'Nobody' };
    const reply = await s3.send({ method: 'PUT', path: '/nobodys', headers });
    expect(codeOf(reply)).toBe('InvalidArgument 400');
    expect(await failure(ownershipOf('nobodys'))).toBe('NoSuchBucket 404');
  });
});

describe('the ACL of an object', () => {
  test.each<[string, string[]]>([
    ['private', [OWNED]],
    ['public-read', [OWNED, `${ALL_USERS} READ`]],
    ['public-read-write', [OWNED, `${ALL_USERS} READ`, `${ALL_USERS} WRITE`]],
    ['authenticated-read', [OWNED, `${AUTHENTICATED} READ`]],
    ['aws-exec-read', [OWNED, `${EC2} READ`]],
    ['bucket-owner-read', [OWNED]],
    ['bucket-owner-full-control', [OWNED]],
  ])('is the canned %s, given with the object or later', async (name, expected) => {
    const ACL = name as 'private';
    await put('canned', { ACL });
    expect(await aclOf('canned')).toEqual(expected);
    await put('later');
    expect(await aclOf('later')).toEqual([OWNED]);
    await putAcl('later', { ACL });
    expect(await aclOf('later')).toEqual(expected);
  });

  test('is the grants of the headers and no others', async () => {
    const grants = { GrantRead: `id="${OTHER}", uri="${ALL_USERS}"`, GrantWriteACP: `id=${OTHER}` };
    await put('granted', grants);
    const expected = [`${OTHER} READ`, `${ALL_USERS} READ`, `${OTHER} WRITE_ACP`];
    expect(await aclOf('granted')).toEqual(expected);
    await putAcl('granted', { GrantFullControl: `id="${OWNER}"`, GrantReadACP: `id="${OTHER}"` });
    expect(await aclOf('granted')).toEqual([OWNED, `${OTHER} READ_ACP`]);
  });

  test('is the policy of the document, which may grant nothing', async () => {
    await put('documented');
    const Owner = { ID: OWNER };
    const Grants = [
      { Grantee: { Type: 'CanonicalUser' as const, ID: OTHER }, Permission: 'READ_ACP' as const },
      { Grantee: { Type: 'Group' as const, URI: AUTHENTICATED }, Permission: 'READ' as const },
    ];
    await putAcl('documented', { AccessControlPolicy: { Owner, Grants } });
    expect(await aclOf('documented')).toEqual([`${OTHER} READ_ACP`, `${AUTHENTICATED} READ`]);
    expect((await sendAcl('documented', policy(''))).status).toBe(200);
    expect(await aclOf('documented')).toEqual([]);
  });

  test('changes neither ETag nor modification time', async () => {
    await put('same');
    const before = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'same' }));
    await putAcl('same', { ACL: 'public-read' });
    const after = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'same' }));
    expect([after.ETag, after.LastModified]).toEqual([before.ETag, before.LastModified]);
  });

  test('is each version’s own', async () => {
    const name = await s3.bucket({ versioned: true });
    await s3.client.send(new DeleteBucketOwnershipControlsCommand({ Bucket: name }));
    const send = () => s3.client.send(new PutObjectCommand({ Bucket: name, Key: 'k', Body: 'x' }));
    const { VersionId } = await send();
    await send();
    await putAcl('k', { Bucket: name, ACL: 'public-read', ...(VersionId && { VersionId }) });
    expect(await aclOf('k', { Bucket: name })).toEqual([OWNED]);
    expect(await aclOf('k', { Bucket: name, ...(VersionId && { VersionId }) })).toEqual([OWNED, `${ALL_USERS} READ`]);
    const marker = await s3.client.send(new DeleteObjectCommand({ Bucket: name, Key: 'k' }));
    const atMarker = { Bucket: name, ...(marker.VersionId && { VersionId: marker.VersionId }) };
    expect(await failure(putAcl('k', { ...atMarker, ACL: 'private' }))).toBe('MethodNotAllowed 405');
    expect(await failure(putAcl('k', { Bucket: name, ACL: 'private' }))).toBe('MethodNotAllowed 405');
    expect(await failure(aclOf('k', atMarker))).toBe('MethodNotAllowed 405');
    expect(await failure(aclOf('k', { Bucket: name }))).toBe('NoSuchKey 404');
  });

  test('is not copied: a copy is private, or as asked', async () => {
    await put('source', { ACL: 'public-read' });
    const copy = (wishes: object) =>
      s3.client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/source`, ...wishes }));
    await copy({});
    expect(await aclOf('copy')).toEqual([OWNED]);
    await copy({ ACL: 'authenticated-read' });
    expect(await aclOf('copy')).toEqual([OWNED, `${AUTHENTICATED} READ`]);
    await copy({ GrantRead: `id=${OTHER}` });
    expect(await aclOf('copy')).toEqual([`${OTHER} READ`]);
  });

  test('of a multipart object is what the upload was begun with', async () => {
    const Key = 'parts';
    const asked = new CreateMultipartUploadCommand({ Bucket, Key, ACL: 'public-read' });
    const { UploadId } = await s3.client.send(asked);
    const part = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'hello' });
    const { ETag } = await s3.client.send(part);
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await s3.client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
    expect(await aclOf(Key)).toEqual([OWNED, `${ALL_USERS} READ`]);
  });
});

describe('an ACL is refused', () => {
  beforeAll(() => put('k'));

  test.each<[string, Record<string, string>, string]>([
    ['by an unknown canned name', { 'x-amz-acl': 'friends' }, 'InvalidArgument 400'],
    ['by a canned name of buckets', { 'x-amz-acl': 'log-delivery-write' }, 'InvalidArgument 400'],
    ['canned and granted', { 'x-amz-acl': 'private', 'x-amz-grant-read': `id=${OTHER}` }, 'InvalidRequest 400'],
    ['to an unknown id', { 'x-amz-grant-read': 'id="123"' }, 'InvalidArgument 400'],
    ['to an unknown group', { 'x-amz-grant-read': 'uri="http://example.com/"' }, 'InvalidArgument 400'],
    ['to an e-mail address', { 'x-amz-grant-read': 'emailAddress="a@example.com"' }, 'MethodNotAllowed 405'],
    ['to a kind that is not known', { 'x-amz-grant-read': 'name="a"' }, 'InvalidArgument 400'],
    ['to nothing', { 'x-amz-grant-read': '' }, 'InvalidArgument 400'],
    [
      'to a hundred and one',
      { 'x-amz-grant-read': Array.from({ length: 101 }, () => `id=${OTHER}`).join(',') },
      'MalformedACLError 400',
    ],
  ])('in headers %s', async (_, headers, expected) => {
    expect(codeOf(await sendAcl('k', '', headers))).toBe(expected);
    expect(codeOf(await s3.send({ method: 'PUT', path: `/${Bucket}/new`, headers }))).toBe(expected);
  });

  test.each<[string, string, string]>([
    ['that is not XML', 'no', 'MalformedACLError 400'],
    ['of another name', '<Acl/>', 'MalformedACLError 400'],
    ['without owner', policy('', ''), 'MalformedACLError 400'],
    [
      'without list',
      `<AccessControlPolicy><Owner><ID>${OWNER}</ID></Owner></AccessControlPolicy>`,
      'MalformedACLError 400',
    ],
    ['of an owner that is no id', policy('', '<Owner><ID>me</ID></Owner>'), 'InvalidArgument 400'],
    ['of another owner', policy('', `<Owner><ID>${OTHER}</ID></Owner>`), 'AccessDenied 403'],
    ['of an unknown kind', policy(grant('Friend', `<ID>${OTHER}</ID>`)), 'MalformedACLError 400'],
    ['of an unknown permission', policy(grant('CanonicalUser', `<ID>${OTHER}</ID>`, 'ALL')), 'MalformedACLError 400'],
    ['to an unknown id', policy(grant('CanonicalUser', '<ID>123</ID>')), 'InvalidArgument 400'],
    ['to no id', policy(grant('CanonicalUser', '')), 'MalformedACLError 400'],
    ['to an unknown group', policy(grant('Group', '<URI>http://example.com/</URI>')), 'InvalidArgument 400'],
    [
      'to an e-mail address',
      policy(grant('AmazonCustomerByEmail', '<EmailAddress>a@example.com</EmailAddress>')),
      'MethodNotAllowed 405',
    ],
    ['to a hundred and one', policy(grant('CanonicalUser', `<ID>${OTHER}</ID>`).repeat(101)), 'MalformedACLError 400'],
    ['that is not there', '', 'MissingSecurityHeader 400'],
  ])('in a document %s', async (_, body, expected) => {
    expect(codeOf(await sendAcl('k', body))).toBe(expected);
  });

  test('in headers and a document at once', async () => {
    expect(codeOf(await sendAcl('k', policy(''), { 'x-amz-acl': 'private' }))).toBe('UnexpectedContent 400');
  });

  test('names what is wrong, as S3 does', async () => {
    const { body } = await sendAcl('k', policy(grant('CanonicalUser', '<ID>123</ID>')));
    expect(body).toContain('<Message>Invalid id</Message><ArgumentName>CanonicalUser/ID</ArgumentName>');
    expect(body).toContain('<ArgumentValue>123</ArgumentValue>');
  });

  test('for a key, version or bucket that is missing', async () => {
    expect(await failure(putAcl('missing', { ACL: 'private' }))).toBe('NoSuchKey 404');
    expect(await failure(putAcl('k', { ACL: 'private', VersionId: 'x'.repeat(32) }))).toBe('NoSuchVersion 404');
    expect(await failure(putAcl('k', { ACL: 'private', Bucket: 'no-such-bucket' }))).toBe('NoSuchBucket 404');
    expect(await failure(aclOf('missing'))).toBe('NoSuchKey 404');
  });
});

describe('a bucket whose owner is enforced', () => {
  let enforced: string;
  beforeAll(async () => {
    enforced = await s3.bucket();
    await s3.client.send(new PutObjectCommand({ Bucket: enforced, Key: 'k', Body: 'x' }));
  });

  test.each<[string, Record<string, string>, string]>([
    ['private', { 'x-amz-acl': 'private' }, 'AccessControlListNotSupported 400'],
    ['public-read', { 'x-amz-acl': 'public-read' }, 'AccessControlListNotSupported 400'],
    ['grants to others', { 'x-amz-grant-read': `id=${OTHER}` }, 'AccessControlListNotSupported 400'],
    ['bucket-owner-full-control', { 'x-amz-acl': 'bucket-owner-full-control' }, 'undefined 200'],
    ['full control for the owner', { 'x-amz-grant-full-control': `id=${OWNER}` }, 'undefined 200'],
  ])('answers %s', async (_, headers, expected) => {
    expect(codeOf(await s3.send({ method: 'PUT', path: `/${enforced}/k`, headers }))).toBe(expected);
    expect(codeOf(await s3.send({ method: 'PUT', path: `/${enforced}/k?acl`, headers }))).toBe(expected);
  });

  test('takes the document that says the same, and no other', async () => {
    const asDocument = (body: string) => s3.send({ method: 'PUT', path: `/${enforced}/k?acl`, body });
    const own = policy(grant('CanonicalUser', `<ID>${OWNER}</ID>`, 'FULL_CONTROL'));
    expect((await asDocument(own)).status).toBe(200);
    const other = policy(grant('CanonicalUser', `<ID>${OTHER}</ID>`));
    expect(codeOf(await asDocument(other))).toBe('AccessControlListNotSupported 400');
  });

  test('shows the owner’s full control, and the ACL of before once it counts again', async () => {
    const set = async (ObjectOwnership: 'BucketOwnerEnforced' | 'ObjectWriter') => {
      const asked = { Bucket: enforced, OwnershipControls: { Rules: [{ ObjectOwnership }] } };
      await s3.client.send(new PutBucketOwnershipControlsCommand(asked));
    };
    await set('ObjectWriter');
    await putAcl('k', { Bucket: enforced, ACL: 'public-read' });
    await set('BucketOwnerEnforced');
    expect(await aclOf('k', { Bucket: enforced })).toEqual([OWNED]);
    await set('ObjectWriter');
    expect(await aclOf('k', { Bucket: enforced })).toEqual([OWNED, `${ALL_USERS} READ`]);
  });
});
