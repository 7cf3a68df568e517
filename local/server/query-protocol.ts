import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { XMLBuilder } from 'fast-xml-parser';

/** What a service of the query protocol answers instead of a result. */
export class QueryRefusal extends Error {
  constructor(
    /** `AccessDenied`, `ValidationError`, … */
    readonly code: string,
    /** Of the HTTP answer. */
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** A service that takes forms with an `Action` and answers in XML. */
export interface QueryService {
  /** For people: SNS. */
  readonly name: string;
  /** Of the answers' XML. */
  readonly namespace: string;
  /**
   * The members of the action's result; undefined where it has none.
   *
   * @throws QueryRefusal
   */
  answer(action: string, form: URLSearchParams, request: IncomingMessage): Promise<object | undefined>;
}

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

/**
 * Answers a request of AWS's query protocol, errors included. Never rejects.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export async function answerQuery(
  service: QueryService,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = crypto.randomUUID();
  try {
    const form = await readForm(request);
    const action = form.get('Action') ?? '';
    const result = await service.answer(action, form, request);
    send(response, 200, requestId, {
      [`${action}Response`]: {
        '@xmlns': service.namespace,
        ...(result === undefined ? {} : { [`${action}Result`]: result }),
        ResponseMetadata: { RequestId: requestId },
      },
    });
  } catch (error) {
    sendError(service, response, requestId, error);
  }
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const body = await text(request);
  return body === '' ? new URL(request.url ?? '/', 'http://localhost').searchParams : new URLSearchParams(body);
}

function sendError(service: QueryService, response: ServerResponse, requestId: string, error: unknown): void {
  const refusal =
    error instanceof QueryRefusal
      ? error
      : new QueryRefusal('InternalFailure', 500, `The local ${service.name} has failed: ${String(error)}`);
  const problem = {
    Type: refusal.status < 500 ? 'Sender' : 'Receiver',
    Code: refusal.code,
    Message: refusal.message,
  };
  send(response, refusal.status, requestId, {
    ErrorResponse: { '@xmlns': service.namespace, Error: problem, RequestId: requestId },
  });
}

function send(response: ServerResponse, status: number, requestId: string, document: unknown): void {
  const body = builder.build(document);
  response.writeHead(status, {
    'content-type': 'text/xml',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': requestId,
  });
  response.end(body);
}
