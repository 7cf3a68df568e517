import type { S3DataClient } from '../../../core/s3/s3-data-client.ts';
import type { MemoryBucket } from './memory-bucket.ts';

/** S3 with one bucket in memory: answers the listing's requests. */
export function listingS3(bucket: MemoryBucket): S3DataClient {
  return {
    send: async ({ query = {} }) => {
      const page = await bucket.document({
        prefix: query['prefix'] ?? '',
        after: query['start-after'],
        ...(query['max-keys'] !== undefined && { most: Number(query['max-keys']) }),
        folders: query['delimiter'] === '/',
      });
      return { ok: true, httpStatus: 200, headers: {}, body: page, bytes: Buffer.from(page) };
    },
  };
}
