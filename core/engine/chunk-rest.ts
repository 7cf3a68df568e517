import type { ManifestChunk } from '../manifest/manifest-reader.ts';

/** Chunks that the rest of one is divided into at most: each reads the chunk's lines again, up to its own. */
const MOST_PIECES = 256;

/** Lines of a piece at least. */
const LEAST_LINES = 1_000;

/** The lines of a chunk that a call takes: of those that its reader gives, from 0. */
export interface LineWindow {
  readonly from: number;
  /** The first one that is not taken any more. */
  readonly end: number;
}

/**
 * What of a chunk a call left, as chunks for others: as many lines in each as the call did in its time.
 * @param left the lines that nobody did.
 * @param done how many lines the call did.
 */
export function restOf(source: ManifestChunk, left: LineWindow, done: number): ManifestChunk[] {
  const lines = left.end - left.from;
  const each = Math.max(done, LEAST_LINES, Math.ceil(lines / MOST_PIECES));
  return Array.from({ length: Math.ceil(lines / each) }, (_, piece) => {
    const from = left.from + piece * each;
    return { ...source, only: { from, end: Math.min(from + each, left.end) } };
  });
}
