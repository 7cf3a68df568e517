import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Target } from './target.ts';

/** A request of the job API, before it is signed. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From `/v20180820` on; the endpoint's own path (a stage) is put before it. */
  readonly path: string;
  /** A list stands for a repeated parameter. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  /** JSON text. */
  readonly body?: string;
}

/** What `fetch` takes. */
export interface SignedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Signs a request with SigV4 for the service and Region of the target. */
export async function signRequest(target: Target, account: string, request: ApiRequest): Promise<SignedRequest> {
  const base = new URL(target.endpoint);
  const path = `${base.pathname.replace(/\/+$/, '')}${request.path}`;
  const query = Object.fromEntries(
    Object.entries(request.query ?? {}).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
  const signer = new SignatureV4({
    service: target.signingService,
    region: target.region,
    credentials: target.credentials,
    sha256: Sha256,
    uriEscapePath: target.signingService !== 's3',
  });
  const signed = await signer.sign({
    method: request.method,
    protocol: base.protocol,
    hostname: base.hostname,
    path,
    query,
    headers: {
      host: base.host,
      accept: 'application/json',
      'x-amz-account-id': account,
      ...(request.body !== undefined && { 'content-type': 'application/json' }),
    },
    body: request.body ?? '',
  });
  const { host: _host, ...headers } = signed.headers;
  return {
    url: `${base.origin}${path}${queryText(query)}`,
    method: request.method,
    headers,
    ...(request.body !== undefined && { body: request.body }),
  };
}

/** Percent-encoded as the signature has it: a space is %20, never a plus. */
function queryText(query: Readonly<Record<string, string | readonly string[]>>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((each) => `${encode(name)}=${encode(each)}`),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
