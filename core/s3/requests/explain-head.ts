import type { S3DataClient, S3Refusal } from '../s3-data-client.ts';
import type { S3Object } from '../s3-request.ts';

/**
 * Why S3 refused a HEAD, in S3's own words: asks once more, by a GET of one byte, whose refusal has a document. It tells
 * a bucket that is not there from a key that is not. The refusal as it was, where that one ends otherwise.
 */
export async function explainHead(
  s3: S3DataClient,
  { bucket, key, versionId }: S3Object,
  refusal: S3Refusal,
  signal: AbortSignal,
): Promise<S3Refusal> {
  if (refusal.httpStatus < 400 || refusal.httpStatus >= 500) return refusal;
  const reply = await s3.send({ method: 'GET', bucket, key, versionId, headers: { range: 'bytes=0-0' } }, signal);
  return reply.ok || reply.httpStatus !== refusal.httpStatus ? refusal : reply;
}
