import { type S3Object, type S3Request, xmlBody } from '../s3-request.ts';
import { childrenOf, childText, xmlTree } from '../xml-tree.ts';

/** Keys of one DeleteObjects at most. DeleteObjects, S3 API reference. */
export const DELETE_OBJECTS_MAXIMUM = 1_000;

/** A thousand results, each with a key of which every byte is written as a reference of six. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** S3 answers when the last key is done. */
const TIMEOUT = 120_000;

/** A key of a bucket, or one version of it. */
export type Victim = Omit<S3Object, 'bucket'>;

/** What S3 says of one key of a DeleteObjects. */
export interface DeleteAnswer extends Victim {
  /** undefined when it is deleted, or was not there. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

/** Deletes the version, or what is current: in a versioned bucket that puts a delete marker. DeleteObject, S3 API reference. */
export function deleteObjectRequest({ bucket, key, versionId }: S3Object): S3Request {
  return { method: 'DELETE', bucket, key, versionId };
}

/**
 * Deletes up to DELETE_OBJECTS_MAXIMUM keys or versions of one bucket, and wants to be told of each. All must be
 * {@link fitsDeleteObjects}.
 */
export function deleteObjectsRequest(bucket: string, victims: readonly Victim[]): S3Request {
  const body = xmlBody(
    `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${victims.map(objectElement).join('')}</Delete>`,
  );
  return {
    method: 'POST',
    bucket,
    query: DELETE,
    headers: body.headers,
    body,
    errorIn200: true,
    timeout: TIMEOUT,
    maxBodyBytes: MAX_BODY_BYTES,
  };
}

const DELETE = { delete: '' };

/**
 * Whether XML 1.0 can say the key (section 2.2, Char), and no reader could take a part of it for layout: one that
 * trimmed what it reads would delete another object.
 */
export function fitsDeleteObjects({ key, versionId = '' }: Victim): boolean {
  return !NOT_XML.test(key) && !OUTER_SPACE.test(key) && !NOT_XML.test(versionId);
}

const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const OUTER_SPACE = /^\s|\s$/;

function objectElement({ key, versionId }: Victim): string {
  const version = versionId === undefined ? '' : `<VersionId>${escaped(versionId)}</VersionId>`;
  return `<Object><Key>${escaped(key)}</Key>${version}</Object>`;
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** White space too: readers may fold what is not a reference. */
function escaped(text: string): string {
  return text.replace(/[&<>\t\n\r]/g, (one) => REFERENCES[one] ?? one);
}

/** What an answer says of the keys. Throws when it is not XML. */
export function deleteAnswers(document: string): DeleteAnswer[] {
  const result = xmlTree(document);
  return [
    ...childrenOf(result, 'Deleted').map((node) => ({ ...victimIn(node), error: undefined })),
    ...childrenOf(result, 'Error').map((node) => ({
      ...victimIn(node),
      error: { code: childText(node, 'Code') ?? 'InternalError', message: childText(node, 'Message') ?? '' },
    })),
  ];
}

/** The empty version of an answer is that of a key without one. */
function victimIn(node: Parameters<typeof childText>[0]): Victim {
  const versionId = childText(node, 'VersionId') ?? '';
  return { key: childText(node, 'Key') ?? '', ...(versionId !== '' && { versionId }) };
}
