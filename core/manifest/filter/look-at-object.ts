import { explainHead } from '../../s3/requests/explain-head.ts';
import { headObjectRequest } from '../../s3/requests/head-object.ts';
import type { S3DataClient, S3Refusal } from '../../s3/s3-data-client.ts';
import type { S3Object } from '../../s3/s3-request.ts';
import { ManifestError } from '../manifest-error.ts';

/** Characters of a key that are shown, so that why it is shown finds room in a failure's reason. */
const SHOWN_KEY = 100;

/** Whom to ask about objects, with the role of a job. */
export interface LooksBy {
  readonly s3: S3DataClient;
  readonly signal: AbortSignal;
  /** With every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The job's failure code where a look is refused for good. */
  readonly failure: string;
}

/**
 * What a HEAD told of an object: its headers; that only its own key opens it (`SSE-C`); that the version is a delete
 * marker; or that there is no such object, or none at present.
 */
export type Look = Readonly<Record<string, string>> | 'SSE-C' | 'delete marker' | 'gone';

/** @throws ManifestError where S3 refuses the look for good, Error where it may pass. */
export async function lookAtObject(by: LooksBy, object: S3Object): Promise<Look> {
  const { s3, headers, signal } = by;
  const request = headObjectRequest(object);
  const reply = await s3.send({ ...request, headers: { ...request.headers, ...headers } }, signal);
  if (reply.ok) return reply.headers;
  if (reply.httpStatus === 404) return 'gone';
  if (reply.httpStatus === 405) return 'delete marker';
  const explained = await explainHead(s3, object, reply, signal);
  if (explained.httpStatus === 400 && /server.side encryption/i.test(explained.message)) return 'SSE-C';
  throw lookFault(by, object, explained, 's3:GetObject');
}

/** Why a look failed: for good, if S3 refused it. */
export function lookFault(
  { failure }: Pick<LooksBy, 'failure'>,
  { bucket, key, versionId }: S3Object,
  { httpStatus, code, message }: S3Refusal,
  action: string,
): Error {
  const version = versionId === undefined ? '' : ` (version ${versionId})`;
  const shown = key.length <= SHOWN_KEY ? key : `…${key.slice(-SHOWN_KEY)}`;
  const said = `s3://${bucket}/${shown}${version}: ${code}: ${message}`;
  if (httpStatus === 403) {
    const needs = `The filter looks at each object: the job's role needs ${action}.`;
    return new ManifestError(failure, `${needs} ${said}`);
  }
  // 501: some S3-compatible stores have no tags.
  if ((httpStatus >= 400 && httpStatus < 500) || httpStatus === 501) {
    return new ManifestError(failure, `S3 refused a look at ${said}`);
  }
  return new Error(`There is no look at present at ${said}`);
}
