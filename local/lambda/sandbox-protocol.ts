/*
 * How a sandbox (one process of one function) and the service talk: over a socket that the process finds at
 * descriptor 3, in frames of one line of JSON with a `length`, then that many bytes. Payloads are not part of the
 * line, so that megabytes are neither escaped nor parsed on their way.
 */

/** To the sandbox: an event to handle. The frame's bytes are the event. */
export interface InvokeFrame {
  /** The request id. */
  readonly id: string;
  /** The ARN that the caller named. */
  readonly functionArn: string;
  /** When the sandbox is killed, in milliseconds since 1970. */
  readonly deadline: number;
  /** Bytes that the answer may have. */
  readonly responseLimit: number;
}

/** From the sandbox. The frame's bytes are the answer, or the error as Lambda words it. */
export interface SandboxFrame {
  readonly kind: 'ready' | 'init-error' | 'result' | 'error';
  /** The request id; with `result` and `error` only. */
  readonly id?: string;
  /** The peak of resident memory so far, in KiB. */
  readonly memory?: number;
  /** True when the process ends after this frame, for an error that nobody caught. */
  readonly ending?: boolean;
  readonly length: number;
}

const LINE_FEED = 0x0a;

/** The bytes of one frame. */
export function encodeFrame(header: InvokeFrame, body: string): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(`${JSON.stringify({ ...header, length: bytes.length })}\n`), bytes]);
}

/** Cuts what a sandbox sends into frames. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private size = 0;
  /** Bytes of the frame that has begun, header line included; 0 while that is not known. */
  private needed = 0;

  constructor(private readonly onFrame: (header: SandboxFrame, body: string) => void) {}

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
    while (this.size > 0 && this.size >= this.needed) {
      if (!this.readFrame(Buffer.concat(this.chunks))) return;
    }
  }

  private readFrame(bytes: Buffer): boolean {
    this.chunks = [bytes];
    const headerEnd = bytes.indexOf(LINE_FEED);
    if (headerEnd < 0) return false;
    const header: SandboxFrame = JSON.parse(bytes.toString('utf8', 0, headerEnd));
    this.needed = headerEnd + 1 + header.length;
    if (this.size < this.needed) return false;
    const body = bytes.toString('utf8', headerEnd + 1, this.needed);
    this.chunks = [bytes.subarray(this.needed)];
    this.size -= this.needed;
    this.needed = 0;
    this.onFrame(header, body);
    return true;
  }
}
