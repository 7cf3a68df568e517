import type { Call } from '../protocol/call.ts';
import { owner } from '../protocol/owner.ts';
import { sendXml } from '../protocol/respond.ts';
import { document, element, timestamp } from '../protocol/xml-writer.ts';
import { invalidArgument } from '../s3-error.ts';
import {
  escapeKey,
  keyOfEntry,
  objectEntry,
  objectsOf,
  past,
  versionEntry,
  versionsOf,
  versionsOfKey,
} from '../storage/index-keys.ts';
import { commonPrefixOf, type WalkOptions, type WalkStep, walkKeys } from '../storage/key-walk.ts';
import type { ObjectRecord } from '../storage/records.ts';
import { readCount, readEncoding } from './page.ts';

/** Where the two walks of the listing (newest versions, older versions) begin. */
interface Start {
  readonly newest: WalkOptions['from'];
  readonly older: WalkOptions['from'];
}

type Entry =
  | { readonly kind: 'version'; readonly key: string; readonly isLatest: boolean; readonly record: ObjectRecord }
  | { readonly kind: 'prefix'; readonly commonPrefix: string };

export async function listObjectVersions(call: Call): Promise<void> {
  const { query, bucket } = call;
  call.context.buckets.get(bucket);
  const encode = readEncoding(query);
  const most = readCount(query, 'max-keys');
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const start = await findStart(call, prefix, delimiter);
  const entries: Entry[] = [];
  let truncated = false;
  if (most > 0) {
    for await (const entry of mergeVersions(call, prefix, delimiter, start)) {
      truncated = entries.length === most;
      if (truncated) break;
      entries.push(entry);
    }
  }
  const last = truncated ? entries.at(-1) : undefined;
  const who = owner(call.context.identity.account);
  sendXml(
    call,
    document(
      'ListVersionsResult',
      element('Name', bucket) +
        element('Prefix', encode(prefix)) +
        element('KeyMarker', encode(query.get('key-marker') ?? '')) +
        element('VersionIdMarker', query.get('version-id-marker') ?? '') +
        (last === undefined ? '' : nextMarkers(last, encode)) +
        element('MaxKeys', most) +
        element('Delimiter', delimiter === '' ? undefined : encode(delimiter)) +
        element('EncodingType', query.get('encoding-type')) +
        element('IsTruncated', truncated) +
        entries.map((entry) => describe(entry, encode, who)).join(''),
    ),
  );
}

function nextMarkers(last: Entry, encode: (key: string) => string): string {
  if (last.kind === 'prefix') return element('NextKeyMarker', encode(last.commonPrefix));
  return element('NextKeyMarker', encode(last.key)) + element('NextVersionIdMarker', last.record.versionId);
}

function describe(entry: Entry, encode: (key: string) => string, who: string): string {
  if (entry.kind === 'prefix')
    return `<CommonPrefixes>${element('Prefix', encode(entry.commonPrefix))}</CommonPrefixes>`;
  const { key, record, isLatest } = entry;
  const { content } = record;
  const common =
    element('Key', encode(key)) +
    element('VersionId', record.versionId) +
    element('IsLatest', isLatest) +
    element('LastModified', timestamp(record.modified));
  if (content === undefined) return `<DeleteMarker>${common}${who}</DeleteMarker>`;
  return `<Version>${common}${element('ETag', `"${content.etag}"`)}${element('ChecksumAlgorithm', content.checksum?.algorithm)}${element('ChecksumType', content.checksum?.type)}${element('Size', content.body.size)}${element('StorageClass', content.storageClass)}${who}</Version>`;
}

/** Newest and older versions in one order: by key, newest first. */
async function* mergeVersions(call: Call, prefix: string, delimiter: string, start: Start): AsyncGenerator<Entry> {
  const { database } = call.context;
  const newestSpace = objectsOf(call.bucket);
  const olderSpace = versionsOf(call.bucket);
  const newest = walkKeys(database, {
    space: newestSpace,
    keyOf: (entry) => entry.slice(newestSpace.length),
    encode: (key) => key,
    prefix,
    delimiter,
    ...(start.newest && { from: start.newest }),
  });
  const older = walkKeys(database, {
    space: olderSpace,
    keyOf: (entry) => keyOfEntry(olderSpace, entry),
    encode: escapeKey,
    prefix,
    delimiter,
    ...(start.older && { from: start.older }),
  });
  try {
    let a = await newest.next();
    let b = await older.next();
    while (!a.done || !b.done) {
      const order = a.done ? 1 : b.done ? -1 : compareKeys(nameOf(a.value), nameOf(b.value));
      const isLatest = order <= 0;
      const step = isLatest ? a.value : b.value;
      if (step) yield toEntry(step, isLatest);
      // A common prefix of both walks is given once.
      const both = order === 0 && step?.kind === 'prefix';
      if (isLatest) a = await newest.next();
      if (!isLatest || both) b = await older.next();
    }
  } finally {
    await newest.return();
    await older.return();
  }
}

function toEntry(step: WalkStep, isLatest: boolean): Entry {
  if (step.kind === 'prefix') return step;
  return { kind: 'version', key: step.key, isLatest, record: JSON.parse(step.text) as ObjectRecord };
}

function nameOf(step: WalkStep): string {
  return step.kind === 'prefix' ? step.commonPrefix : step.key;
}

/** The order of UTF-8, which differs from that of JavaScript's strings past U+FFFF. */
function compareKeys(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

async function findStart(call: Call, prefix: string, delimiter: string): Promise<Start> {
  const { bucket, query, context } = call;
  const key = query.get('key-marker') ?? '';
  const versionId = query.get('version-id-marker') ?? '';
  if (key === '') {
    if (versionId === '') return { newest: undefined, older: undefined };
    throw invalidArgument(
      'version-id-marker',
      versionId,
      'A version-id marker cannot be specified without a key marker.',
    );
  }
  const covering = key.startsWith(prefix) ? commonPrefixOf(key, prefix, delimiter) : undefined;
  if (covering !== undefined) {
    return {
      newest: { entry: past(objectEntry(bucket, covering)), inclusive: true },
      older: { entry: past(versionsOf(bucket) + escapeKey(covering)), inclusive: true },
    };
  }
  const newest = { entry: objectEntry(bucket, key), inclusive: false };
  const olderEnd = { entry: past(versionsOfKey(bucket, key)), inclusive: true };
  if (versionId === '') return { newest, older: olderEnd };
  if (context.objects.current(bucket, key)?.versionId === versionId) {
    return { newest, older: { entry: versionsOfKey(bucket, key), inclusive: true } };
  }
  const marked = await context.objects.version(bucket, key, versionId);
  if (marked === undefined) return { newest, older: olderEnd };
  return { newest, older: { entry: versionEntry(bucket, key, marked.sequence), inclusive: false } };
}
