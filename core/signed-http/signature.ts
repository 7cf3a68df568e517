import { createHmac, hash } from 'node:crypto';
import type { Credentials } from './credentials.ts';
import { signingKey } from './signing-key.ts';

/** What a signature says about a request. Header names are lower-case and include `host`; all of them are signed. */
export interface Signable {
  readonly method: string;
  /** Encoded once for S3; for every other service each segment of the path as sent is encoded once more. */
  readonly canonicalPath: string;
  readonly canonicalQuery: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Hex SHA-256 of the body. */
  readonly bodyHash: string;
}

/** The Region and service that a signature is good for. */
export interface Scope {
  readonly region: string;
  readonly service: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * Signs a request with AWS Signature Version 4 and answers its headers, complete: those given, `x-amz-date`,
 * `x-amz-security-token` where the credentials have one, and `authorization`.
 * Source: "Create a signed AWS API request", IAM User Guide.
 * @param now epoch milliseconds, by the service's clock.
 */
export function signedHeaders(
  request: Signable,
  credentials: Credentials,
  scope: Scope,
  now: number,
): Record<string, string> {
  const timestamp = amzDate(now);
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': timestamp };
  if (credentials.sessionToken !== undefined) headers['x-amz-security-token'] = credentials.sessionToken;

  const names = Object.keys(headers).sort();
  const signedNames = names.join(';');
  let canonical = `${request.method}\n${request.canonicalPath}\n${request.canonicalQuery}\n`;
  for (const name of names) canonical += `${name}:${canonicalValue(headers[name] ?? '')}\n`;
  canonical += `\n${signedNames}\n${request.bodyHash}`;

  const date = timestamp.slice(0, 8);
  const credentialScope = `${date}/${scope.region}/${scope.service}/aws4_request`;
  const toSign = `${ALGORITHM}\n${timestamp}\n${credentialScope}\n${sha256(canonical)}`;
  const key = signingKey(credentials.secretAccessKey, date, scope.region, scope.service);
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  headers.authorization =
    `${ALGORITHM} Credential=${credentials.accessKeyId}/${credentialScope}, ` +
    `SignedHeaders=${signedNames}, Signature=${signature}`;
  return headers;
}

/** Hex SHA-256. */
export function sha256(text: string | Uint8Array): string {
  return hash('sha256', text, 'hex');
}

function canonicalValue(value: string): string {
  return value.trim().replace(/ {2,}/g, ' ');
}

let lastSecond = Number.NaN;
let lastDate = '';

/** `YYYYMMDDTHHMMSSZ`. Formatting a date costs as much as hashing one, so the last second's is kept. */
function amzDate(now: number): string {
  const second = Math.floor(now / 1000);
  if (second !== lastSecond) {
    lastDate = `${new Date(second * 1000).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
    lastSecond = second;
  }
  return lastDate;
}
