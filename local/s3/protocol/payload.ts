import { createHash, type Hash, hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type ChecksumAlgorithm, type ChecksumState, headerOf, startChecksum } from '../checksums/checksum.ts';
import { S3Error } from '../s3-error.ts';
import { INLINE_LIMIT, type StagedBody } from '../storage/body-store.ts';
import { AwsChunkedDecoder } from './aws-chunked.ts';
import type { Call } from './call.ts';
import { type PayloadClaims, readClaims } from './payload-claims.ts';

/** A body that is on disk and is what the client said it would be. */
export interface ReceivedBody {
  readonly staged: StagedBody;
  /** MD5 in hex: the ETag. */
  readonly md5: string;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
}

/** Largest body of one PUT, in bytes: 5 GiB. Source: "Amazon S3 multipart upload limits", User Guide. */
const LARGEST_PUT = 5 * 1024 ** 3;
/** Largest request document, in bytes: enough for ten thousand parts with their checksums. */
const LARGEST_DOCUMENT = 4 * 1024 * 1024;

/**
 * Stores the body of an object or part and checks it. `wanted` is an algorithm to compute even if the client sends no
 * checksum.
 */
export async function receiveBody(call: Call, wanted?: ChecksumAlgorithm): Promise<ReceivedBody> {
  const claims = readClaims(call);
  if (claims.length > LARGEST_PUT) {
    throw new S3Error('EntityTooLarge', undefined, {
      ProposedSize: String(claims.length),
      MaxSizeAllowed: String(LARGEST_PUT),
    });
  }
  return claims.length <= INLINE_LIMIT ? receiveSmall(call, claims, wanted) : receiveLarge(call, claims, wanted);
}

/** Reads a request document and checks it as any other body. */
export async function receiveDocument(call: Call): Promise<string> {
  const claims = readClaims(call);
  if (claims.length > LARGEST_DOCUMENT) throw new S3Error('MaxMessageLengthExceeded');
  const { bytes } = await receiveBytes(call.request, claims);
  return bytes.toString('utf8');
}

async function receiveSmall(call: Call, claims: PayloadClaims, wanted?: ChecksumAlgorithm): Promise<ReceivedBody> {
  const { bytes, md5, checksum } = await receiveBytes(call.request, claims, wanted);
  return {
    staged: call.context.bodies.stageBytes(bytes),
    md5: md5 ?? hash('md5', bytes),
    ...(checksum && { checksum }),
  };
}

async function receiveBytes(
  request: IncomingMessage,
  claims: PayloadClaims,
  wanted?: ChecksumAlgorithm,
): Promise<{ bytes: Buffer; md5?: string; checksum?: { algorithm: ChecksumAlgorithm; value: string } }> {
  const pieces = await collect(request);
  const decoder = claims.chunked ? new AwsChunkedDecoder() : undefined;
  const decoded = decoder === undefined ? pieces : pieces.flatMap((piece) => decoder.push(piece));
  decoder?.end();
  const bytes = decoded.length === 1 && decoded[0] !== undefined ? decoded[0] : Buffer.concat(decoded);
  const md5 = claims.md5 === undefined ? undefined : hash('md5', bytes);
  const algorithm = claims.checksum?.algorithm ?? wanted;
  const state = algorithm && startChecksum(algorithm);
  state?.update(bytes);
  const checksum = algorithm && state && { algorithm, value: state.digest().toString('base64') };
  verify(claims, decoder?.trailers, {
    length: bytes.length,
    ...(claims.sha256 !== undefined && { sha256: hash('sha256', bytes) }),
    ...(md5 !== undefined && { md5 }),
    ...(checksum && { checksum: checksum.value }),
  });
  return { bytes, ...(md5 !== undefined && { md5 }), ...(checksum && { checksum }) };
}

async function receiveLarge(call: Call, claims: PayloadClaims, wanted?: ChecksumAlgorithm): Promise<ReceivedBody> {
  const algorithm = claims.checksum?.algorithm ?? wanted;
  const digests = new Digests(claims.sha256 !== undefined, algorithm);
  const decoder = claims.chunked ? new AwsChunkedDecoder() : undefined;
  const writer = await call.context.bodies.startFile();
  try {
    for await (const piece of call.request as AsyncIterable<Buffer>) {
      for (const bytes of decoder === undefined ? [piece] : decoder.push(piece)) {
        digests.update(bytes);
        // More than was announced never reaches the disk.
        if (digests.length > claims.length) throw new S3Error('IncompleteBody');
        await writer.write(bytes);
      }
    }
    decoder?.end();
    const found = digests.finish();
    verify(claims, decoder?.trailers, found);
    const checksum = algorithm && found.checksum !== undefined && { algorithm, value: found.checksum };
    return { staged: await writer.finish(), md5: found.md5, ...(checksum && { checksum }) };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/** What arrived; digests only where the claims need them. */
interface FoundDigests {
  readonly length: number;
  /** Hex. */
  readonly sha256?: string;
  readonly md5?: string;
  /** Base64. */
  readonly checksum?: string;
}

function verify(claims: PayloadClaims, trailers: ReadonlyMap<string, string> | undefined, found: FoundDigests): void {
  if (found.length !== claims.length) throw new S3Error('IncompleteBody');
  if (claims.sha256 !== undefined && claims.sha256 !== found.sha256) {
    throw new S3Error('XAmzContentSHA256Mismatch', undefined, {
      ClientComputedContentSHA256: claims.sha256,
      S3ComputedContentSHA256: found.sha256 ?? '',
    });
  }
  if (claims.md5 !== undefined && Buffer.from(claims.md5, 'base64').toString('hex') !== found.md5) {
    throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  if (claims.checksum === undefined) return;
  const { algorithm, value } = claims.checksum;
  const claimed = value ?? trailers?.get(headerOf(algorithm));
  if (claimed === undefined) throw new S3Error('MalformedTrailerError');
  if (claimed !== found.checksum) {
    throw new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
  }
}

class Digests {
  length = 0;
  readonly #md5: Hash = createHash('md5');
  readonly #sha256: Hash | undefined;
  readonly #checksum: ChecksumState | undefined;

  constructor(sha256: boolean, algorithm: ChecksumAlgorithm | undefined) {
    this.#sha256 = sha256 ? createHash('sha256') : undefined;
    this.#checksum = algorithm && startChecksum(algorithm);
  }

  update(bytes: Buffer): void {
    this.length += bytes.length;
    this.#md5.update(bytes);
    this.#sha256?.update(bytes);
    this.#checksum?.update(bytes);
  }

  finish(): FoundDigests & { readonly md5: string } {
    const sha256 = this.#sha256?.digest('hex');
    const checksum = this.#checksum?.digest().toString('base64');
    return {
      length: this.length,
      md5: this.#md5.digest('hex'),
      ...(sha256 !== undefined && { sha256 }),
      ...(checksum !== undefined && { checksum }),
    };
  }
}

/** All pieces of a small body. Faster than the async iterator, which costs several turns of the event loop. */
function collect(request: IncomingMessage): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    request
      .on('data', (piece: Buffer) => pieces.push(piece))
      .once('end', () => resolve(pieces))
      .once('error', reject)
      .once('close', () => reject(new S3Error('IncompleteBody')));
  });
}
