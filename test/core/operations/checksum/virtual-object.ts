import type { TaskNotes } from '../../../../core/operations/task-notes.ts';
import type { S3DataClient, S3Reply } from '../../../../core/s3/s3-data-client.ts';
import type { S3Request } from '../../../../core/s3/s3-request.ts';
import { refusal } from '../task-context.ts';

const MAXIMUM = 4 * 1024 * 1024;
/** Of a length that no range is a multiple of, so that each range has bytes of its own. */
const PATTERN = Buffer.from(Array.from({ length: 251 }, (_, n) => n));
const BYTES = Buffer.alloc(MAXIMUM + PATTERN.length, PATTERN);

/** An S3 with one object, of any size: its bytes are made when they are read. */
export class VirtualObject implements S3DataClient {
  etag = '"v1"';
  readonly requests: S3Request[] = [];
  /** Called before each answer. */
  before: () => void = () => undefined;

  /** @param parts bytes of each part of its upload. */
  constructor(private readonly parts: readonly number[]) {}

  get size(): number {
    return this.parts.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Bytes of the object, at most as many as a request may ask for. */
  static bytes(from: number, to: number): Buffer {
    return BYTES.subarray(from % PATTERN.length, (from % PATTERN.length) + to - from);
  }

  async send(request: S3Request, signal: AbortSignal): Promise<S3Reply> {
    await Promise.resolve();
    signal.throwIfAborted();
    this.requests.push(request);
    this.before();
    const { headers = {}, query = {} } = request;
    if (![undefined, this.etag].includes(headers['if-match'])) return refusal(412, 'PreconditionFailed', 'Changed');
    if (query.partNumber !== undefined) return this.part(Number(query.partNumber));
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    const bytes = VirtualObject.bytes(Number(first), Math.min(Number(last) + 1, this.size));
    return this.answer(206, bytes, { 'content-range': `bytes ${first}-${last}/${this.size}` });
  }

  private part(number: number): S3Reply {
    const length = String(this.parts[number - 1]);
    const headers = { 'content-length': length, 'x-amz-mp-parts-count': String(this.parts.length) };
    return this.answer(206, Buffer.alloc(0), headers);
  }

  private answer(httpStatus: number, bytes: Buffer, headers: Record<string, string>): S3Reply {
    return { ok: true, httpStatus, bytes, body: '', headers: { ...headers, etag: this.etag } };
  }
}

/** Notes in memory, as JSON. */
export class KeptNotes implements TaskNotes {
  readonly kept = new Map<string, string>();

  async read(taskId: string): Promise<unknown> {
    const note = this.kept.get(taskId);
    return note === undefined ? undefined : JSON.parse(note);
  }

  async write(taskId: string, value: unknown): Promise<void> {
    this.kept.set(taskId, JSON.stringify(value));
  }
}
