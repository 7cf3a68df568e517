import type { Language } from './language.ts';
import { textElement, XML_DECLARATION } from './xml-encode.ts';

export interface ErrorDetails {
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
  /** S3's second id (`x-amz-id-2`). */
  readonly hostId: string;
}

/** The error document of S3 Control (the wrapped form, without namespace, as the live service has it), or its JSON. */
export function errorDocument(language: Language, { code, message, requestId, hostId }: ErrorDetails): string {
  if (language === 'json') return JSON.stringify({ Code: code, Message: message, RequestId: requestId });
  const error = `<Error>${textElement('Code', code)}${textElement('Message', message)}</Error>`;
  const ids = `${textElement('RequestId', requestId)}${textElement('HostId', hostId)}`;
  return `${XML_DECLARATION}<ErrorResponse>${error}${ids}</ErrorResponse>`;
}
