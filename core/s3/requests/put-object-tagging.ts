import { type S3Object, type S3Request, type XmlBody, xmlBody } from '../s3-request.ts';
import { escapeXml } from '../xml-text.ts';

export interface S3Tag {
  readonly Key: string;
  readonly Value: string;
}

/** A job sends the same tags, the very same array, with every task. */
const bodies = new WeakMap<readonly S3Tag[], XmlBody>();

/** Replaces all tags of an object. PutObjectTagging, S3 API reference. */
export function putObjectTaggingRequest(object: S3Object, tags: readonly S3Tag[]): S3Request {
  const body = bodies.get(tags) ?? taggingBody(tags);
  const { bucket, key, versionId } = object;
  return { method: 'PUT', bucket, key, versionId, query: TAGGING, headers: body.headers, body };
}

const TAGGING = { tagging: '' };

function taggingBody(tags: readonly S3Tag[]): XmlBody {
  const set = tags.map((tag) => `<Tag><Key>${escapeXml(tag.Key)}</Key><Value>${escapeXml(tag.Value)}</Value></Tag>`);
  const body = xmlBody(
    `<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet>${set.join('')}</TagSet></Tagging>`,
  );
  bodies.set(tags, body);
  return body;
}
