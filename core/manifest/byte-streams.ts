import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { invalidManifest } from './manifest-error.ts';

/** The first bytes of every gzip file (RFC 1952). */
const GZIP = Buffer.from([0x1f, 0x8b]);

export function isGzip(beginning: Buffer): boolean {
  return beginning.subarray(0, GZIP.length).equals(GZIP);
}

/**
 * The bytes of a gzip file, of one member or several, unpacked.
 * @param named the file, as a message should name it.
 */
export async function* gunzipped(bytes: AsyncIterable<Buffer>, named: string): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  // What goes wrong comes out of the stream below; a reader that stops early ends the pipeline with an error of its own.
  pipeline(bytes, gunzip).catch(() => undefined);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw invalidManifest(`${named} is not a whole gzip file: ${error.message}`);
  }
}

/** The bytes, unpacked if they are gzip, which their beginning tells. */
export async function* unpackedIfGzip(bytes: AsyncIterable<Buffer>, named: string): AsyncGenerator<Buffer> {
  const iterator = bytes[Symbol.asyncIterator]();
  let beginning = Buffer.alloc(0);
  let ended = false;
  while (beginning.length < GZIP.length && !ended) {
    const next = await iterator.next();
    if (next.done === true) ended = true;
    else beginning = Buffer.concat([beginning, next.value]);
  }
  async function* whole(): AsyncGenerator<Buffer> {
    try {
      if (beginning.length > 0) yield beginning;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  yield* isGzip(beginning) ? gunzipped(whole(), named) : whole();
}

/** The bytes as they come; throws where they are not UTF-8. */
export async function* checkedUtf8(bytes: AsyncIterable<Buffer>, named: string): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const check = (chunk?: Buffer): void => {
    try {
      decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw invalidManifest(`${named} is not UTF-8`);
    }
  };
  for await (const chunk of bytes) {
    check(chunk);
    yield chunk;
  }
  check();
}

/** The bytes as they come; throws at their end if they do not have this MD5 (hex). */
export async function* withMd5(bytes: AsyncIterable<Buffer>, md5: string, named: string): AsyncGenerator<Buffer> {
  const hash = createHash('md5');
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
  const found = hash.digest('hex');
  if (found === md5.toLowerCase()) return;
  throw invalidManifest(`${named} has the MD5 ${found}, but its manifest says ${md5}: it was changed, or is not whole`);
}

/** All bytes of a file that must be small. */
export async function wholeFile(bytes: AsyncIterable<Buffer>, most: number, named: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > most) throw invalidManifest(`${named} is larger than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isZlibError(error: unknown): error is { readonly code: string; readonly message: string } {
  return typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('Z_');
}
