import { S3Error } from '../s3-error.ts';

/** What a presigned URL carries in its query besides the operation's own parameters. */
export interface PresignedQuery {
  /** The operation's own parameters. */
  readonly query: ReadonlyMap<string, string>;
  /** Headers, by lower-case name, that stand in the query instead. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Signature version 2, which boto3 still makes by default for presigned URLs. */
const VERSION_2 = new Set(['awsaccesskeyid', 'signature', 'expires']);
const VERSION_2_HEADERS = new Set(['content-type', 'content-md5']);

/**
 * Takes a presigned URL's query apart. Signatures are not checked, for there are no secrets here; the time for which the
 * URL was signed is: throws AccessDenied when it is over.
 */
export function takeApart(query: ReadonlyMap<string, string>): PresignedQuery {
  const own = new Map<string, string>();
  const headers: Record<string, string> = {};
  const version2 = query.has('AWSAccessKeyId');
  for (const [name, value] of query) {
    const lower = name.toLowerCase();
    if (lower.startsWith('x-amz-') || (version2 && VERSION_2_HEADERS.has(lower))) headers[lower] = value;
    // x-id is the SDKs' own note of the operation.
    else if (name !== 'x-id' && !(version2 && VERSION_2.has(lower))) own.set(name, value);
  }
  checkExpiry(version2 ? Number(query.get('Expires')) * 1000 : version4Expiry(headers));
  return { query: own, headers };
}

/** Milliseconds since 1970; NaN if nothing is said. */
function version4Expiry(headers: Readonly<Record<string, string>>): number {
  const date = headers['x-amz-date']?.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return Date.parse(date ?? '') + Number(headers['x-amz-expires']) * 1000;
}

function checkExpiry(expires: number): void {
  const now = Date.now();
  if (Number.isNaN(expires) || now <= expires) return;
  throw new S3Error('AccessDenied', 'Request has expired', {
    Expires: new Date(expires).toISOString(),
    ServerTime: new Date(now).toISOString(),
  });
}
