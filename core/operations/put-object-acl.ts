import type { z } from 'zod';
import {
  aclIn,
  getObjectAclRequest,
  putCannedAclRequest,
  putObjectAclRequest,
  type S3Acl,
  sameGrants,
} from '../s3/requests/object-acl.ts';
import type { S3Object, S3Request } from '../s3/s3-request.ts';
import { aclProblems, cannedGrants } from './acl-policy.ts';
import { aclsAreOff } from './bucket-ownership.ts';
import { counted } from './counted.ts';
import type { Examination } from './examination.ts';
import { SMALL_REQUESTS_IN_FLIGHT } from './in-flight.ts';
import type { Operation } from './operation.ts';
import { s3Failed, s3Result } from './s3-result.ts';
import { PARAMETERS } from './schema.ts';
import { failed } from './task-result.ts';

const parameters = PARAMETERS.S3PutObjectAcl;
type Parameters = z.infer<typeof parameters>;
type AclMembers = NonNullable<NonNullable<Parameters['AccessControlPolicy']>['AccessControlList']>;

export const putObjectAcl: Operation<Parameters> = {
  name: 'S3PutObjectAcl',
  summary: 'Replaces the ACL of each object.',
  schema: parameters,
  roleActions: ['s3:PutObjectAcl', 's3:PutObjectVersionAcl'],
  examineActions: ['s3:GetObjectAcl', 's3:GetObjectVersionAcl', 's3:GetBucketOwnershipControls'],
  concurrency: SMALL_REQUESTS_IN_FLIGHT,
  invokesFunctions: false,
  repetition: 'Sets the same ACL again: nothing changes, unless somebody else set another in between.',
  differences: [
    'Grants by e-mail address, which S3 has not taken since October 2025, are refused by CreateJob; so is an ' +
      'AccessControlPolicy with both a canned ACL and grants, or with neither.',
    'SkipUnchanged sets the canned ACLs aws-exec-read, bucket-owner-read and bucket-owner-full-control without ' +
      'comparing: what they grant cannot be told from the object alone.',
  ],
  knowsUnchanged: true,
  tasksPerShard: () => 5_000,
  requestsPerTask: () => ({ writes: 1 }),
  checkRequest: (_, { AccessControlPolicy }) => aclProblems(AccessControlPolicy),
  async examine(task, asked, context) {
    const { s3, signal } = context;
    const reply = await s3.send(getObjectAclRequest(task), signal);
    if (!reply.ok) return { finding: 'failure', result: s3Failed(reply) };
    const before = aclIn(reply.body);
    return (await aclsAreOff(task.bucket, context)) ? examineWithout(before, asked) : compare(before, asked);
  },
  async execute(task, asked, { s3, signal }) {
    return s3Result(await s3.send(requestOf(task, asked), signal));
  },
};

function requestOf(object: S3Object, { AccessControlPolicy: policy }: Parameters): S3Request {
  const { CannedAccessControlList: canned, AccessControlList: list } = policy ?? {};
  if (list !== undefined) return putObjectAclRequest(object, aclOf(list));
  if (canned !== undefined) return putCannedAclRequest(object, canned);
  throw new Error('an ACL job without an ACL passed validation');
}

/** A job asks for the same ACL, the very same structure, with every task. */
const acls = new WeakMap<AclMembers, S3Acl>();

function aclOf(list: AclMembers): S3Acl {
  const known = acls.get(list);
  if (known !== undefined) return known;
  const acl = {
    owner: { id: list.Owner.ID ?? '', displayName: list.Owner.DisplayName },
    grants: (list.Grants ?? []).map(({ Grantee, Permission = '' }) => ({
      [Grantee?.TypeIdentifier === 'uri' ? 'uri' : 'id']: Grantee?.Identifier,
      displayName: Grantee?.DisplayName,
      permission: Permission,
    })),
  };
  acls.set(list, acl);
  return acl;
}

function compare(before: S3Acl, { AccessControlPolicy: policy }: Parameters): Examination {
  const { CannedAccessControlList: canned = '', AccessControlList: list } = policy ?? {};
  if (list === undefined) {
    const grants = cannedGrants(canned, before.owner.id);
    if (grants !== undefined && sameGrants(before.grants, grants)) return { finding: 'unchanged' };
    return {
      finding: 'change',
      says: `Would replace ${counted(before.grants.length, 'grant')} by the canned ACL ${canned}`,
    };
  }
  const { owner, grants } = aclOf(list);
  if (owner.id.toLowerCase() !== before.owner.id.toLowerCase()) {
    const says = `Access Denied: the owner of the object is ${before.owner.id}, and no ACL can change that`;
    return { finding: 'failure', result: failed(403, 'AccessDenied', says) };
  }
  if (sameGrants(before.grants, grants)) return { finding: 'unchanged' };
  return { finding: 'change', says: `Would replace ${counted(before.grants.length, 'grant')} by ${grants.length}` };
}

/**
 * In a bucket without ACLs only the owner's full control can be set, which changes nothing: by grants, or by a canned ACL
 * that says so of the bucket's owner (User Guide, "Controlling ownership of objects").
 */
function examineWithout(before: S3Acl, asked: Parameters): Examination {
  const { CannedAccessControlList: canned, AccessControlList: list } = asked.AccessControlPolicy ?? {};
  if (canned === 'bucket-owner-full-control') return { finding: 'unchanged' };
  const found = list === undefined ? undefined : compare(before, asked);
  if (found !== undefined && found.finding !== 'change') return found;
  const result = failed(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
  return { finding: 'failure', result };
}
