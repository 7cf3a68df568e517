import { notImplemented, S3Error } from '../s3-error.ts';
import type { WriteCheck } from '../storage/object-store.ts';
import type { ObjectRecord } from '../storage/records.ts';

/** The four conditions of a read, from the request's own headers or from `x-amz-copy-source-if-…`. */
export interface ReadConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: string | undefined;
  readonly ifUnmodifiedSince?: string | undefined;
}

/**
 * Whether a read may go on. If-Match, when it holds, outweighs If-Unmodified-Since; If-None-Match outweighs
 * If-Modified-Since. Throws PreconditionFailed. Source: "Conditional requests", GetObject, Amazon S3 API Reference.
 */
export function evaluateRead(
  conditions: ReadConditions,
  object: { readonly etag: string; readonly modified: number },
): 'go on' | 'not modified' {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, object.etag)) throw failed('If-Match');
  } else if (ifUnmodifiedSince !== undefined && seconds(object.modified) > dateOf(ifUnmodifiedSince, Infinity)) {
    throw failed('If-Unmodified-Since');
  }
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, object.etag) ? 'not modified' : 'go on';
  const since = ifModifiedSince === undefined ? -Infinity : dateOf(ifModifiedSince, -Infinity);
  return seconds(object.modified) > since ? 'go on' : 'not modified';
}

/** The conditions of a copy's source: what would be 304 for a read is 412. */
export function evaluateCopySource(
  conditions: ReadConditions,
  object: { readonly etag: string; readonly modified: number },
): void {
  if (evaluateRead(conditions, object) === 'go on') return;
  const by = conditions.ifNoneMatch !== undefined ? 'None-Match' : 'Modified-Since';
  throw failed(`x-amz-copy-source-If-${by}`);
}

/** The check of a conditional write. Throws NotImplemented for conditions that S3 does not take on writes. */
export function writeCheck(
  conditions: { readonly ifMatch: string | undefined; readonly ifNoneMatch: string | undefined },
  key: string,
  deletedMeanwhile: () => boolean,
): WriteCheck {
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifMatch === undefined && ifNoneMatch === undefined) return () => {};
  if (ifMatch !== undefined && ifNoneMatch !== undefined) throw notImplemented('If-Match together with If-None-Match');
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() !== '*') throw notImplemented('If-None-Match with anything but * on a write');
    return (current) => {
      if (current?.content !== undefined) throw failed('If-None-Match');
      if (deletedMeanwhile()) {
        throw new S3Error('ConditionalRequestConflict', undefined, { Condition: 'If-None-Match', Key: key });
      }
    };
  }
  return (current) => mustMatch(ifMatch ?? '', current, key);
}

/** If-Match of a delete: an ETag, or `*` for any object. What is not there cannot match. */
export function deleteCheck(ifMatch: string | undefined, key: string): WriteCheck {
  return ifMatch === undefined ? () => {} : (current) => mustMatch(ifMatch, current, key);
}

function mustMatch(ifMatch: string, current: ObjectRecord | undefined, key: string): void {
  if (current?.content === undefined) throw new S3Error('NoSuchKey', undefined, { Key: key });
  if (!matches(ifMatch, current.content.etag)) throw failed('If-Match');
}

function failed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', undefined, { Condition: condition });
}

function matches(header: string, etag: string): boolean {
  return header.split(',').some((one) => {
    const tag = one
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1');
    return tag === '*' || tag === etag;
  });
}

function dateOf(header: string, otherwise: number): number {
  const date = Date.parse(header);
  return Number.isNaN(date) ? otherwise : date;
}

/** HTTP dates have no milliseconds. */
function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
