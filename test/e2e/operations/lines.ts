import type { Expected, Line, World } from './world.ts';

/** What reports say, in S3's words. */

export const DONE: Expected = { http: 200, code: '', message: 'Successful' };
export const UNCHANGED: Expected = { http: 200, code: '', message: 'Unchanged' };

export function succeeded(message: RegExp | string): Expected {
  return { http: 200, code: '', message };
}

/** A failure with S3's words, after which the request is named as S3 Batch Operations does. */
export function refused(http: number, code: string, words: string): Expected {
  const text = words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const request = `Service: Amazon S3; Status Code: ${http}; Error Code: ${code}; Request ID: \\S+; `;
  return { http, code, message: new RegExp(`^${text}.* \\(${request}S3 Extended Request ID: \\S*; Proxy: null\\)$`) };
}

export const NO_KEY = refused(404, 'NoSuchKey', 'The specified key does not exist.');
export const NO_VERSION = refused(404, 'NoSuchVersion', 'The specified version does not exist.');
export const NO_BUCKET = refused(404, 'NoSuchBucket', 'The specified bucket does not exist');
export const BAD_VERSION = refused(400, 'InvalidArgument', 'Invalid version id specified');
export const MARKER = refused(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
export const EMPTY_VERSION: Expected = {
  http: 400,
  code: 'InvalidRequest',
  message: 'Task failed due to missing VersionId',
};

/** Keys that a careless client would send to another object. */
export const AWKWARD_KEYS = [
  'plain.txt',
  'a b+c%20,"d".txt',
  'ü/日本語 🎈.txt',
  'a//b/../c/./d',
  '/leading',
  "it's&<x>",
];

/** Lines of a manifest without versions of what is not there, in a bucket that keeps versions. */
export async function missing(world: World, bucket: string, hidden: Expected = MARKER): Promise<Line[]> {
  await world.put(bucket, 'hidden');
  await world.hide(bucket, 'hidden');
  return [
    { bucket, key: 'never/there', says: NO_KEY },
    { bucket, key: 'hidden', says: hidden },
    { bucket: 'no-such-bucket', key: 'any', says: NO_BUCKET },
  ];
}

/** The same of a manifest with versions. */
export async function missingVersions(world: World, bucket: string, marker: Expected = MARKER): Promise<Line[]> {
  await world.put(bucket, 'marked');
  return [
    { bucket, key: 'marked', version: 'v'.repeat(32), says: NO_VERSION },
    { bucket, key: 'marked', version: 'v1', says: BAD_VERSION },
    { bucket, key: 'marked', version: await world.hide(bucket, 'marked'), says: marker },
    { bucket, key: 'marked', version: '', says: EMPTY_VERSION },
  ];
}
