/** A bucket, by its ARN. */
const BUCKET_ARN = /^arn:[^:]+:s3:::([A-Za-z0-9._-]{3,255})$/;

/** An object, by its ARN: the key is not encoded. */
const OBJECT_ARN = /^arn:[^:]+:s3:::([A-Za-z0-9._-]{3,255})\/(.+)$/s;

/** The bucket of `arn:<partition>:s3:::bucket`; undefined for anything else (an access point's ARN, a bare name). */
export function parseBucketArn(arn: string): string | undefined {
  return BUCKET_ARN.exec(arn)?.[1];
}

/** Bucket and key of `arn:<partition>:s3:::bucket/key`; undefined for anything else. */
export function parseObjectArn(arn: string): { readonly bucket: string; readonly key: string } | undefined {
  const [, bucket, key] = OBJECT_ARN.exec(arn) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

/** An ETag without the quotes that it may be given with. */
export function bareETag(etag: string): string {
  return etag.length >= 2 && etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag;
}
