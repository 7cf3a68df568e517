import { S3Error } from '../s3-error.ts';

/** Bytes from `start` up to, but not with, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const RANGE = /^bytes=(\d*)-(\d*)$/;

/**
 * The range that a Range header asks of `size` bytes; undefined for the whole, which a header that makes no sense means
 * too. Throws InvalidRange (416).
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  if (header === undefined) return undefined;
  const match = RANGE.exec(header.trim());
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const start = Math.max(size - Number(last), 0);
    if (Number(last) === 0 || size === 0) throw unsatisfiable(header, size);
    return { start, end: size };
  }
  if (last !== '' && Number(last) < Number(first)) return undefined;
  if (Number(first) >= size) throw unsatisfiable(header, size);
  return { start: Number(first), end: last === '' ? size : Math.min(Number(last) + 1, size) };
}

function unsatisfiable(header: string, size: number): S3Error {
  return new S3Error(
    'InvalidRange',
    undefined,
    { RangeRequested: header, ActualObjectSize: String(size) },
    { 'content-range': `bytes */${size}` },
  );
}
