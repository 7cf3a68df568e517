import type { Call } from '../protocol/call.ts';
import { owner } from '../protocol/owner.ts';
import { sendXml } from '../protocol/respond.ts';
import { document, element, timestamp } from '../protocol/xml-writer.ts';
import { invalidArgument } from '../s3-error.ts';
import { objectEntry, objectsOf, past } from '../storage/index-keys.ts';
import { commonPrefixOf, type WalkOptions, walkKeys } from '../storage/key-walk.ts';
import type { ObjectRecord } from '../storage/records.ts';
import { readCount, readEncoding } from './page.ts';

/** One page of keys and common prefixes. */
interface Page {
  readonly objects: readonly { readonly key: string; readonly record: ObjectRecord }[];
  readonly prefixes: readonly string[];
  /** Set when there is more: the last key or common prefix of this page. */
  readonly last?: { readonly key: string } | { readonly prefix: string };
}

interface Question {
  readonly prefix: string;
  readonly delimiter: string;
  readonly most: number;
  readonly from: WalkOptions['from'];
}

export async function listObjectsV2(call: Call): Promise<void> {
  const { query, bucket } = call;
  call.context.buckets.get(bucket);
  const encode = readEncoding(query);
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const question = {
    ...common(call),
    from: token !== undefined ? afterToken(bucket, token) : startAfter ? afterKey(bucket, startAfter) : undefined,
  };
  const page = await readPage(call, question);
  const body =
    element('StartAfter', startAfter && encode(startAfter)) +
    element('ContinuationToken', token) +
    element('NextContinuationToken', page.last && makeToken(page.last)) +
    element('KeyCount', page.objects.length + page.prefixes.length);
  sendXml(call, listing(call, question, page, body, query.get('fetch-owner') === 'true'));
}

export async function listObjectsV1(call: Call): Promise<void> {
  const { query, bucket } = call;
  call.context.buckets.get(bucket);
  const encode = readEncoding(query);
  const marker = query.get('marker') ?? '';
  const { prefix, delimiter, most } = common(call);
  const question = { prefix, delimiter, most, from: afterMarker(bucket, marker, prefix, delimiter) };
  const page = await readPage(call, question);
  const { last } = page;
  // Without a delimiter clients take the last key for the next marker.
  const next = last !== undefined && delimiter !== '' ? encode('key' in last ? last.key : last.prefix) : undefined;
  const body = element('Marker', encode(marker)) + element('NextMarker', next);
  sendXml(call, listing(call, question, page, body, true));
}

/** Where a listing goes on whose last entry was `marker`; a common prefix that covers the marker has been given. */
function afterMarker(bucket: string, marker: string, prefix: string, delimiter: string): WalkOptions['from'] {
  if (marker === '') return undefined;
  const covering = marker.startsWith(prefix) ? commonPrefixOf(marker, prefix, delimiter) : undefined;
  return covering === undefined ? afterKey(bucket, marker) : afterPrefix(bucket, covering);
}

function common({ query }: Call): Pick<Question, 'prefix' | 'delimiter' | 'most'> {
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    most: readCount(query, 'max-keys'),
  };
}

async function readPage({ context, bucket }: Call, question: Question): Promise<Page> {
  const objects: { key: string; record: ObjectRecord }[] = [];
  const prefixes: string[] = [];
  if (question.most === 0) return { objects, prefixes };
  const space = objectsOf(bucket);
  const walk = walkKeys(context.database, {
    space,
    keyOf: (entry) => entry.slice(space.length),
    encode: (key) => key,
    // Delete markers have no content; the quotes keep text inside of strings from looking like it.
    accept: (text) => text.includes('"content":'),
    prefix: question.prefix,
    delimiter: question.delimiter,
    ...(question.from && { from: question.from }),
  });
  let last: Page['last'];
  for await (const step of walk) {
    if (objects.length + prefixes.length === question.most) return { objects, prefixes, ...(last && { last }) };
    if (step.kind === 'prefix') {
      prefixes.push(step.commonPrefix);
      last = { prefix: step.commonPrefix };
    } else {
      objects.push({ key: step.key, record: JSON.parse(step.text) as ObjectRecord });
      last = { key: step.key };
    }
  }
  return { objects, prefixes };
}

function listing(call: Call, question: Question, page: Page, middle: string, withOwner: boolean): string {
  const encode = readEncoding(call.query);
  const who = withOwner ? owner(call.context.identity.account) : '';
  const contents = page.objects.map(({ key, record }) => {
    const { content } = record;
    return content === undefined
      ? ''
      : `<Contents>${element('Key', encode(key))}${element('LastModified', timestamp(record.modified))}${element('ETag', `"${content.etag}"`)}${element('ChecksumAlgorithm', content.checksum?.algorithm)}${element('ChecksumType', content.checksum?.type)}${element('Size', content.body.size)}${who}${element('StorageClass', content.storageClass)}</Contents>`;
  });
  const prefixes = page.prefixes.map((one) => `<CommonPrefixes>${element('Prefix', encode(one))}</CommonPrefixes>`);
  return document(
    'ListBucketResult',
    element('Name', call.bucket) +
      element('Prefix', encode(question.prefix)) +
      element('Delimiter', question.delimiter === '' ? undefined : encode(question.delimiter)) +
      element('MaxKeys', question.most) +
      element('EncodingType', call.query.get('encoding-type')) +
      element('IsTruncated', page.last !== undefined) +
      middle +
      contents.join('') +
      prefixes.join(''),
  );
}

function makeToken(last: NonNullable<Page['last']>): string {
  return Buffer.from(JSON.stringify(last)).toString('base64');
}

function afterToken(bucket: string, token: string): WalkOptions['from'] {
  try {
    const last = JSON.parse(Buffer.from(token, 'base64').toString()) as { key?: unknown; prefix?: unknown };
    if (typeof last.key === 'string') return afterKey(bucket, last.key);
    if (typeof last.prefix === 'string') return afterPrefix(bucket, last.prefix);
  } catch {
    // Falls through: not a token of ours.
  }
  throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect');
}

function afterKey(bucket: string, key: string): WalkOptions['from'] {
  return { entry: objectEntry(bucket, key), inclusive: false };
}

function afterPrefix(bucket: string, prefix: string): WalkOptions['from'] {
  return { entry: past(objectEntry(bucket, prefix)), inclusive: true };
}
