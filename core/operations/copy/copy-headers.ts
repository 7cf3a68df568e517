import { headerText } from '../../s3/header-text.ts';
import type { S3Tag } from '../../s3/requests/object-tagging.ts';
import { encodeUri } from '../../signed-http/uri-encoding.ts';
import {
  type CopyParameters,
  contentMembers,
  encryptionOf,
  type Grants,
  type ObjectMetadata,
} from './copy-parameters.ts';

export type Headers = Readonly<Record<string, string>>;

const GRANT_HEADERS = {
  FULL_CONTROL: 'x-amz-grant-full-control',
  READ: 'x-amz-grant-read',
  READ_ACP: 'x-amz-grant-read-acp',
  WRITE_ACP: 'x-amz-grant-write-acp',
} as const;

/** What the target is to have besides bytes, metadata and tags: CopyObject and CreateMultipartUpload say it alike. */
export function attributeHeaders(parameters: CopyParameters): Headers {
  const { ObjectLockMode, ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus } = parameters;
  return {
    ...given('x-amz-storage-class', parameters.StorageClass),
    ...given('x-amz-acl', parameters.CannedAccessControlList),
    ...grantHeaders(parameters.AccessControlGrants ?? []),
    ...given('x-amz-server-side-encryption', encryptionOf(parameters)),
    ...given('x-amz-server-side-encryption-aws-kms-key-id', parameters.SSEAwsKmsKeyId),
    ...given('x-amz-server-side-encryption-bucket-key-enabled', bucketKey(parameters)),
    ...given('x-amz-website-redirect-location', parameters.RedirectLocation),
    ...given('x-amz-object-lock-mode', ObjectLockMode),
    ...given('x-amz-object-lock-retain-until-date', until && new Date(until).toISOString()),
    ...given('x-amz-object-lock-legal-hold', ObjectLockLegalHoldStatus),
    ...payerHeaders(parameters),
  };
}

/** The header that every request has when the requester agrees to pay. */
export function payerHeaders({ RequesterPays }: CopyParameters): Headers {
  return RequesterPays === true ? { 'x-amz-request-payer': 'requester' } : {};
}

/** Metadata that takes the place of the source's: system metadata and the user's own. */
export function metadataHeaders(metadata: ObjectMetadata | undefined): Headers {
  if (metadata === undefined) return {};
  const { HttpExpiresDate: expires, UserMetadata = {} } = metadata;
  return {
    ...Object.fromEntries(contentMembers(metadata).map(({ header, value }) => [header, value])),
    ...given('expires', expires && httpDate(Date.parse(expires))),
    ...Object.fromEntries(
      Object.entries(UserMetadata).map(([name, value]) => [`x-amz-meta-${name.toLowerCase()}`, headerText(value)]),
    ),
  };
}

/** The value of `x-amz-tagging`; empty for no tags. */
export function taggingHeader(tags: readonly S3Tag[]): string {
  return tags.map(({ Key, Value }) => `${encodeUri(Key)}=${encodeUri(Value)}`).join('&');
}

/** A time as HTTP has it, without its fraction of a second. */
export function httpDate(milliseconds: number): string {
  return new Date(milliseconds).toUTCString();
}

function bucketKey({ BucketKeyEnabled }: CopyParameters): string | undefined {
  return BucketKeyEnabled === undefined ? undefined : String(BucketKeyEnabled);
}

function grantHeaders(grants: Grants): Headers {
  const headers: Record<string, string> = {};
  for (const { Grantee, Permission } of grants) {
    // CreateJob refused what is not here.
    if (Permission === undefined || Permission === 'WRITE') continue;
    const name = GRANT_HEADERS[Permission];
    const grantee = `${Grantee?.TypeIdentifier}="${Grantee?.Identifier}"`;
    headers[name] = headers[name] === undefined ? grantee : `${headers[name]}, ${grantee}`;
  }
  return headers;
}

function given(name: string, value: string | undefined): Headers {
  return value === undefined || value === '' ? {} : { [name]: value };
}
