import { createHash } from 'node:crypto';
import { type ChecksumAlgorithm, startChecksum } from '../checksums/checksum.ts';
import { type BodyStore, INLINE_LIMIT, type StagedBody } from './body-store.ts';
import type { BodyReference } from './records.ts';

export interface CopiedBytes {
  readonly staged: StagedBody;
  /** Hex. */
  readonly md5: string;
  /** Base64; set if an algorithm was given. */
  readonly checksum?: string;
}

/** Copies the bytes from `start` up to, but not with, `end` into a body of their own, with new digests. */
export async function copyBytes(
  bodies: BodyStore,
  source: BodyReference,
  range: { readonly start: number; readonly end: number },
  algorithm: ChecksumAlgorithm | undefined,
): Promise<CopiedBytes> {
  const md5 = createHash('md5');
  const checksum = algorithm && startChecksum(algorithm);
  const note = (bytes: Buffer): void => {
    md5.update(bytes);
    checksum?.update(bytes);
  };
  const bytes = await bodies.read(source, range.start, range.end);
  const pieces = Buffer.isBuffer(bytes) ? [bytes] : (bytes as AsyncIterable<Buffer>);
  const small = range.end - range.start <= INLINE_LIMIT;
  const staged = small ? await toBytes(bodies, pieces, note) : await toFile(bodies, pieces, note);
  return { staged, md5: md5.digest('hex'), ...(checksum && { checksum: checksum.digest().toString('base64') }) };
}

type Pieces = Iterable<Buffer> | AsyncIterable<Buffer>;

async function toBytes(bodies: BodyStore, pieces: Pieces, note: (bytes: Buffer) => void): Promise<StagedBody> {
  const collected: Buffer[] = [];
  for await (const piece of pieces) {
    note(piece);
    collected.push(piece);
  }
  return bodies.stageBytes(Buffer.concat(collected));
}

async function toFile(bodies: BodyStore, pieces: Pieces, note: (bytes: Buffer) => void): Promise<StagedBody> {
  const writer = await bodies.startFile();
  try {
    for await (const piece of pieces) {
      note(piece);
      await writer.write(piece);
    }
    return await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
