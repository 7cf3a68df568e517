import { constants, gunzipSync } from 'node:zlib';
import { CommandError } from '../errors.ts';

/** So much of a file is read to tell how long its lines are. */
export const BEGINNING_BYTES = 64 * 1024;

const LINE_FEED = 0x0a;

/** What the beginning of a file of lines tells of the whole. */
export interface LineSample {
  readonly lines: number;
  /** Whether `lines` was counted and not reckoned. */
  readonly exact: boolean;
  /** The whole lines that were seen. */
  readonly seen: readonly string[];
}

/**
 * How many lines a file has, by its first bytes, plain or gzip.
 * @param size bytes of the whole file, more than none.
 * @throws CommandError for what says that it is gzip and is not.
 */
export function sampleLines(beginning: Buffer, size: number, name: string): LineSample {
  const whole = beginning.length >= size;
  const text = isGzip(beginning) ? unzipped(beginning, whole, name) : beginning;
  const end = whole ? text.length : text.lastIndexOf(LINE_FEED) + 1;
  const seen = text
    .subarray(0, end)
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  if (whole) return { lines: seen.length, exact: true, seen };
  // A line longer than all that was read: no manifest has such.
  if (end === 0) return { lines: 1, exact: false, seen };
  const bytesPerLine = (end / seen.length) * (beginning.length / text.length);
  return { lines: Math.max(1, Math.round(size / bytesPerLine)), exact: false, seen };
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function unzipped(bytes: Buffer, whole: boolean, name: string): Buffer {
  try {
    return gunzipSync(bytes, whole ? {} : { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw new CommandError(`${name} begins as gzip does, and cannot be unpacked.`, 'ManifestUnreadable', {
      cause: error,
    });
  }
}
