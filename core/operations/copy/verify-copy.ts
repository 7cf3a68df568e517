import type { Headers } from './copy-headers.ts';
import { MOVE_MARK } from './move-mark.ts';
import type { PinnedSource } from './source.ts';

const CHECKSUM = /^x-amz-checksum-(?!type$|mode$)/;

/**
 * In what a copy differs from its source, to follow "the copy"; undefined where all that can be compared is the same:
 * size and mark always, ETags where they are MD5s of the bytes, checksums where both have one of the whole.
 * @param copy a HEAD of it.
 */
export function differenceOf(source: PinnedSource, copy: Headers, mark: string): string | undefined {
  const { headers } = source;
  if (Number(copy['content-length']) !== source.size) {
    return `has ${copy['content-length']} bytes, its source ${source.size}`;
  }
  if (copy[MOVE_MARK] !== mark) return 'does not carry the mark that it was written with';
  if (hasPlainETag(headers) && hasPlainETag(copy) && headers.etag !== copy.etag) {
    return `has the ETag ${copy.etag}, its source ${headers.etag}`;
  }
  for (const name in headers) {
    if (!CHECKSUM.test(name) || !isOfWhole(headers) || !isOfWhole(copy)) continue;
    if (copy[name] !== undefined && copy[name] !== headers[name]) {
      return `has another ${name.slice('x-amz-checksum-'.length).toUpperCase()} than its source`;
    }
  }
  return undefined;
}

/** Whether an object's ETag is the MD5 of its bytes (S3 API reference, Object). */
function hasPlainETag(headers: Headers): boolean {
  const { etag = '', 'x-amz-server-side-encryption': encryption = 'AES256' } = headers;
  const isCustomers = 'x-amz-server-side-encryption-customer-algorithm' in headers;
  return encryption === 'AES256' && !isCustomers && /^"?[0-9a-f]{32}"?$/.test(etag);
}

function isOfWhole(headers: Headers): boolean {
  return headers['x-amz-checksum-type'] === 'FULL_OBJECT';
}
