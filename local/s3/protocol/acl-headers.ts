import { invalidArgument, S3Error } from '../s3-error.ts';
import type { BucketRecord, Grant, Grantee, Permission } from '../storage/records.ts';
import type { Call } from './call.ts';
import {
  cannedGrants,
  checkNumber,
  fullControl,
  grantsOnlyOwner,
  groupGrantee,
  refuseEmail,
  userGrantee,
} from './grants.ts';
import { canonicalId } from './owner.ts';

const PERMISSIONS: readonly (readonly [header: string, permission: Permission])[] = [
  ['x-amz-grant-full-control', 'FULL_CONTROL'],
  ['x-amz-grant-read', 'READ'],
  ['x-amz-grant-read-acp', 'READ_ACP'],
  ['x-amz-grant-write', 'WRITE'],
  ['x-amz-grant-write-acp', 'WRITE_ACP'],
];
/** `kind="value"`, the quotes left out by some clients. */
const ONE_GRANTEE = /^\s*([A-Za-z]+)\s*=\s*(?:"([^"]*)"|([^",]*?))\s*$/;

/**
 * The ACL that `x-amz-acl` or the `x-amz-grant-…` headers ask for; undefined if they ask for none. Throws InvalidRequest,
 * InvalidArgument, MethodNotAllowed (a grantee by e-mail).
 */
export function readAclHeaders({ headers, context }: Call): readonly Grant[] | undefined {
  const canned = headers['x-amz-acl'];
  const given = PERMISSIONS.filter(([header]) => headers[header] !== undefined);
  if (canned !== undefined) {
    if (given.length > 0) {
      throw new S3Error('InvalidRequest', 'Specifying both Canned ACLs and Header Grants is not allowed');
    }
    return cannedGrants(canned, canonicalId(context.identity.account));
  }
  if (given.length === 0) return undefined;
  return checkNumber(given.flatMap(([header, permission]) => readGrants(header, headers[header] ?? '', permission)));
}

/**
 * The ACL of a new object; undefined for the private one. A bucket whose owner is enforced takes none but the owner's
 * full control, and not `private` either, though it says the same. Throws AccessControlListNotSupported.
 */
export function readObjectAcl(call: Call, bucket: BucketRecord): readonly Grant[] | undefined {
  const grants = readAclHeaders(call);
  if (grants === undefined) return undefined;
  checkOwnership(call, bucket, grants);
  const ownerId = canonicalId(call.context.identity.account);
  const [only, ...others] = grants;
  return others.length === 0 && only !== undefined && isFullControl(only, ownerId) ? undefined : grants;
}

/** Throws AccessControlListNotSupported. Source: "Controlling ownership of objects", User Guide. */
export function checkOwnership(call: Call, bucket: BucketRecord, grants: readonly Grant[]): void {
  if (!aclsAreOff(bucket)) return;
  const ownerOnly = grantsOnlyOwner(grants, canonicalId(call.context.identity.account));
  const canned = call.headers['x-amz-acl'];
  if (ownerOnly && (canned === undefined || canned === 'bucket-owner-full-control')) return;
  throw new S3Error('AccessControlListNotSupported');
}

/** Whether the bucket's ACLs are switched off, as they are in new buckets since April 2023. */
export function aclsAreOff({ ownership }: BucketRecord): boolean {
  return (ownership ?? 'BucketOwnerEnforced') === 'BucketOwnerEnforced';
}

function isFullControl(grant: Grant, ownerId: string): boolean {
  const usual = fullControl(ownerId);
  return grant.grantee.id === usual.grantee.id && grant.permission === usual.permission;
}

function readGrants(header: string, value: string, permission: Permission): Grant[] {
  return value.split(',').map((one) => {
    const match = ONE_GRANTEE.exec(one);
    const grantee = match && readGrantee(match[1] ?? '', match[2] ?? match[3] ?? '');
    if (!grantee) throw invalidArgument(header, value, 'Argument format not recognized');
    return { grantee, permission };
  });
}

function readGrantee(kind: string, value: string): Grantee | undefined {
  switch (kind) {
    case 'id':
      return userGrantee(value, 'id');
    case 'uri':
      return groupGrantee(value, 'uri');
    case 'emailAddress':
      return refuseEmail();
    default:
      return undefined;
  }
}
