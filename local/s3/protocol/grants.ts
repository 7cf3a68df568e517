import { invalidArgument, S3Error } from '../s3-error.ts';
import type { Grant, Grantee, Permission } from '../storage/records.ts';

/** Most grants of one ACL. Source: "Access control list (ACL) overview", User Guide. */
const MOST_GRANTS = 100;
const CANONICAL_ID = /^[0-9a-f]{64}$/i;
const GROUPS = 'http://acs.amazonaws.com/groups';
const ALL_USERS = `${GROUPS}/global/AllUsers`;
const AUTHENTICATED_USERS = `${GROUPS}/global/AuthenticatedUsers`;
const KNOWN_GROUPS = new Set([ALL_USERS, AUTHENTICATED_USERS, `${GROUPS}/s3/LogDelivery`]);
/** The user that EC2 reads bundles of machine images as. Source: "Canned ACL", User Guide; it has one id everywhere. */
const EC2 = '6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c';

/** What each canned ACL of an object grants besides the owner's full control. Here the bucket's owner owns the object. */
const CANNED = new Map<string, readonly Grant[]>([
  ['private', []],
  ['public-read', [toGroup(ALL_USERS, 'READ')]],
  ['public-read-write', [toGroup(ALL_USERS, 'READ'), toGroup(ALL_USERS, 'WRITE')]],
  ['authenticated-read', [toGroup(AUTHENTICATED_USERS, 'READ')]],
  ['aws-exec-read', [{ grantee: { id: EC2 }, permission: 'READ' }]],
  ['bucket-owner-read', []],
  ['bucket-owner-full-control', []],
]);

/** The grants of a canned ACL. Throws InvalidArgument, which S3 gives no message here. */
export function cannedGrants(name: string, ownerId: string): readonly Grant[] {
  const grants = CANNED.get(name);
  if (grants === undefined) throw invalidArgument('x-amz-acl', name, '');
  return [fullControl(ownerId), ...grants];
}

/** What an object has that was given no ACL. */
export function fullControl(ownerId: string): Grant {
  return { grantee: { id: ownerId }, permission: 'FULL_CONTROL' };
}

/** Whether the grants say no more than that the owner has full control. */
export function grantsOnlyOwner(grants: readonly Grant[], ownerId: string): boolean {
  return (
    grants.length > 0 &&
    grants.every(({ grantee, permission }) => grantee.id === ownerId && permission === 'FULL_CONTROL')
  );
}

/** `argument` is what the error names. Throws InvalidArgument. */
export function userGrantee(id: string, argument: string): Grantee {
  if (!CANONICAL_ID.test(id)) throw invalidArgument(argument, id, 'Invalid id');
  return { id: id.toLowerCase() };
}

/** `argument` is what the error names. Throws InvalidArgument. */
export function groupGrantee(uri: string, argument: string): Grantee {
  if (!KNOWN_GROUPS.has(uri)) throw invalidArgument(argument, uri, 'Invalid group uri');
  return { uri };
}

/** S3 has taken no grantee by e-mail address since 2025-10-01. Source: PutObjectAcl, Amazon S3 API Reference. */
export function refuseEmail(): never {
  throw new S3Error('MethodNotAllowed', undefined, { Method: 'PUT', ResourceType: 'ACL' });
}

/** S3 documents the limit and not the error. Throws MalformedACLError. */
export function checkNumber(grants: readonly Grant[]): readonly Grant[] {
  if (grants.length > MOST_GRANTS) {
    throw new S3Error('MalformedACLError', `An ACL can have up to ${MOST_GRANTS} grants, not ${grants.length}`);
  }
  return grants;
}

function toGroup(uri: string, permission: Permission): Grant {
  return { grantee: { uri }, permission };
}
