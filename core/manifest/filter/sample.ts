import { createHash } from 'node:crypto';
import type { ManifestFilter } from '../../job/manifest-filter.ts';
import type { RowFilter } from './row-predicate.ts';

/** Bytes of a hash that are drawn by: what a number holds exactly. */
const DRAWN_BYTES = 6;

/**
 * Some of the objects. Each is drawn by a hash of its bucket, key and version, so that it does not matter in which order
 * or by how many function calls the manifest is read, and a second job draws the same ones.
 */
export function sampleFilter({ OneIn, Share, Seed = '' }: NonNullable<ManifestFilter['Sample']>): RowFilter {
  const bound = (OneIn === undefined ? (Share ?? 1) : 1 / OneIn) * 2 ** (8 * DRAWN_BYTES);
  return (_, { bucket, key, versionId = '' }) => {
    const hash = createHash('sha256').update(`${Seed}\0${bucket}\0${key}\0${versionId}`).digest();
    return hash.readUIntBE(0, DRAWN_BYTES) < bound;
  };
}
