import type { S3Request } from '../s3-request.ts';

/** One page of a listing of a bucket's current objects. */
export interface ListObjectsQuestion {
  /** Only keys that begin with this; empty for all. */
  readonly prefix: string;
  /** Only keys after this one, in the order of UTF-8; it need not exist. */
  readonly after?: string | undefined;
  /** Keys and common prefixes at most; 1,000 unless given. */
  readonly most?: number;
  /** Keys that go on past a `/` after the prefix are rolled up into common prefixes. */
  readonly folders?: boolean;
}

/** A page of a thousand keys, each of 1,024 bytes that take three characters, with what is said of it. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** S3 looks at many keys for one answer where much was deleted. */
const TIMEOUT = 60_000;

/**
 * ListObjectsV2, S3 API reference. It always says where to begin by a key, never by a token: any page can be asked for
 * by anybody, again, or not at all.
 */
export function listObjectsRequest(
  bucket: string,
  { prefix, after, most, folders }: ListObjectsQuestion,
  headers: Readonly<Record<string, string>> = {},
): S3Request {
  const query = {
    'list-type': '2',
    'encoding-type': 'url',
    ...(prefix !== '' && { prefix }),
    ...(after !== undefined && after !== '' && { 'start-after': after }),
    ...(most !== undefined && { 'max-keys': String(most) }),
    ...(folders === true && { delimiter: '/' }),
  };
  return { method: 'GET', bucket, query, headers, maxBodyBytes: MAX_BODY_BYTES, timeout: TIMEOUT };
}
