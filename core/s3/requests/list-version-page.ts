import type { S3Request } from '../s3-request.ts';
import type { ListObjectsQuestion } from './list-objects.ts';

/** One page of a listing of all versions of a bucket's objects. */
export interface ListVersionsQuestion extends ListObjectsQuestion {
  /** Of the key `after`: its versions that are older than this one come too. */
  readonly afterVersion?: string;
}

/** A page of a thousand versions, each of a key of 1,024 bytes that take three characters. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** S3 looks at many keys for one answer where much was deleted. */
const TIMEOUT = 60_000;

/** ListObjectVersions, S3 API reference. Without `afterVersion` a page begins with the first key after `after`. */
export function listVersionsRequest(
  bucket: string,
  { prefix, after, afterVersion, most, folders }: ListVersionsQuestion,
): S3Request {
  const query = {
    versions: '',
    'encoding-type': 'url',
    ...(prefix !== '' && { prefix }),
    ...(after !== undefined && after !== '' && { 'key-marker': after }),
    ...(afterVersion !== undefined && { 'version-id-marker': afterVersion }),
    ...(most !== undefined && { 'max-keys': String(most) }),
    ...(folders === true && { delimiter: '/' }),
  };
  return { method: 'GET', bucket, query, headers: {}, maxBodyBytes: MAX_BODY_BYTES, timeout: TIMEOUT };
}
