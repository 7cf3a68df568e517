import type { Client, Dispatcher } from 'undici';
import { onAbort } from './abort-listeners.ts';
import type { Connections } from './connections.ts';

/** One request, as it goes over the wire. */
export interface HttpRequest {
  /** `http(s)://host[:port]`. */
  readonly origin: string;
  readonly method: string;
  /** Encoded path and query; sent exactly so. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: Buffer | undefined;
  /** Milliseconds without an answer, or between two pieces of it. */
  readonly timeout: number;
  /** Bytes of the answer's body that are read; more is cut off. */
  readonly maxBodyBytes: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it came, and as UTF-8 text. */
  readonly bytes: Buffer;
  readonly body: string;
  /** The body was longer than asked for. */
  readonly truncated: boolean;
}

const NO_BYTES = Buffer.alloc(0);

/** An answer that is made into text when somebody reads it as such, once. */
class ReceivedResponse implements HttpResponse {
  #text: string | undefined;

  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    readonly bytes: Buffer,
    readonly truncated: boolean,
  ) {}

  get body(): string {
    this.#text ??= this.bytes.toString();
    return this.#text;
  }
}

/**
 * One request and its answer, whatever its status, on a socket of its own while it lasts. undici's `dispatch` is used
 * as it is: the streams and promises of its `request` cost more than signing does.
 * Rejects with the signal's reason when it is aborted, else with undici's or Node's error when there is no answer.
 */
export async function exchange(
  connections: Connections,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const free = connections.acquire(request.origin, signal);
  const client = free instanceof Promise ? await free : free;
  try {
    return await sendOn(client, request, signal);
  } finally {
    connections.release(request.origin, client);
  }
}

function sendOn(client: Client, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const options: Dispatcher.DispatchOptions = {
      method: request.method,
      path: request.path,
      headers: request.headers,
      body: request.body ?? null,
      headersTimeout: request.timeout,
      bodyTimeout: request.timeout,
      // undici closes the connection after a HEAD, for servers that answer it with a body: a handshake for each look. What
      // such a server sends is no answer to the next request, which is then sent again.
      ...(request.method === 'HEAD' ? { reset: false } : {}),
    };
    client.dispatch(options, new Exchange(request.maxBodyBytes, signal, resolve, reject));
  });
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  #room: number;
  #status = 0;
  #headers: Record<string, string> = {};
  #controller: Dispatcher.DispatchController | undefined;
  readonly #forgetAbort: () => void;

  constructor(
    maxBodyBytes: number,
    private readonly signal: AbortSignal,
    private readonly resolve: (response: HttpResponse) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    this.#room = maxBodyBytes;
    this.#forgetAbort = onAbort(signal, () => this.#abort());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.signal.aborted) this.#abort();
  }

  onResponseStart(_: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    // 1xx answers come before the real one.
    this.#status = status;
    this.#headers = flat(headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (chunk.length <= this.#room) {
      this.#room -= chunk.length;
      this.#chunks.push(chunk);
      return;
    }
    this.#chunks.push(chunk.subarray(0, this.#room));
    this.#finish(true);
    controller.abort(new Error('The answer is longer than was asked for.'));
  }

  onResponseEnd(): void {
    this.#finish(false);
  }

  onResponseError(_: unknown, error: Error): void {
    this.#forgetAbort();
    this.reject(this.signal.aborted ? this.signal.reason : error);
  }

  #finish(truncated: boolean): void {
    this.#forgetAbort();
    const [first] = this.#chunks;
    const bytes = first === undefined ? NO_BYTES : this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.resolve(new ReceivedResponse(this.#status, this.#headers, bytes, truncated));
  }

  #abort(): void {
    // Not started yet: the socket may take seconds to open, which is no reason to wait.
    if (this.#controller === undefined) this.reject(this.signal.reason);
    else this.#controller.abort(new Error('The request was given up.'));
  }
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  for (const name in headers) {
    const value = headers[name];
    if (typeof value !== 'string') headers[name] = value?.join(', ') ?? '';
  }
  return headers as Record<string, string>;
}
