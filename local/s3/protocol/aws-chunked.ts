import { S3Error } from '../s3-error.ts';

const LONGEST_LINE = 8 * 1024;
const CHUNK_LINE = /^([0-9a-fA-F]{1,12})(?:;.*)?$/;

/**
 * Takes the aws-chunked framing off a body that arrives in pieces, and keeps the trailers. Chunk signatures are not
 * looked at: the local cloud has no secrets to check them with.
 */
export class AwsChunkedDecoder {
  readonly trailers = new Map<string, string>();
  #state: 'size' | 'data' | 'data-end' | 'trailer' | 'done' = 'size';
  #left = 0;
  #line = '';

  /** The bytes of the body that this piece completes. Throws IncompleteBody where the framing is broken. */
  push(piece: Buffer): Buffer[] {
    const output: Buffer[] = [];
    for (let at = 0; at < piece.length; ) {
      if (this.#state === 'done') throw broken();
      if (this.#state === 'data') {
        const end = Math.min(at + this.#left, piece.length);
        output.push(piece.subarray(at, end));
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#state = 'data-end';
      } else {
        at = this.#takeLine(piece, at);
      }
    }
    return output;
  }

  /** Throws IncompleteBody if the last chunk has not come. */
  end(): void {
    // Some clients leave out the empty line after the last trailer.
    if (this.#state === 'trailer' && this.#line !== '') this.#readLine(this.#line);
    if (this.#state !== 'done' && this.#state !== 'trailer') throw broken();
  }

  #takeLine(piece: Buffer, from: number): number {
    const feed = piece.indexOf(0x0a, from);
    const end = feed < 0 ? piece.length : feed;
    this.#line += piece.toString('latin1', from, end);
    if (this.#line.length > LONGEST_LINE) throw broken();
    if (feed < 0) return piece.length;
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line;
    this.#line = '';
    this.#readLine(line);
    return feed + 1;
  }

  #readLine(line: string): void {
    if (this.#state === 'data-end') {
      if (line !== '') throw broken();
      this.#state = 'size';
    } else if (this.#state === 'size') {
      const size = CHUNK_LINE.exec(line)?.[1];
      if (size === undefined) throw broken();
      this.#left = Number.parseInt(size, 16);
      this.#state = this.#left === 0 ? 'trailer' : 'data';
    } else if (line === '') {
      this.#state = 'done';
    } else {
      const colon = line.indexOf(':');
      if (colon < 0) throw new S3Error('MalformedTrailerError');
      this.trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
    }
  }
}

function broken(): S3Error {
  return new S3Error('IncompleteBody', 'The request body is not valid aws-chunked content');
}
