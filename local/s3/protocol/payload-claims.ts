import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  DIGEST_LENGTH,
  headerOf,
  isChecksumAlgorithm,
} from '../checksums/checksum.ts';
import { invalidArgument, notImplemented, S3Error } from '../s3-error.ts';
import type { Call } from './call.ts';

/** What the client says about the body it sends, to be checked against what arrives. */
export interface PayloadClaims {
  /** Bytes of the body itself, without framing. */
  readonly length: number;
  readonly chunked: boolean;
  /** Lower-case hex. */
  readonly sha256?: string;
  /** Base64. */
  readonly md5?: string;
  /** The value is undefined when it comes in a trailer. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value?: string };
}

const HEX_SHA256 = /^[0-9a-f]{64}$/i;
const STREAMING = new Set([
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD',
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER',
]);

/** Reads the headers that describe the body. Throws the errors S3 has for those that make no sense. */
export function readClaims(call: Call): PayloadClaims {
  const { headers } = call;
  const content = headers['x-amz-content-sha256'];
  const chunked = content !== undefined && STREAMING.has(content);
  const sha256 = chunked ? undefined : plainSha256(content, headers.authorization);
  const md5 = headers['content-md5'];
  if (md5 !== undefined && !isBase64Of(md5, 16))
    throw new S3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.');
  const checksum = readChecksum(call, chunked);
  return {
    length: readLength(call, chunked),
    chunked,
    ...(sha256 !== undefined && { sha256 }),
    ...(md5 !== undefined && { md5 }),
    ...(checksum && { checksum }),
  };
}

/** The checksum that the headers carry, if any. */
export function checksumHeader(
  headers: Call['headers'],
): { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined {
  let found: { algorithm: ChecksumAlgorithm; value: string } | undefined;
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const value = headers[headerOf(algorithm)];
    if (value === undefined) continue;
    if (found !== undefined) {
      throw new S3Error(
        'InvalidRequest',
        'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
      );
    }
    found = { algorithm, value };
  }
  return found;
}

/** Throws InvalidRequest unless the request says what its body must be: some requests S3 takes only so. */
export function demandIntegrity(
  { headers }: Call,
  message = 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
): void {
  if (headers['content-md5'] !== undefined || headers['x-amz-trailer'] !== undefined) return;
  if (checksumHeader(headers) === undefined) throw new S3Error('InvalidRequest', message);
}

/** Throws InvalidRequest unless the text is the base64 of a digest of this algorithm. */
function checkDigestForm(algorithm: ChecksumAlgorithm, value: string): void {
  if (isBase64Of(value, DIGEST_LENGTH[algorithm])) return;
  throw new S3Error('InvalidRequest', `Value for ${headerOf(algorithm)} header is invalid.`);
}

function readChecksum(call: Call, chunked: boolean): PayloadClaims['checksum'] {
  const { headers } = call;
  const direct = checksumHeader(headers);
  if (direct !== undefined) checkDigestForm(direct.algorithm, direct.value);
  const trailer = chunked ? trailerChecksum(headers['x-amz-trailer']) : undefined;
  if (direct !== undefined && trailer !== undefined) {
    throw new S3Error('InvalidRequest', 'Expecting a single x-amz-checksum- header');
  }
  const found = direct ?? (trailer && { algorithm: trailer });
  if (headers['x-amz-sdk-checksum-algorithm'] !== undefined && found === undefined) {
    throw new S3Error(
      'InvalidRequest',
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  return found;
}

function trailerChecksum(trailer: string | undefined): ChecksumAlgorithm | undefined {
  if (trailer === undefined) return undefined;
  const name = trailer.trim().toLowerCase();
  const algorithm = name.replace(/^x-amz-checksum-/, '').toUpperCase();
  if (!name.startsWith('x-amz-checksum-')) {
    throw new S3Error('InvalidRequest', 'The value specified in the x-amz-trailer header is not supported');
  }
  if (!isChecksumAlgorithm(algorithm)) throw notImplemented(`the checksum algorithm ${algorithm}`);
  return algorithm;
}

function plainSha256(content: string | undefined, authorization: string | undefined): string | undefined {
  if (content === undefined) {
    if (authorization?.startsWith('AWS4-HMAC-SHA256')) {
      throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
    }
    return undefined;
  }
  if (content === 'UNSIGNED-PAYLOAD') return undefined;
  if (HEX_SHA256.test(content)) return content.toLowerCase();
  throw invalidArgument(
    'x-amz-content-sha256',
    content,
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
  );
}

function readLength({ headers }: Call, chunked: boolean): number {
  const text = headers[chunked ? 'x-amz-decoded-content-length' : 'content-length'];
  // Without either header HTTP/1.1 says that there is no body.
  if (text === undefined && !chunked && headers['transfer-encoding'] === undefined) return 0;
  if (text === undefined || !/^\d{1,15}$/.test(text)) throw new S3Error('MissingContentLength');
  return Number(text);
}

function isBase64Of(text: string, length: number): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === length && bytes.toString('base64') === text;
}
