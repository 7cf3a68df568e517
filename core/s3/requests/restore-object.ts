import { type S3Object, type S3Request, type XmlBody, xmlBody } from '../s3-request.ts';

/** How an archived object is brought back. */
export interface S3Restore {
  /** Days that the copy stays; none for the archive tiers of INTELLIGENT_TIERING, which objects leave for good. */
  readonly days?: number | undefined;
  /** Left out for S3's own default, Standard. */
  readonly tier?: 'Bulk' | 'Standard' | undefined;
}

const RESTORE = { restore: '' };

/** A job sends the same wish, the very same structure, with every task. */
const bodies = new WeakMap<S3Restore, XmlBody>();

/** Brings an archived object back. RestoreObject, S3 API reference. */
export function restoreObjectRequest({ bucket, key, versionId }: S3Object, restore: S3Restore): S3Request {
  const body = bodies.get(restore) ?? restoreBody(restore);
  return { method: 'POST', bucket, key, versionId, query: RESTORE, headers: body.headers, body };
}

function restoreBody(restore: S3Restore): XmlBody {
  const { days, tier } = restore;
  const members = [
    days === undefined ? '' : `<Days>${days}</Days>`,
    tier === undefined ? '' : `<GlacierJobParameters><Tier>${tier}</Tier></GlacierJobParameters>`,
  ];
  const body = xmlBody(
    `<RestoreRequest xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${members.join('')}</RestoreRequest>`,
  );
  bodies.set(restore, body);
  return body;
}
