import { STATUS_CODES } from 'node:http';
import type { HttpResponse } from '../signed-http/exchange.ts';
import { codeOfStatus, type Failure } from '../signed-http/failure.ts';
import { elementText } from './xml-text.ts';

/** An error document: its root is `Error`, whatever stands before it. */
const ERROR_DOCUMENT = /^\s*(?:<\?xml[^>]*>\s*)?<Error[\s>]/;

/**
 * What S3 answered instead of a success; undefined for a success.
 * @param errorIn200 whether a `200 OK` may carry an error document: S3 sends the status of slow requests (CopyObject,
 * CompleteMultipartUpload, UploadPartCopy, DeleteObjects) before it knows how they end.
 */
export function s3Failure(response: HttpResponse, errorIn200: boolean): Failure | undefined {
  const { status, headers } = response;
  const succeeded = status >= 200 && status < 300;
  // The body may be megabytes of an object, which nobody needs as text.
  if (succeeded && !errorIn200) return undefined;
  const { body } = response;
  const hasDocument = ERROR_DOCUMENT.test(body);
  if (succeeded && !hasDocument) return undefined;
  // HEAD has no body, a proxy's page is not S3's: then the status says what there is to say.
  const document = hasDocument ? body : '';
  const code = elementText(document, 'Code') ?? codeOfStatus(succeeded ? 500 : status);
  return {
    httpStatus: status,
    code,
    message: elementText(document, 'Message') ?? STATUS_CODES[status] ?? code,
    requestId: elementText(document, 'RequestId') ?? headers['x-amz-request-id'] ?? '',
    extendedRequestId: elementText(document, 'HostId') ?? headers['x-amz-id-2'] ?? '',
  };
}
