import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { S3Error } from '../s3-error.ts';
import type { Call } from './call.ts';
import { element, errorDocument } from './xml-writer.ts';

export type Headers = Record<string, string | number>;

const HOST_ID = randomBytes(48).toString('base64');
let requests = randomBytes(4).readUInt32BE();

/** Sixteen characters, like S3's. */
export function newRequestId(): string {
  requests = (requests + 1) % 0x1_0000_0000_0000;
  return requests.toString(36).toUpperCase().padStart(16, 'DROVERS3LOCAL000');
}

export function baseHeaders(requestId: string): Headers {
  return { 'x-amz-request-id': requestId, 'x-amz-id-2': HOST_ID, server: 'AmazonS3' };
}

export function sendEmpty(call: Call, status: number, headers: Headers = {}): void {
  const length: Headers = status === 204 || status === 304 ? {} : { 'content-length': 0 };
  call.response.writeHead(status, { ...baseHeaders(call.requestId), ...headers, ...length }).end();
}

export function sendXml(call: Call, xml: string, headers: Headers = {}): void {
  const body = Buffer.from(xml);
  call.response
    .writeHead(200, {
      ...baseHeaders(call.requestId),
      ...headers,
      'content-type': 'application/xml',
      'content-length': body.length,
    })
    .end(body);
}

/** Answers with S3's error document; with headers only to HEAD and where HTTP allows no body. */
export function sendError(
  response: ServerResponse,
  error: S3Error,
  request: { readonly id: string; readonly method: string; readonly resource: string },
): void {
  const headers: Headers = { ...baseHeaders(request.id), ...error.headers };
  if (request.method === 'HEAD' || error.status === 304) {
    response.writeHead(error.status, headers).end();
    return;
  }
  const details = Object.entries(error.details).map(([name, value]) => element(name, value));
  const body = Buffer.from(
    errorDocument(
      element('Code', error.code) +
        element('Message', error.message) +
        details.join('') +
        (error.details.Resource === undefined ? element('Resource', request.resource) : '') +
        element('RequestId', request.id) +
        element('HostId', HOST_ID),
    ),
  );
  response
    .writeHead(error.status, { ...headers, 'content-type': 'application/xml', 'content-length': body.length })
    .end(body);
}
