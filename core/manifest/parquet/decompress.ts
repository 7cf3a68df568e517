import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { ColumnMetaData, Compressors } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { unpackZstd } from './zstd.ts';

/** Bytes of one page, unpacked, at most: most writers make pages of one million, DuckDB of up to a hundred. */
const LARGEST_PAGE = 128 * 1024 * 1024;

/**
 * The codecs of Parquet, none of which unpacks to more than it is told, whatever the bytes say; gzip and brotli are
 * Node's own.
 */
const safeDecompressors: Compressors = {
  ...compressors,
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  ZSTD: unpackZstd,
};

/** Throws where a page has, or is said to have, more bytes than are unpacked. */
export function requirePageSize(length: number): void {
  if (Number.isInteger(length) && length >= 0 && length <= LARGEST_PAGE) return;
  throw new Error(`a page has ${length} bytes, more than ${LARGEST_PAGE}: write smaller pages or row groups`);
}

/** A page's bytes. Throws where they are not of the length that its header says, which is checked before. */
export function unpacked(bytes: Uint8Array, length: number, { codec }: ColumnMetaData): Uint8Array {
  requirePageSize(length);
  if (codec !== 'UNCOMPRESSED' && safeDecompressors[codec] === undefined) {
    throw new Error(`it is packed by ${codec ?? 'an unknown codec'}, which is not supported: use snappy, gzip or zstd`);
  }
  if (length === 0) return new Uint8Array(0);
  const found = codec === 'UNCOMPRESSED' ? bytes : whole(() => safeDecompressors[codec]?.(bytes, length), length);
  if (found?.length !== length) throw new Error(`a page has ${found?.length} bytes, but its header says ${length}`);
  return found;
}

function whole(unpack: () => Uint8Array | undefined, length: number): Uint8Array | undefined {
  try {
    return unpack();
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    throw new Error(`a page unpacks to more bytes than its header says (${length})`, { cause: error });
  }
}
