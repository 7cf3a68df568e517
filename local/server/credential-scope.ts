import type { IncomingMessage } from 'node:http';

/** Who signed a request, and for which service. */
export interface CredentialScope {
  readonly accessKeyId: string;
  /** The signing name: `s3`, `dynamodb`, `execute-api`, … */
  readonly service: string;
}

/**
 * The credential scope of a signed request (Signature Version 4, 4A or, for S3, 2; in the header or, presigned, in the
 * query), or undefined when the request is not signed.
 */
export function credentialScopeOf(request: IncomingMessage): CredentialScope | undefined {
  const { authorization } = request.headers;
  const old = authorization?.match(/^AWS ([^:]+):/);
  if (old?.[1]) {
    return { accessKeyId: old[1], service: 's3' };
  }
  const credential = authorization?.startsWith('AWS4-')
    ? authorization.match(/Credential=([^,\s]+)/)?.[1]
    : new URLSearchParams(request.url?.split('?')[1] ?? '').get('X-Amz-Credential');
  // Access key / date / Region (not with 4A) / service / aws4_request. An access key may hold slashes, the rest not.
  const parts = credential?.split('/') ?? [];
  const service = parts.at(-2);
  const scopeLength = authorization?.startsWith('AWS4-ECDSA') ? 3 : 4;
  if (!service || parts.length <= scopeLength) {
    return undefined;
  }
  return { accessKeyId: parts.slice(0, -scopeLength).join('/'), service };
}
