import { CreateBucketCommand, GetObjectTaggingCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Pool } from 'undici';
import { forEachBounded } from '../../../core/engine/bounded.ts';

export async function createBuckets(s3: S3Client, ...buckets: string[]): Promise<void> {
  for (const Bucket of buckets) await s3.send(new CreateBucketCommand({ Bucket }));
}

/** Puts an object of a few bytes at each key. */
export async function putObjects(s3: S3Client, Bucket: string, keys: readonly string[]): Promise<void> {
  await forEachBounded(keys, 32, async (Key) => {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: `body of ${Key}` }));
  });
}

/** As putObjects, by requests without a signature, which the local S3 takes: for buckets of many thousand objects. */
export async function fillBucket(endpoint: string, bucket: string, keys: readonly string[]): Promise<void> {
  const pool = new Pool(endpoint, { connections: 32 });
  await forEachBounded(keys, 32, async (key) => {
    const path = `/${bucket}/${encodeURIComponent(key).replaceAll('%2F', '/')}`;
    const answer = await pool.request({ method: 'PUT', path, body: `body of ${key}` });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`PUT ${key} was answered ${answer.statusCode}`);
  });
  await pool.close();
}

/** Puts a manifest and says where it is, as CreateJob wants to know. */
export async function putManifest(
  s3: S3Client,
  Bucket: string,
  Key: string,
  lines: readonly string[],
): Promise<{ arn: string; etag: string }> {
  const Body = lines.map((line) => `${line}\n`).join('');
  const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  return { arn: `arn:aws:s3:::${Bucket}/${Key}`, etag: ETag ?? '' };
}

/** The objects that do not have exactly this tag. */
export async function untagged(s3: S3Client, Bucket: string, keys: readonly string[], tag: string): Promise<string[]> {
  const missing: string[] = [];
  await forEachBounded(keys, 32, async (Key) => {
    const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
    const found = TagSet.map(({ Key: name, Value }) => `${name}=${Value}`).join();
    if (found !== tag) missing.push(`${Key}: ${found}`);
  });
  return missing;
}
