import { STATUS_CODES } from 'node:http';
import type { HttpResponse } from '../signed-http/exchange.ts';
import { codeOfStatus, type Failure } from '../signed-http/failure.ts';

/**
 * What Lambda answered instead of calling the function; undefined when it called it. The code stands in a header, with
 * or without the address of its documentation behind a colon; the message is a member of a JSON document, spelled
 * `Message` by Lambda and `message` by what stands before it.
 */
export function lambdaFailure(response: HttpResponse): Failure | undefined {
  const { status, headers, body } = response;
  if (status === 200) return undefined;
  const document = jsonObject(body);
  const code = headers['x-amzn-errortype'] ?? text(document.__type)?.replace(/^.*#/, '') ?? codeOfStatus(status);
  return {
    httpStatus: status,
    code: code.replace(/:.*$/s, ''),
    message: text(document.Message) ?? text(document.message) ?? STATUS_CODES[status] ?? code,
    requestId: headers['x-amzn-requestid'] ?? '',
    extendedRequestId: '',
  };
}

function jsonObject(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
