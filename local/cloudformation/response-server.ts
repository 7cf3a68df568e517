import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const answerSchema = z.object({
  Status: z.enum(['SUCCESS', 'FAILED']),
  Reason: z.string().optional(),
  PhysicalResourceId: z.string().optional(),
});

/** What a custom resource's function says of it. */
export type CustomResourceAnswer = z.infer<typeof answerSchema>;

/** CloudFormation takes answers of at most 4,096 bytes. */
const LARGEST_ANSWER = 4_096;

/** Where functions put their answers, in place of the signed URLs of CloudFormation's bucket. */
export class ResponseServer {
  private readonly waiting = new Map<string, (answer: CustomResourceAnswer) => void>();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.take(request, response));
  }

  static async open(): Promise<ResponseServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ResponseServer(server);
  }

  /** A URL for one answer, and the answer: a failure when none comes in time. */
  expect(milliseconds: number): { readonly url: string; readonly answer: Promise<CustomResourceAnswer> } {
    const path = `/${randomUUID()}`;
    const answer = new Promise<CustomResourceAnswer>((resolve) => {
      const Reason = `its function has not answered for ${milliseconds / 1_000} seconds`;
      const timer = setTimeout(() => resolve({ Status: 'FAILED', Reason }), milliseconds);
      timer.unref();
      this.waiting.set(path, (given) => {
        clearTimeout(timer);
        resolve(given);
      });
    });
    return { url: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`, answer };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request).catch(() => '');
    const given = request.method === 'PUT' && body.length <= LARGEST_ANSWER ? parse(body) : undefined;
    const waiting = this.waiting.get(request.url ?? '');
    response.writeHead(given === undefined || waiting === undefined ? 400 : 200).end();
    if (given === undefined || waiting === undefined) return;
    this.waiting.delete(request.url ?? '');
    waiting(given);
  }
}

function parse(body: string): CustomResourceAnswer | undefined {
  try {
    const answer = answerSchema.safeParse(JSON.parse(body));
    return answer.success ? answer.data : undefined;
  } catch {
    return undefined;
  }
}
