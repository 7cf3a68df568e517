import { isArchived } from '../../s3/archived.ts';
import { headerText } from '../../s3/header-text.ts';
import { explainHead } from '../../s3/requests/explain-head.ts';
import { headObject } from '../../s3/requests/head-object.ts';
import type { S3DataClient, S3Refusal } from '../../s3/s3-data-client.ts';
import type { S3Object } from '../../s3/s3-request.ts';
import { failed, type TaskResult } from '../task-result.ts';
import type { Headers } from './copy-headers.ts';
import { CONTENT_HEADER_NAMES } from './copy-parameters.ts';
import type { CopyPlan } from './copy-plan.ts';

/** An object as HEAD showed it, pinned: a copy of it is a copy of these bytes or fails. */
export interface PinnedSource extends S3Object {
  /** With its quotes. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** Epoch milliseconds, of whole seconds. */
  readonly modified: number;
  /** All that HEAD said of it. */
  readonly headers: Headers;
}

const MARKER_SOURCE = 'The source of a copy request may not specifically refer to a delete marker by version id.';
const PRECONDITION = 'At least one of the pre-conditions you specified did not hold';
const ARCHIVED = "Operation is not valid for the source object's storage class";

export type FoundSource = { readonly source: PinnedSource } | { readonly refusal: S3Refusal };

/** Looks at a copy's source; a refusal is the one that CopyObject would have had. */
export async function findSource(
  s3: S3DataClient,
  { bucket, key, versionId }: S3Object,
  { payer }: Pick<CopyPlan, 'payer'>,
  signal: AbortSignal,
): Promise<FoundSource> {
  const object = { bucket, key, ...(versionId !== undefined && { versionId }) };
  const options = { checksum: true, requestPayer: 'x-amz-request-payer' in payer };
  const reply = await headObject(s3, object, signal, options);
  if (!reply.ok) {
    const isMarker = reply.httpStatus === 405;
    if (isMarker) return { refusal: { ...reply, httpStatus: 400, code: 'InvalidRequest', message: MARKER_SOURCE } };
    return { refusal: await explainHead(s3, object, reply, signal) };
  }
  const { headers } = reply;
  const pinned = headers['x-amz-version-id'] ?? versionId;
  return {
    source: {
      bucket,
      key,
      ...(pinned !== undefined && { versionId: pinned }),
      etag: headers.etag ?? '',
      size: Number(headers['content-length'] ?? 0),
      modified: Date.parse(headers['last-modified'] ?? ''),
      headers,
    },
  };
}

/** Why the copy must fail by what its source is; undefined if it may go on. */
export function sourceFailure(source: PinnedSource, plan: CopyPlan): TaskResult | undefined {
  if (!meetsConstraints(source, plan)) return preconditionFailed();
  if (isArchived(source.headers)) return failed(403, 'InvalidObjectState', ARCHIVED);
  return undefined;
}

/** What S3 says of a source that is not, or no more, what was asked for. */
export function preconditionFailed(): TaskResult {
  return failed(412, 'PreconditionFailed', PRECONDITION);
}

/**
 * The same, of a copy that resends its source's metadata: S3 leaves out of its answer what no header can carry, and it
 * would be lost.
 */
export function metadataFailure({ headers }: PinnedSource, plan: Pick<CopyPlan, 'metadata'>): TaskResult | undefined {
  const missing = Number(headers['x-amz-missing-meta'] ?? 0);
  if (plan.metadata !== undefined || missing === 0) return undefined;
  return failed(
    400,
    'InvalidRequest',
    `The source has ${missing} metadata entries that no header can carry, and that this copy would lose: copy it ` +
      'with MetadataDirective REPLACE and the metadata that it should have.',
  );
}

/** System and user metadata of a source, to be sent again where S3 does not copy them. */
export function sourceMetadata({ headers }: PinnedSource): Headers {
  const kept = Object.entries(headers).filter(
    ([name, value]) => value !== '' && (name.startsWith('x-amz-meta-') || CONTENT_HEADER_NAMES.includes(name)),
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, headerText(value)]));
}

/** As S3 compares: times of HTTP have whole seconds. */
function meetsConstraints({ modified }: PinnedSource, { modifiedSince, unmodifiedSince }: CopyPlan): boolean {
  if (unmodifiedSince !== undefined && modified > wholeSeconds(unmodifiedSince)) return false;
  return modifiedSince === undefined || modified > wholeSeconds(modifiedSince);
}

function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
