import { invalidArgument, S3Error } from '../s3-error.ts';
import type { Tag } from '../storage/records.ts';
import { parseQuery } from './target.ts';
import { malformed, readDocument, textOf, type XmlElement } from './xml-reader.ts';
import { document, element } from './xml-writer.ts';

/** Limits of object tags. Source: "Categorizing your storage using tags", User Guide. */
const MOST_TAGS = 10;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Reads the body of PutObjectTagging. Throws MalformedXML, BadRequest or InvalidTag. */
export function parseTagDocument(text: string): Tag[] {
  const tagging = readDocument(text, 'Tagging');
  const [set, ...others] = tagging.children;
  if (set?.name !== 'TagSet' || others.length > 0) throw malformed();
  return checkTags(set.children.map(readTag));
}

/** Reads `x-amz-tagging`: `key=value&…`, form-encoded. Throws InvalidArgument, BadRequest or InvalidTag. */
export function parseTagHeader(header: string): Tag[] {
  const parameters = header.split('&').filter((parameter) => parameter !== '');
  const tags: Tag[] = [];
  try {
    for (const parameter of parameters) tags.push(...parseQuery(parameter));
  } catch {
    throw badHeader(header);
  }
  const keys = new Set(tags.map(([key]) => key));
  if (keys.size !== tags.length || keys.has('')) throw badHeader(header);
  return checkTags(tags);
}

/** The answer of GetObjectTagging. */
export function tagDocument(tags: readonly Tag[]): string {
  const set = tags.map(([key, value]) => `<Tag>${element('Key', key)}${element('Value', value)}</Tag>`).join('');
  return document('Tagging', `<TagSet>${set}</TagSet>`);
}

function badHeader(header: string): S3Error {
  return invalidArgument(
    'x-amz-tagging',
    header,
    "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
  );
}

function readTag(tag: XmlElement): Tag {
  const key = textOf(tag, 'Key');
  const value = textOf(tag, 'Value');
  if (tag.name !== 'Tag' || key === undefined || value === undefined || tag.children.length !== 2) throw malformed();
  return [key, value];
}

function checkTags(tags: Tag[]): Tag[] {
  if (tags.length > MOST_TAGS) throw new S3Error('BadRequest', 'Object tags cannot be greater than 10');
  const seen = new Set<string>();
  for (const [key, value] of tags) {
    const details = { TagKey: key };
    if (key === '' || key.length > LONGEST_KEY || !ALLOWED.test(key)) {
      throw new S3Error('InvalidTag', 'The TagKey you have provided is invalid', details);
    }
    if (value.length > LONGEST_VALUE || !ALLOWED.test(value)) {
      throw new S3Error('InvalidTag', 'The TagValue you have provided is invalid', { ...details, TagValue: value });
    }
    if (key.toLowerCase().startsWith('aws:')) {
      throw new S3Error('InvalidTag', 'System tags cannot be added/updated by requester', details);
    }
    if (seen.has(key)) throw new S3Error('InvalidTag', 'Cannot provide multiple Tags with the same key', details);
    seen.add(key);
  }
  return tags;
}
