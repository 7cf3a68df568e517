import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress as unpackZstd } from 'fzstd';
import type { ColumnMetaData, Compressors } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** Bytes of one page, unpacked, at most: most writers make pages of one million, DuckDB of up to a hundred. */
export const LARGEST_PAGE = 128 * 1024 * 1024;

/**
 * The codecs of Parquet, none of which unpacks to more than it is told, whatever the bytes say; gzip and brotli are
 * Node's own.
 */
const safeDecompressors: Compressors = {
  ...compressors,
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  ZSTD: (input, length) => unpackZstd(input, new Uint8Array(length)),
};

/** A page's bytes. Throws where they are not of the length that its header says, which is checked before. */
export function unpacked(bytes: Uint8Array, length: number, { codec }: ColumnMetaData): Uint8Array {
  if (!(length >= 0 && length <= LARGEST_PAGE)) {
    throw new Error(`a page has ${length} bytes, more than ${LARGEST_PAGE}: write smaller pages or row groups`);
  }
  if (codec !== 'UNCOMPRESSED' && safeDecompressors[codec] === undefined) {
    throw new Error(`it is packed by ${codec ?? 'an unknown codec'}, which is not supported: use snappy, gzip or zstd`);
  }
  if (length === 0) return new Uint8Array(0);
  const found = codec === 'UNCOMPRESSED' ? bytes : safeDecompressors[codec]?.(bytes, length);
  if (found?.length !== length) throw new Error(`a page has ${found?.length} bytes, but its header says ${length}`);
  return found;
}
