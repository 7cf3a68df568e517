import { gunzipSync } from 'node:zlib';
import type { Compressors } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** Bytes of one page, unpacked, at most: writers make pages of about one million. */
export const LARGEST_PAGE = 256 * 1024 * 1024;

/** The codecs of Parquet; gzip is Node's own, which is faster. Pages have been looked at: none unpacks to too much. */
export const safeDecompressors: Compressors = {
  ...compressors,
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
};
