const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Longest line of a manifest, in bytes: a key of 1,024 bytes takes at most 3,072 encoded; the rest is room for columns
 * that are ignored. A bound keeps the memory of a file without line breaks flat.
 */
export const MAXIMUM_LINE_BYTES = 65_536;

/**
 * Cuts a stream of bytes into lines: calls `onLine` with each line's bytes, its line break (LF or CRLF) left out.
 * `onLine` answers false to stop reading. The last line needs no line break.
 *
 * [`from`, `end`) is the range of the file whose lines are wanted: those that *begin* in it. The stream must start one
 * byte before a `from` that is not the file's start, so that a line which begins exactly there is seen to begin, and may
 * go on past `end`, for the last line does.
 *
 * Throws LineTooLong.
 */
export async function readLines(
  bytes: AsyncIterable<Buffer>,
  range: { readonly from: number; readonly end: number },
  onLine: (line: Buffer) => boolean | Promise<boolean>,
): Promise<void> {
  const reader = new LineCutter(range);
  for await (const chunk of bytes) {
    for (const line of reader.feed(chunk)) {
      const more = onLine(line);
      if (!(more === true || (more !== false && (await more)))) return;
    }
    if (reader.ended) return;
  }
  const last = reader.finish();
  if (last !== undefined) await onLine(last);
}

/** A line longer than MAXIMUM_LINE_BYTES. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
}

class LineCutter {
  /** Offset in the file of the next byte to come. */
  private offset: number;
  /** Offset in the file where the pending line begins; undefined while skipping to the first beginning. */
  private lineStart: number | undefined;
  private pending: Buffer | undefined;
  ended = false;
  private readonly end: number;

  constructor(range: { readonly from: number; readonly end: number }) {
    this.offset = Math.max(0, range.from - 1);
    this.lineStart = range.from === 0 ? 0 : undefined;
    this.end = range.end;
  }

  *feed(chunk: Buffer): Generator<Buffer> {
    let position = 0;
    const chunkOffset = this.offset;
    this.offset += chunk.length;
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, position);
      if (newline === -1) break;
      if (this.lineStart !== undefined) {
        yield this.trim(this.join(chunk.subarray(position, newline)));
        this.pending = undefined;
      }
      this.lineStart = chunkOffset + newline + 1;
      position = newline + 1;
      if (this.lineStart >= this.end) {
        this.ended = true;
        return;
      }
    }
    if (this.lineStart !== undefined && position < chunk.length)
      this.pending = this.join(chunk.subarray(position), true);
  }

  /** The last line, when the file ends without a line break. */
  finish(): Buffer | undefined {
    if (this.pending === undefined || (this.lineStart === 0 && this.pending.equals(BYTE_ORDER_MARK))) return undefined;
    return this.trim(this.pending);
  }

  private join(piece: Buffer, copy = false): Buffer {
    const length = (this.pending?.length ?? 0) + piece.length;
    if (length > MAXIMUM_LINE_BYTES) throw new LineTooLong(`a line is longer than ${MAXIMUM_LINE_BYTES} bytes`);
    if (this.pending !== undefined) return Buffer.concat([this.pending, piece]);
    return copy ? Buffer.from(piece) : piece;
  }

  /** Without a byte order mark at the file's start, and without the CR of a CRLF. */
  private trim(line: Buffer): Buffer {
    const start = this.lineStart === 0 && line.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
    return line.subarray(start, line.at(-1) === CARRIAGE_RETURN ? -1 : undefined);
  }
}
