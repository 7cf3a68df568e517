import type { S3DataClient, S3Refusal, S3Reply } from '../s3-data-client.ts';
import type { S3Object, S3Request } from '../s3-request.ts';

export interface HeadOptions {
  /** Also what checksum the object has. */
  readonly checksum?: boolean;
  /** Whether the requester agrees to pay, where the bucket wants that. */
  readonly requestPayer?: boolean;
}

/** What an object is, without its bytes. HeadObject, S3 API reference. */
export function headObjectRequest({ bucket, key, versionId }: S3Object, options: HeadOptions = {}): S3Request {
  const headers = {
    ...(options.checksum === true && { 'x-amz-checksum-mode': 'ENABLED' }),
    ...(options.requestPayer === true && { 'x-amz-request-payer': 'requester' }),
  };
  return { method: 'HEAD', bucket, key, versionId, headers };
}

/** Sends a HEAD; a refusal is the one that a GET would have had. */
export async function headObject(
  s3: S3DataClient,
  object: S3Object,
  signal: AbortSignal,
  options: HeadOptions = {},
): Promise<S3Reply> {
  const reply = await s3.send(headObjectRequest(object, options), signal);
  return reply.ok ? reply : refusalOfHead(reply, object);
}

/**
 * The refusal of a HEAD, which has no body to say why, as S3 words it for a GET of the same object. That a key's bucket
 * is not there cannot be told from its status: it reads as a key that is not.
 * Source: S3 API reference, "Error responses"; User Guide, "Working with delete markers".
 */
function refusalOfHead(refusal: S3Refusal, { versionId }: Pick<S3Object, 'versionId'>): S3Refusal {
  const said = WORDS[refusal.httpStatus]?.(versionId !== undefined);
  return said === undefined ? refusal : { ...refusal, code: said[0], message: said[1] };
}

type Words = readonly [code: string, message: string];

const WORDS: Readonly<Record<number, (versioned: boolean) => Words>> = {
  403: () => ['AccessDenied', 'Access Denied'],
  404: (versioned) =>
    versioned
      ? ['NoSuchVersion', 'The specified version does not exist.']
      : ['NoSuchKey', 'The specified key does not exist.'],
  // The version that was asked for is a delete marker.
  405: () => ['MethodNotAllowed', 'The specified method is not allowed against this resource.'],
  412: () => ['PreconditionFailed', 'At least one of the pre-conditions you specified did not hold'],
};
