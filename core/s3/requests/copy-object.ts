import { encodePath, encodeUri } from '../../signed-http/uri-encoding.ts';
import type { S3Object, S3Request } from '../s3-request.ts';

/**
 * Milliseconds without a byte after which a copy is given up: S3 copies gigabytes in a minute or two, and sends the
 * answer's first bytes long before its last.
 */
export const COPY_TIMEOUT = 5 * 60_000;

/** Where a copy goes. */
export interface CopyTarget {
  readonly bucket: string;
  readonly key: string;
}

/**
 * The value of `x-amz-copy-source`.
 * @throws URIError when the key or the version has half a surrogate pair.
 */
export function copySource({ bucket, key, versionId }: S3Object): string {
  const path = encodePath(`${bucket}/${key}`);
  return versionId === undefined ? path : `${path}?versionId=${encodeUri(versionId)}`;
}

/** Copies an object of up to 5 GB within S3. CopyObject, S3 API reference. */
export function copyObjectRequest(
  source: S3Object,
  { bucket, key }: CopyTarget,
  headers: Readonly<Record<string, string>>,
): S3Request {
  return {
    method: 'PUT',
    bucket,
    key,
    headers: { ...headers, 'x-amz-copy-source': copySource(source) },
    errorIn200: true,
    timeout: COPY_TIMEOUT,
  };
}
