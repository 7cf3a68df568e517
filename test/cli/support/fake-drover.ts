import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as it came in. */
export interface Received {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What is answered. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is; anything else as JSON. */
  readonly body?: unknown;
}

/** A small HTTP server in place of Drover and S3: answers by rule and remembers what it was asked. */
export class FakeDrover {
  readonly received: Received[] = [];

  private constructor(
    private readonly server: Server,
    readonly endpoint: string,
  ) {}

  static async start(answer: (request: Received) => Answer): Promise<FakeDrover> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const fake = new FakeDrover(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', async (request, response) => {
      const received = {
        method: request.method ?? '',
        target: request.url ?? '',
        headers: request.headers,
        body: await text(request),
      };
      fake.received.push(received);
      const { status = 200, headers = {}, body } = answer(received);
      response.writeHead(status, headers);
      response.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
    });
    return fake;
  }

  /** The requests as `METHOD target`. */
  get requests(): string[] {
    return this.received.map((request) => `${request.method} ${request.target}`);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
