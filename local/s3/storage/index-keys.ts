/**
 * Keys of the index. All are strings that sort, as UTF-8, in S3's own order:
 *
 *     b<bucket>                                    the bucket
 *     o<bucket> NUL <key>                          the newest version of the key
 *     v<bucket> NUL <escaped key> NUL NUL <age>    an older version, newest first
 *     u<bucket> NUL <escaped key> NUL NUL <id>     a multipart upload under way
 *     p<upload id> NUL <part number>               one of its parts
 *     d<body id>                                   a small body, or the list of a composed body's parts
 *     f<body id>                                   says that the file of that name is in use
 */
const NUL = '\0';
const END = '\0\0';

/** More than any sequence number; what is left of it sorts newer versions first. */
const SEQUENCE_CEILING = 9_007_199_254_740_991;

export const BUCKETS = 'b';
export const bucketEntry = (bucket: string): string => BUCKETS + bucket;

export const objectsOf = (bucket: string): string => `o${bucket}${NUL}`;
export const objectEntry = (bucket: string, key: string): string => objectsOf(bucket) + key;

export const versionsOf = (bucket: string): string => `v${bucket}${NUL}`;
export const versionsOfKey = (bucket: string, key: string): string => versionsOf(bucket) + escapeKey(key) + END;
export const versionEntry = (bucket: string, key: string, sequence: number): string =>
  versionsOfKey(bucket, key) + String(SEQUENCE_CEILING - sequence).padStart(16, '0');

export const uploadsOf = (bucket: string): string => `u${bucket}${NUL}`;
export const uploadEntry = (bucket: string, key: string, uploadId: string): string =>
  uploadsOf(bucket) + escapeKey(key) + END + uploadId;

export const partsOf = (uploadId: string): string => `p${uploadId}${NUL}`;
export const partEntry = (uploadId: string, partNumber: number): string =>
  partsOf(uploadId) + String(partNumber).padStart(5, '0');

export const dataEntry = (bodyId: string): string => `d${bodyId}`;
export const fileEntry = (bodyId: string): string => `f${bodyId}`;

/** Takes the key out of an entry that starts with `prefix`, as made by versionEntry and uploadEntry. */
export function keyOfEntry(prefix: string, entry: string): string {
  return unescapeKey(entry.slice(prefix.length, entry.indexOf(END, prefix.length)));
}

/** Keeps the order of keys and leaves no two NULs side by side, so that END is where the key ends. */
export function escapeKey(key: string): string {
  return key.includes(NUL) ? key.replaceAll(NUL, '\0\x01') : key;
}

function unescapeKey(escaped: string): string {
  return escaped.includes(NUL) ? escaped.replaceAll('\0\x01', NUL) : escaped;
}

/** Sorts after every entry that starts with `prefix`: UTF-8 has no byte 0xFF. */
export function past(prefix: string): Buffer {
  return Buffer.concat([Buffer.from(prefix), Buffer.of(0xff)]);
}
