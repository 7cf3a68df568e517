import { createHash } from 'node:crypto';
import { type ChecksumAlgorithm, startChecksum } from '../checksums/checksum.ts';
import { type BodyStore, INLINE_LIMIT, type Slice, type StagedBody } from './body-store.ts';
import type { KnownDigests } from './digest-cache.ts';
import type { BodyReference } from './records.ts';

export interface CopiedBytes extends KnownDigests {
  readonly staged: StagedBody;
}

/**
 * A body of its own with the bytes from `start` up to, but not with, `end`. The bytes of files are not copied but linked,
 * since bodies never change; they are read once, for digests, unless the same bytes were read before.
 */
export async function copyBytes(
  bodies: BodyStore,
  source: BodyReference,
  range: { readonly start: number; readonly end: number },
  algorithm: ChecksumAlgorithm | undefined,
): Promise<CopiedBytes> {
  if (range.end - range.start <= INLINE_LIMIT) return copySmall(bodies, source, range, algorithm);
  const slices = join(bodies.slices(source, range.start, range.end));
  const { staged, pieces } = await stageSlices(bodies, slices);
  try {
    const digests = await bodies.digests.recall(nameOf(slices, algorithm), () =>
      digest(readAll(bodies, pieces), algorithm),
    );
    return { staged, ...digests };
  } catch (error) {
    await bodies.discard(staged);
    throw error;
  }
}

async function copySmall(
  bodies: BodyStore,
  source: BodyReference,
  { start, end }: { readonly start: number; readonly end: number },
  algorithm: ChecksumAlgorithm | undefined,
): Promise<CopiedBytes> {
  const read = await bodies.read(source, start, end);
  const bytes = Buffer.isBuffer(read) ? read : Buffer.concat((await read.toArray()) as Buffer[]);
  return { staged: bodies.stageBytes(bytes), ...(await digest([bytes], algorithm)) };
}

/** Makes one of slices that follow each other in one file. */
function join(slices: readonly Slice[]): Slice[] {
  const joined: Slice[] = [];
  for (const slice of slices) {
    const last = joined.at(-1);
    if (last?.body.at === 'file' && last.end === slice.start && originOf(last.body) === originOf(slice.body)) {
      joined[joined.length - 1] = { ...last, end: slice.end };
    } else joined.push(slice);
  }
  return joined;
}

async function stageSlices(
  bodies: BodyStore,
  slices: readonly Slice[],
): Promise<{ readonly staged: StagedBody; readonly pieces: readonly StagedBody[] }> {
  const ends = await Promise.allSettled(slices.map((slice) => bodies.stageSlice(slice)));
  const pieces = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) {
    await Promise.all(pieces.map((piece) => bodies.discard(piece)));
    throw failed.reason;
  }
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return { staged: only, pieces };
  const composition = bodies.stageComposition(pieces.map(({ reference }, n) => ({ number: n + 1, body: reference })));
  const changes = [...pieces.flatMap((piece) => piece.changes), ...composition.changes];
  return { staged: { reference: composition.reference, changes }, pieces };
}

/** The same name only ever means the same bytes: neither files nor values are ever rewritten, nor their ids used again. */
function nameOf(slices: readonly Slice[], algorithm: ChecksumAlgorithm | undefined): string {
  const hash = createHash('sha256');
  for (const { body, start, end } of slices) hash.update(`${originOf(body)} ${start} ${end}\n`);
  return `${algorithm ?? ''} ${hash.digest('base64')}`;
}

function originOf(body: BodyReference): string {
  return body.origin ?? body.id;
}

/** Reads what is staged, not the source, which may go meanwhile. */
async function* readAll(bodies: BodyStore, pieces: readonly StagedBody[]): AsyncGenerator<Buffer> {
  for (const { reference, changes } of pieces) {
    const [change] = changes;
    // A value is not in the index yet.
    const value = reference.at === 'index' && change?.type === 'put' ? change.value : undefined;
    const bytes = Buffer.isBuffer(value) ? value : await bodies.read(reference, 0, reference.size);
    if (Buffer.isBuffer(bytes)) yield bytes;
    else yield* bytes as AsyncIterable<Buffer>;
  }
}

async function digest(
  pieces: Iterable<Buffer> | AsyncIterable<Buffer>,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<KnownDigests> {
  const md5 = createHash('md5');
  const checksum = algorithm && startChecksum(algorithm);
  for await (const bytes of pieces) {
    md5.update(bytes);
    checksum?.update(bytes);
  }
  return { md5: md5.digest('hex'), ...(checksum && { checksum: checksum.digest().toString('base64') }) };
}
