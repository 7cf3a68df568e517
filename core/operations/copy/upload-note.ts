import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { CopyTarget } from '../../s3/requests/copy-object.ts';
import type { UploadedPart } from '../../s3/requests/multipart.ts';
import type { Headers } from './copy-headers.ts';
import type { PartPlan } from './part-plan.ts';
import type { PinnedSource } from './source.ts';

const uploadNote = z.object({
  uploadId: z.string(),
  target: z.object({ bucket: z.string(), key: z.string() }),
  source: z.object({ etag: z.string(), versionId: z.string().optional(), size: z.number() }),
  /** Of all that the upload was begun with: another fingerprint is another upload. */
  fingerprint: z.string(),
  /** Epoch milliseconds by S3's clock, somewhat early. */
  began: z.number(),
  parts: z.number(),
  /** Uploads that this task has lost before this one. */
  lost: z.number(),
  /** The ETag that the object will have; written just before the upload is completed. */
  completes: z.string().optional(),
});

/** What a copy in parts leaves for the invocation that goes on with it. */
export type UploadNote = z.infer<typeof uploadNote>;

/** undefined for none, and for one that another version of Drover wrote. */
export function readUploadNote(value: unknown): UploadNote | undefined {
  return uploadNote.safeParse(value).data;
}

export function fingerprintOf(source: PinnedSource, target: CopyTarget, headers: Headers, plan: PartPlan): string {
  const { bucket, key, versionId = '', etag, size } = source;
  const named = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  const all = [bucket, key, versionId, etag, size, target.bucket, target.key, plan.partSize, named];
  return createHash('sha256').update(JSON.stringify(all)).digest('base64url');
}

/**
 * The ETag, without quotes, of the object that is made of these parts: the MD5 of their MD5s. Where parts are encrypted
 * with SSE-KMS their ETags are no MD5s, and what S3 makes of them is not documented.
 */
export function completedETag(parts: readonly UploadedPart[]): string {
  const hash = createHash('md5');
  for (const { etag } of parts) hash.update(Buffer.from(etag.replaceAll('"', ''), 'hex'));
  return `${hash.digest('hex')}-${parts.length}`;
}

/**
 * Whether the object at the target is what the upload was to become. One that was there before is older than the upload.
 * @param headers of a HEAD of the target.
 */
export function isCompletedBy(note: UploadNote, headers: Headers): boolean {
  if (note.completes === undefined || Number(headers['content-length']) !== note.source.size) return false;
  if (!(Date.parse(headers['last-modified'] ?? '') >= note.began)) return false;
  const etag = (headers.etag ?? '').replaceAll('"', '');
  const isKms = (headers['x-amz-server-side-encryption'] ?? '').startsWith('aws:kms');
  return etag === note.completes || (isKms && etag.endsWith(`-${note.parts}`));
}
