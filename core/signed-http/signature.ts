import { hash } from 'node:crypto';
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

/** The headers of a request as far as they do not depend on its path: those given, the date and the token. */
interface HeaderBlock {
  readonly given: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  readonly timestamp: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of `headers`, in their order. */
  readonly names: readonly string[];
  readonly sorted: readonly SortedHeader[];
  /** Sorted and joined, as a signature names them. */
  readonly joined: string;
  /** As a signature hashes them: a line each. */
  readonly canonical: string;
}

interface SortedHeader {
  readonly name: string;
  readonly value: string;
  readonly line: string;
}

/** Tasks that follow one another often differ in the path alone: what the last one's headers came to is kept. */
let lastBlock: HeaderBlock | undefined;

/**
 * Signs a request with AWS Signature Version 4 and answers its headers, complete: those given, `x-amz-date`,
 * `x-amz-security-token` where the credentials have one, and `authorization`. The headers given must not change later.
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
  const { headers, joined, canonical } = headerBlock(request.headers, credentials, timestamp);
  const { method, canonicalPath, canonicalQuery, bodyHash } = request;
  const hashed = sha256(`${method}\n${canonicalPath}\n${canonicalQuery}\n${canonical}\n${joined}\n${bodyHash}`);
  const key = signingKey(credentials, timestamp.slice(0, 8), scope.region, scope.service);
  const signature = key.hmac.sign(`${ALGORITHM}\n${timestamp}\n${key.scope}\n${hashed}`);
  const authorization =
    `${ALGORITHM} Credential=${credentials.accessKeyId}/${key.scope}, ` +
    `SignedHeaders=${joined}, Signature=${signature}`;
  return { ...headers, authorization };
}

function headerBlock(given: HeaderBlock['given'], credentials: Credentials, timestamp: string): HeaderBlock {
  const last = lastBlock;
  if (last?.given === given && last.credentials === credentials && last.timestamp === timestamp) return last;
  const headers: Record<string, string> = { ...given, 'x-amz-date': timestamp };
  if (credentials.sessionToken !== undefined) headers['x-amz-security-token'] = credentials.sessionToken;
  const names = Object.keys(headers);
  const alike = last !== undefined && sameNames(last.names, names) ? last : undefined;
  // Of requests alike only a header or two differ: the copy's source. The others' lines are there already.
  const sorted =
    alike === undefined
      ? [...names].sort().map((name) => sortedHeader(name, headers[name] ?? ''))
      : alike.sorted.map((known) =>
          known.value === headers[known.name] ? known : sortedHeader(known.name, headers[known.name] ?? ''),
        );
  let canonical = '';
  for (const { line } of sorted) canonical += line;
  const joined = alike?.joined ?? sorted.map(({ name }) => name).join(';');
  lastBlock = { given, credentials, timestamp, headers, names, sorted, joined, canonical };
  return lastBlock;
}

function sortedHeader(name: string, value: string): SortedHeader {
  return { name, value, line: `${name}:${canonicalValue(value)}\n` };
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

/** Hex SHA-256. */
export function sha256(text: string | Uint8Array): string {
  return hash('sha256', text, 'hex');
}

function canonicalValue(value: string): string {
  const trimmed = value.trim();
  return trimmed.includes('  ') ? trimmed.replace(/ {2,}/g, ' ') : trimmed;
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
