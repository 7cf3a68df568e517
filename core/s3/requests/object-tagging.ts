import { type S3Object, type S3Request, type XmlBody, xmlBody } from '../s3-request.ts';
import { escapeXml } from '../xml-text.ts';
import { childrenOf, childText, xmlTree } from '../xml-tree.ts';

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

/** All tags of an object. GetObjectTagging, S3 API reference. */
export function getObjectTaggingRequest({ bucket, key, versionId }: S3Object): S3Request {
  return { method: 'GET', bucket, key, versionId, query: TAGGING };
}

/** Takes all tags off an object. DeleteObjectTagging, S3 API reference. */
export function deleteObjectTaggingRequest({ bucket, key, versionId }: S3Object): S3Request {
  return { method: 'DELETE', bucket, key, versionId, query: TAGGING };
}

/** The tags in an answer of GetObjectTagging. */
export function tagsIn(document: string): S3Tag[] {
  const sets = childrenOf(xmlTree(document), 'TagSet');
  return sets
    .flatMap((set) => childrenOf(set, 'Tag'))
    .map((tag) => ({ Key: childText(tag, 'Key') ?? '', Value: childText(tag, 'Value') ?? '' }));
}

/** Whether two sets have the same tags, in whatever order. Keys are unique in each. */
export function sameTags(a: readonly S3Tag[], b: readonly S3Tag[]): boolean {
  const values = new Map(b.map(({ Key, Value }) => [Key, Value]));
  return a.length === b.length && a.every(({ Key, Value }) => values.get(Key) === Value);
}
