import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  PutObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const PIECE = 16 * MIB;
const PARTS_AT_ONCE = 16;

/** The bytes that large objects repeat. */
export const PIECE_BYTES = Buffer.alloc(PIECE, 'large objects are made of this. ');

/**
 * Makes an object of so many gibibytes (up to ten thousand), in parts of one, in seconds and with 16 MiB of disk: the
 * local S3 links what it copies. Leaves `<key>.piece` and `<key>.part` beside it.
 */
export async function putLargeObject(
  client: S3Client,
  Bucket: string,
  Key: string,
  gibibytes: number,
  wishes: Partial<CreateMultipartUploadCommandInput> = {},
): Promise<string> {
  await client.send(new PutObjectCommand({ Bucket, Key: `${Key}.piece`, Body: PIECE_BYTES }));
  const pieces = Array.from({ length: GIB / PIECE }, () => ({ CopySource: `${Bucket}/${Key}.piece` }));
  await putCopies(client, { Bucket, Key: `${Key}.part` }, pieces);
  const parts = Array.from({ length: gibibytes }, () => ({ CopySource: `${Bucket}/${Key}.part` }));
  return putCopies(client, { Bucket, Key, ...wishes }, parts);
}

/** A multipart upload whose parts are copies; returns the ETag. */
export async function putCopies(
  client: S3Client,
  object: CreateMultipartUploadCommandInput,
  sources: readonly { readonly CopySource: string; readonly CopySourceRange?: string }[],
): Promise<string> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
  const upload = { Bucket: object.Bucket, Key: object.Key, UploadId };
  const etags: (string | undefined)[] = [];
  const waiting = sources.entries();
  const copy = async (): Promise<void> => {
    for (const [n, source] of waiting) {
      const copied = await client.send(new UploadPartCopyCommand({ ...upload, PartNumber: n + 1, ...source }));
      etags[n] = copied.CopyPartResult?.ETag;
    }
  };
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, copy));
  const Parts = etags.map((ETag, n) => ({ PartNumber: n + 1, ETag }));
  const done = await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  return done.ETag ?? '';
}
