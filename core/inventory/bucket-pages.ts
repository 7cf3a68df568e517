import type { ListPages } from '../listing/find-cuts.ts';
import { readListPage, readVersionPage } from '../listing/list-page.ts';
import { versionPages } from '../listing/version-pages.ts';
import { listObjectsRequest } from '../s3/requests/list-objects.ts';
import { listVersionsRequest } from '../s3/requests/list-version-page.ts';
import type { S3DataClient, S3Refusal } from '../s3/s3-data-client.ts';
import type { S3Request } from '../s3/s3-request.ts';
import type { InventorySpec } from './inventory-spec.ts';

/** The bucket cannot be listed, with what to do about it. */
export class BucketNotListed extends Error {
  override readonly name = 'BucketNotListed';
}

/** Requests of a listing at once, to begin with: its lanes, and as many looks for where to cut. */
export const LISTING_LIMIT = { initial: 128, maximum: 512 };

/** Pages of the bucket that a report is of. They reject with BucketNotListed. */
export function bucketPages(
  s3: S3DataClient,
  { sourceBucket: bucket, versions }: Pick<InventorySpec, 'sourceBucket' | 'versions'>,
  signal: AbortSignal,
): ListPages {
  const bytesOf = async (request: S3Request): Promise<Buffer> => {
    const reply = await s3.send(request, signal);
    if (!reply.ok) throw notListed(bucket, versions, reply);
    return reply.bytes;
  };
  return versions === 'All'
    ? versionPages(async (question) => readVersionPage(await bytesOf(listVersionsRequest(bucket, question))))
    : async (question) => readListPage(await bytesOf(listObjectsRequest(bucket, question)));
}

function notListed(bucket: string, versions: InventorySpec['versions'], refusal: S3Refusal): BucketNotListed {
  const { httpStatus, code, message } = refusal;
  const said = `${code}: ${message}`;
  if (httpStatus === 404) return new BucketNotListed(`There is no bucket ${bucket} to list (${said}).`);
  if (httpStatus === 403) {
    const action = versions === 'All' ? 's3:ListBucketVersions' : 's3:ListBucket';
    return new BucketNotListed(
      `The bucket ${bucket} may not be listed (${said}): your credentials need ${action} on it.`,
    );
  }
  return new BucketNotListed(`The bucket ${bucket} cannot be listed (${said}).`);
}
