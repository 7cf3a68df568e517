import { headObject } from '../../s3/requests/head-object.ts';
import type { S3Answer, S3DataClient, S3Refusal } from '../../s3/s3-data-client.ts';
import type { S3Object, S3Request } from '../../s3/s3-request.ts';
import { ReadFailed } from './read-failed.ts';

/**
 * Bytes of one GET. With {@link RANGES_AHEAD} and the tasks in flight of a worker it bounds its memory: 12 tasks times
 * 6 ranges (with the first, and the one being hashed) times 4 MiB are 288 MiB.
 */
export const RANGE_BYTES = 4 * 1024 * 1024;

/** Ranges under way or waiting while one is hashed. */
const RANGES_AHEAD = 4;

/** What is read, held fast: another object under the same key has another ETag or version. */
export interface OpenObject {
  readonly object: S3Object;
  /** As S3 writes it, quotes included. */
  readonly etag: string;
  readonly size: number;
  /** Its first bytes: all of them where they are not more than a range. */
  readonly head: Buffer;
}

export interface ReadContext {
  readonly s3: S3DataClient;
  readonly signal: AbortSignal;
}

/** Reads the first range of an object, and with it what the object is. Throws ReadFailed. */
export async function openObject(task: S3Object, context: ReadContext): Promise<OpenObject> {
  const reply = await context.s3.send(rangeRequest(task, 0, RANGE_BYTES), context.signal);
  // No range lies within an empty object.
  if (!reply.ok) return reply.httpStatus === 416 ? await openEmpty(task, context) : fail(reply);
  const { bytes, headers } = reply;
  const size = Number(headers['content-range']?.split('/')[1] ?? bytes.length);
  return { object: pinned(task, reply), etag: headers.etag ?? '', size, head: bytes };
}

async function openEmpty(task: S3Object, { s3, signal }: ReadContext): Promise<OpenObject> {
  const reply = await headObject(s3, task, signal);
  if (!reply.ok) return fail(reply);
  const size = Number(reply.headers['content-length']);
  if (size !== 0) throw changed();
  return { object: pinned(task, reply), etag: reply.headers.etag ?? '', size, head: Buffer.alloc(0) };
}

/** The bytes of the object from `from` to its end, in order, some ranges read ahead. Throws ReadFailed. */
export async function* objectBytes(
  { object, etag, size, head }: OpenObject,
  from: number,
  { s3, signal }: ReadContext,
): AsyncGenerator<Buffer, void, undefined> {
  if (from < head.length) yield head.subarray(from);
  if (size <= head.length) return;
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const ahead: Promise<Buffer>[] = [];
  let next = Math.max(from, head.length);
  const read = async (start: number, end: number): Promise<Buffer> => {
    const reply = await s3.send(rangeRequest(object, start, end, etag), until);
    if (!reply.ok) return fail(reply);
    if (reply.bytes.length !== end - start) throw shortRead(reply.bytes.length, end - start);
    return reply.bytes;
  };
  const readAhead = (): void => {
    for (; ahead.length < RANGES_AHEAD && next < size; next += RANGE_BYTES) {
      const piece = read(next, Math.min(next + RANGE_BYTES, size));
      // Its failure is met when its turn comes, if it comes.
      piece.catch(() => undefined);
      ahead.push(piece);
    }
  };
  try {
    for (;;) {
      readAhead();
      const piece = await ahead.shift();
      if (piece === undefined) return;
      yield piece;
    }
  } finally {
    ended.abort(new Error('The rest of the object is not wanted.'));
  }
}

/** Bytes of one part of a multipart upload, and how many parts there are; an object that is none is one part. */
export async function partOf(
  { object, etag }: OpenObject,
  number: number,
  { s3, signal }: ReadContext,
): Promise<{ readonly bytes: number; readonly parts: number }> {
  const { bucket, key, versionId } = object;
  const query = { partNumber: String(number) };
  const reply = await s3.send({ method: 'HEAD', bucket, key, versionId, query, headers: { 'if-match': etag } }, signal);
  if (!reply.ok) return fail(reply);
  const { headers } = reply;
  return { bytes: Number(headers['content-length']), parts: Number(headers['x-amz-mp-parts-count'] ?? 1) };
}

function rangeRequest({ bucket, key, versionId }: S3Object, from: number, to: number, etag?: string): S3Request {
  const headers = { range: `bytes=${from}-${to - 1}`, ...(etag !== undefined && { 'if-match': etag }) };
  return { method: 'GET', bucket, key, versionId, headers, maxBodyBytes: RANGE_BYTES };
}

/** The version that was opened, where the bucket has versions: another may become the current one before the last read. */
function pinned({ bucket, key, versionId }: S3Object, { headers }: S3Answer): S3Object {
  const version = versionId ?? headers['x-amz-version-id'];
  return { bucket, key, ...(version !== undefined && { versionId: version }) };
}

function fail(refusal: S3Refusal): never {
  throw refusal.httpStatus === 412 ? changed() : ReadFailed.refused(refusal);
}

function changed(): ReadFailed {
  return new ReadFailed(412, 'PreconditionFailed', 'The object was replaced while it was read.');
}

function shortRead(got: number, wanted: number): ReadFailed {
  return new ReadFailed(200, 'PermanentFailure', `S3 answered ${got} bytes where ${wanted} were asked for.`);
}
