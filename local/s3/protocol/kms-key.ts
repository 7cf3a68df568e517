import { createHash } from 'node:crypto';
import type { CloudIdentity } from '../../service.ts';
import { S3Error } from '../s3-error.ts';

const KEY_ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/i;
const ALIAS = /^alias\/[A-Za-z0-9/_-]{1,250}$/;
const ARN = /^arn:aws[a-zA-Z0-9-]*:kms:([a-z0-9-]+):(\d{12}):((?:key|alias)\/.+)$/;
const KEY_RESOURCE = /^key\/[A-Za-z0-9-]+$/;

/** The key that AWS manages for S3, used where a request names none. */
export const MANAGED_KEY = 'alias/aws/s3';

/**
 * The ARN of the key that the text names. There is no KMS here, so a key is known by its name alone: every key id (a UUID
 * or `mrk-…`), `alias/…`, and ARN of the local account and Region names a key that is there and may be used; an alias
 * stands for one key for good. The ARN of another account's key is AccessDenied, as if its policy did not know us; that
 * of another Region, and a text that is none of these, is KMS.NotFoundException.
 */
export function resolveKey(identity: CloudIdentity, text: string): string {
  const arn = ARN.exec(text);
  if (arn === null) return keyArn(identity, keyId(identity, text, text));
  const [, region = '', account = '', resource = ''] = arn;
  if (region !== identity.region) throw new S3Error('KMS.NotFoundException', `Invalid arn ${region}`);
  if (account !== identity.account) throw new S3Error('AccessDenied', notAuthorized(identity));
  if (KEY_RESOURCE.test(resource)) return text;
  return keyArn(identity, keyId(identity, resource, text));
}

/** The account of a key's ARN; undefined if the text is none. */
export function keyAccount(arn: string): string | undefined {
  return ARN.exec(arn)?.[2];
}

/** What S3 says when KMS refuses. */
function notAuthorized({ account }: CloudIdentity): string {
  return (
    `User: arn:aws:iam::${account}:root is not authorized to perform: kms:GenerateDataKey on this resource because ` +
    'the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy ' +
    'explicitly denies access'
  );
}

function keyArn({ region, account }: CloudIdentity, id: string): string {
  return `arn:aws:kms:${region}:${account}:key/${id}`;
}

function keyId({ region, account }: CloudIdentity, name: string, asked: string): string {
  if (KEY_ID.test(name)) return name;
  if (!ALIAS.test(name)) throw new S3Error('KMS.NotFoundException', `Invalid keyId '${asked}'`);
  const digest = createHash('sha256').update(`${account}/${region}/${name}`).digest('hex');
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
