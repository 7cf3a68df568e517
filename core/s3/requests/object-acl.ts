import { type S3Object, type S3Request, type XmlBody, xmlBody } from '../s3-request.ts';
import { escapeXml } from '../xml-text.ts';
import { childrenOf, childText, type XmlNode, xmlTree } from '../xml-tree.ts';

const ACL = { acl: '' };

/** Who may do what with an object. A grantee has an id, or the URI of a group. */
export interface S3Grant {
  readonly id?: string | undefined;
  readonly uri?: string | undefined;
  readonly permission: string;
  /** Of the grantee; S3 pays no heed to it. */
  readonly displayName?: string | undefined;
}

export interface S3Acl {
  readonly owner: { readonly id: string; readonly displayName?: string | undefined };
  readonly grants: readonly S3Grant[];
}

/** A job sends the same ACL, the very same structure, with every task. */
const bodies = new WeakMap<S3Acl, XmlBody>();

/** A request without a document has a checksum all the same. */
const EMPTY = xmlBody('');

/** Replaces an object's ACL by these grants. PutObjectAcl, S3 API reference. */
export function putObjectAclRequest({ bucket, key, versionId }: S3Object, acl: S3Acl): S3Request {
  const body = bodies.get(acl) ?? aclBody(acl);
  return { method: 'PUT', bucket, key, versionId, query: ACL, headers: body.headers, body };
}

/** Replaces an object's ACL by a canned one. PutObjectAcl, S3 API reference. */
export function putCannedAclRequest({ bucket, key, versionId }: S3Object, canned: string): S3Request {
  const headers = { 'content-md5': EMPTY.headers['content-md5'] ?? '', 'x-amz-acl': canned };
  return { method: 'PUT', bucket, key, versionId, query: ACL, headers };
}

function aclBody(acl: S3Acl): XmlBody {
  const { owner, grants } = acl;
  const body = xmlBody(
    `<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner>${person(owner)}</Owner>` +
      `<AccessControlList>${grants.map(grantElement).join('')}</AccessControlList></AccessControlPolicy>`,
  );
  bodies.set(acl, body);
  return body;
}

function grantElement({ id, uri, displayName, permission }: S3Grant): string {
  const type = id === undefined ? 'Group' : 'CanonicalUser';
  const grantee = id === undefined ? `<URI>${escapeXml(uri ?? '')}</URI>` : person({ id, displayName });
  return (
    `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}">${grantee}</Grantee>` +
    `<Permission>${permission}</Permission></Grant>`
  );
}

function person({ id, displayName }: { readonly id: string; readonly displayName?: string | undefined }): string {
  const name = displayName === undefined ? '' : `<DisplayName>${escapeXml(displayName)}</DisplayName>`;
  return `<ID>${escapeXml(id)}</ID>${name}`;
}

/** An object's ACL. GetObjectAcl, S3 API reference. */
export function getObjectAclRequest({ bucket, key, versionId }: S3Object): S3Request {
  return { method: 'GET', bucket, key, versionId, query: ACL };
}

/** The ACL in an answer of GetObjectAcl. */
export function aclIn(document: string): S3Acl {
  const policy = xmlTree(document);
  const [owner] = childrenOf(policy, 'Owner');
  const grants = childrenOf(policy, 'AccessControlList').flatMap((list) => childrenOf(list, 'Grant'));
  return { owner: { id: (owner && childText(owner, 'ID')) ?? '' }, grants: grants.map(grantIn) };
}

function grantIn(grant: XmlNode): S3Grant {
  const [grantee] = childrenOf(grant, 'Grantee');
  return {
    id: grantee && childText(grantee, 'ID'),
    uri: grantee && childText(grantee, 'URI'),
    permission: childText(grant, 'Permission') ?? '',
  };
}

/** Whether two sets of grants give the same, in whatever order. */
export function sameGrants(a: readonly S3Grant[], b: readonly S3Grant[]): boolean {
  const ours = new Set(a.map(grantKey));
  const theirs = new Set(b.map(grantKey));
  return ours.size === theirs.size && [...ours].every((key) => theirs.has(key));
}

function grantKey({ id, uri, permission }: S3Grant): string {
  return `${permission} ${id === undefined ? uri : id.toLowerCase()}`;
}
