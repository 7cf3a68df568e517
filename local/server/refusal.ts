import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Answers with an error that AWS clients can read whatever protocol they speak: JSON to those that sent JSON,
 * XML to the rest.
 */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: { readonly status: number; readonly code: string; readonly message: string },
): void {
  const requestId = randomUUID();
  const json = 'x-amz-target' in request.headers || /json|cbor/.test(request.headers['content-type'] ?? '');
  const text = json
    ? JSON.stringify({ __type: error.code, message: error.message })
    : `<?xml version="1.0" encoding="UTF-8"?>\n<ErrorResponse><Error><Type>Sender</Type><Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  // What the client is still sending is read and thrown away, or it would not get to see the answer.
  request.resume();
  response.writeHead(error.status, {
    'content-type': json ? 'application/x-amz-json-1.0' : 'application/xml',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': error.code,
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
