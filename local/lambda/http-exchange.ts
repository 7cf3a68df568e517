import type { IncomingMessage, ServerResponse } from 'node:http';
import { LambdaRefusal } from './refusal.ts';

/** A request to Lambda's API, taken apart. */
export interface LambdaRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** The answer's `x-amzn-requestid`, and an invocation's id. */
  readonly requestId: string;
  /**
   * The whole body.
   *
   * @throws LambdaRefusal when it has more than `limit` bytes.
   */
  readBody(limit: number, tooLarge: LambdaRefusal): Promise<Buffer>;
}

/** What Lambda's API answers. */
export interface LambdaAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a string as it is. */
  readonly body?: unknown;
}

/** Only the path and the query of a request's target count. */
const BASE = 'http://localhost';

/** Takes a request apart. Its body stays unread. */
export function readRequest(request: IncomingMessage): LambdaRequest {
  const target = request.url ?? '/';
  const url = new URL(URL.canParse(target, BASE) ? target : '/', BASE);
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    requestId: crypto.randomUUID(),
    readBody: (limit, tooLarge) => readBody(request, limit, tooLarge),
  };
}

async function readBody(request: IncomingMessage, limit: number, tooLarge: LambdaRefusal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    // The rest is read all the same: a client that is still sending would not see the answer.
    if (size <= limit) chunks.push(chunk);
  }
  if (size > limit) throw tooLarge;
  return Buffer.concat(chunks);
}

/** Sends an answer. */
export function sendAnswer(response: ServerResponse, requestId: string, { status, headers, body }: LambdaAnswer): void {
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    ...headers,
    // 204 has no body, and says so by having no length either.
    ...(status === 204 ? {} : { 'content-length': Buffer.byteLength(text) }),
  });
  response.end(status === 204 ? undefined : text);
}

/** What Lambda's API answers to a request that failed. */
export function answerError(error: unknown): LambdaAnswer {
  if (!(error instanceof LambdaRefusal)) {
    const reason = error instanceof Error ? error.message : String(error);
    return answerError(new LambdaRefusal('ServiceException', 500, `The local Lambda has failed: ${reason}`));
  }
  const { name, status, message, members } = error;
  return {
    status,
    headers: { 'x-amzn-errortype': name },
    // Lambda spells this member now one way, now the other; clients read the one that their model has.
    body: { Type: status < 500 ? 'User' : 'Service', Message: message, message, ...members },
  };
}
