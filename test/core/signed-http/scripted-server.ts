import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Which of the server's connections brought it. */
  readonly socket: Socket;
}

/** An answer, or what is done to the connection instead of one. */
export type Step =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** Closes the connection. */
  | 'reset'
  /** Never answers. */
  | 'silence'
  | ((request: SeenRequest, response: ServerResponse) => void);

/** A loopback HTTP server that answers by a script: each request its step, the last step for all that follow. */
export class ScriptedServer {
  readonly requests: SeenRequest[] = [];
  readonly sockets = new Set<Socket>();
  peakSockets = 0;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  private constructor(private readonly steps: readonly Step[]) {
    this.#server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      this.peakSockets = Math.max(this.peakSockets, this.sockets.size);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('error', () => {});
    });
  }

  static async start(...steps: readonly Step[]): Promise<ScriptedServer> {
    const server = new ScriptedServer(steps);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers, socket } = request;
    const seen = { method, url, headers, body: Buffer.concat(chunks).toString(), socket };
    const step = this.steps[Math.min(this.requests.length, this.steps.length - 1)];
    this.requests.push(seen);
    if (step === undefined || step === 'silence') return;
    if (step === 'reset') socket.destroy();
    else if (typeof step === 'function') step(seen, response);
    else response.writeHead(step.status, step.headers).end(step.body);
  }
}

/** S3's error document. */
export function s3Error(status: number, code: string, more = ''): Step {
  const body =
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<Error><Code>${code}</Code><Message>Said ${code}</Message>${more}` +
    '<RequestId>REQ1</RequestId><HostId>HOST1=</HostId></Error>';
  return { status, headers: { 'content-type': 'application/xml' }, body };
}
