import { S3Error } from '../s3-error.ts';
import type { Grant, Grantee, Permission } from '../storage/records.ts';
import { checkNumber, groupGrantee, refuseEmail, userGrantee } from './grants.ts';
import { canonicalId, owner } from './owner.ts';
import { childOf, readDocument, textOf, type XmlElement } from './xml-reader.ts';
import { document, element } from './xml-writer.ts';

const SCHEMA = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const PERMISSIONS: readonly string[] = [
  'FULL_CONTROL',
  'READ',
  'WRITE',
  'READ_ACP',
  'WRITE_ACP',
] satisfies Permission[];

/** The answer of GetObjectAcl. */
export function aclDocument(account: string, grants: readonly Grant[]): string {
  const list = grants.map(
    ({ grantee, permission }) =>
      `<Grant><Grantee ${SCHEMA} xsi:type="${grantee.id === undefined ? 'Group' : 'CanonicalUser'}">` +
      `${element('ID', grantee.id)}${element('URI', grantee.uri)}</Grantee>${element('Permission', permission)}</Grant>`,
  );
  return document('AccessControlPolicy', `${owner(account)}<AccessControlList>${list.join('')}</AccessControlList>`);
}

/**
 * Reads the body of PutObjectAcl. Throws MalformedACLError, InvalidArgument, MethodNotAllowed (a grantee by e-mail), or
 * AccessDenied: the owner of an object cannot be changed.
 */
export function parseAclDocument(text: string, account: string): readonly Grant[] {
  const { ownerId, grants } = asAcl(() => {
    const policy = readDocument(text, 'AccessControlPolicy');
    return { ownerId: ownerOf(policy), grants: childOf(policy, 'AccessControlList')?.children.map(toParts) };
  });
  if (ownerId === undefined || grants === undefined) throw new S3Error('MalformedACLError');
  userGrantee(ownerId, 'CanonicalUser/ID');
  const read = checkNumber(grants.map(readGrant));
  if (ownerId.toLowerCase() !== canonicalId(account)) throw new S3Error('AccessDenied');
  return read;
}

interface GrantParts {
  readonly type: string | undefined;
  readonly id: string | undefined;
  readonly uri: string | undefined;
  readonly permission: string;
}

function ownerOf(policy: XmlElement): string | undefined {
  const found = childOf(policy, 'Owner');
  return found && textOf(found, 'ID');
}

function toParts(grant: XmlElement): GrantParts {
  const grantee = childOf(grant, 'Grantee');
  const permission = textOf(grant, 'Permission');
  if (
    grant.name !== 'Grant' ||
    grantee === undefined ||
    permission === undefined ||
    !PERMISSIONS.includes(permission)
  ) {
    throw new S3Error('MalformedACLError');
  }
  return { type: grantee.attributes['type'], id: textOf(grantee, 'ID'), uri: textOf(grantee, 'URI'), permission };
}

function readGrant({ type, id, uri, permission }: GrantParts): Grant {
  return { grantee: readGrantee(type, id, uri), permission: permission as Permission };
}

function readGrantee(type: string | undefined, id: string | undefined, uri: string | undefined): Grantee {
  if (type === 'AmazonCustomerByEmail') return refuseEmail();
  if (type === 'CanonicalUser' && id !== undefined) return userGrantee(id, 'CanonicalUser/ID');
  if (type === 'Group' && uri !== undefined) return groupGrantee(uri, 'Group/URI');
  throw new S3Error('MalformedACLError');
}

/** ACL documents have an error code of their own for what is MalformedXML elsewhere. */
function asAcl<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof S3Error && error.code === 'MalformedXML') throw new S3Error('MalformedACLError');
    throw error;
  }
}
