import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject } from '../language/payload.ts';
import { StepFunctionsError } from '../service-error.ts';
import type { Request } from './request-fields.ts';

/** An operation: the members of a request to those of its answer. Throws a StepFunctionsError to refuse. */
export type Operation = (request: Request) => Promise<object>;

const TARGET_PREFIX = 'AWSStepFunctions.';

/** "Maximum request size: 1 MB per request", as the quota page has it. */
const LARGEST_REQUEST = 1_048_576;

/** Answers one request in AWS's JSON 1.0 protocol. */
export async function answer(
  operations: Readonly<Record<string, Operation>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = await readBody(request);
    const target = String(request.headers['x-amz-target'] ?? '');
    const name = target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : '';
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation === undefined) {
      const message = `The operation '${target}' of Step Functions is not known to the local cloud`;
      throw new StepFunctionsError('UnknownOperationException', message);
    }
    send(response, 200, await operation(parse(body)));
  } catch (error) {
    if (error instanceof StepFunctionsError) {
      send(response, 400, { __type: error.type, message: error.message });
    } else if (request.readableAborted) {
      // The client went away; there is nobody to answer.
      response.destroy();
    } else {
      console.error('Step Functions:', error);
      send(response, 500, { __type: 'InternalFailure', message: 'The local Step Functions failed; see its log' });
    }
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    // Read to its end all the same, so that the client hears the answer.
    if (size <= LARGEST_REQUEST) parts.push(part);
  }
  if (size > LARGEST_REQUEST) {
    throw new StepFunctionsError('RequestEntityTooLargeException', `A request is at most ${LARGEST_REQUEST} bytes`);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parse(body: string): Request {
  try {
    const members: unknown = JSON.parse(body === '' ? '{}' : body);
    if (isObject(members)) return members;
  } catch {
    // Answered below, as what is JSON but no object.
  }
  throw new StepFunctionsError('SerializationException', 'The body of the request must be a JSON object');
}

function send(response: ServerResponse, status: number, members: object): void {
  const body = JSON.stringify(members);
  response.writeHead(status, {
    'Content-Type': 'application/x-amz-json-1.0',
    'Content-Length': Buffer.byteLength(body),
    'x-amzn-RequestId': randomUUID(),
  });
  response.end(body);
}
