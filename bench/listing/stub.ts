import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compareKeys } from '../../core/listing/utf8-order.ts';
import { answerLines, cpuSeconds, say } from '../support/answering.ts';
import { KEY_SETS, type KeySet } from './key-sets.ts';

/**
 * A bucket in a process of its own that answers ListObjectsV2 50 ms after it was asked, whatever is asked. Each object's
 * XML is rendered before the clock runs; a page is a piece of it.
 */
const LATENCY = 50;
const PAGE = 1_000;

const bucket: { keys: string[]; objects: Buffer; ends: Float64Array } = {
  keys: [],
  objects: Buffer.alloc(0),
  ends: new Float64Array(0),
};

function fill(set: KeySet, count: number): void {
  bucket.keys = Array.from({ length: count }, (_, n) => KEY_SETS[set](n)).sort(compareKeys);
  bucket.ends = new Float64Array(count);
  let size = 0;
  const objects = bucket.keys.map((key, n) => {
    const object = Buffer.from(
      `<Contents><Key>${urlEncoded(key)}</Key><LastModified>2026-11-01T12:00:00.000Z</LastModified><ETag>&quot;0cc175b9c0f1b6a831c399e269772661&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>${n}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
    );
    size += object.length;
    bucket.ends[n] = size;
    return object;
  });
  bucket.objects = Buffer.concat(objects);
}

function urlEncoded(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
}

function answer(query: URLSearchParams): Buffer {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('start-after') ?? '';
  const most = Math.min(PAGE, Number(query.get('max-keys') ?? PAGE));
  const from = compareKeys(after, prefix) >= 0 ? firstPast(after, 0) : firstPast(prefix, -1);
  if (query.has('delimiter')) return folders(from, prefix, after, most);
  let to = from;
  while (to < bucket.keys.length && to - from < most && bucket.keys[to]?.startsWith(prefix) === true) to += 1;
  const truncated = to - from === most && bucket.keys[to]?.startsWith(prefix) === true;
  const start = from === 0 ? 0 : (bucket.ends[from - 1] ?? 0);
  const end = to === 0 ? 0 : (bucket.ends[to - 1] ?? 0);
  return page(truncated, bucket.objects.subarray(start, Math.max(start, end)));
}

function folders(from: number, prefix: string, after: string, most: number): Buffer {
  const found: string[] = [];
  let at = from;
  while (at < bucket.keys.length && found.length < most) {
    const key = bucket.keys[at] ?? '';
    if (!key.startsWith(prefix)) break;
    const slash = key.indexOf('/', prefix.length);
    if (slash === -1) {
      at += 1;
      continue;
    }
    const folder = key.slice(0, slash + 1);
    found.push(`<CommonPrefixes><Prefix>${urlEncoded(folder)}</Prefix></CommonPrefixes>`);
    at = firstPast(`${folder.slice(0, -1)}0`, -1);
  }
  return page(found.length === most && after !== '', Buffer.from(found.join('')));
}

/** The first key after this one; with -1 the first that is not before it. */
function firstPast(key: string, than: 0 | -1): number {
  let [low, high] = [0, bucket.keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compareKeys(bucket.keys[middle] ?? '', key);
    if (than === 0 ? order <= 0 : order < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function page(truncated: boolean, members: Buffer): Buffer {
  const head = `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>data</Name><Prefix></Prefix><KeyCount>${PAGE}</KeyCount><MaxKeys>${PAGE}</MaxKeys><EncodingType>url</EncodingType><IsTruncated>${truncated}</IsTruncated>`;
  return Buffer.concat([Buffer.from(head), members, Buffer.from('</ListBucketResult>')]);
}

let requests = 0;
const server = createServer((request, response) => {
  requests += 1;
  const asked = performance.now();
  const body = answer(new URL(request.url ?? '', 'http://stub').searchParams);
  setTimeout(
    () => {
      response.writeHead(200, { 'content-type': 'application/xml', 'content-length': body.length });
      response.end(body);
    },
    LATENCY - (performance.now() - asked),
  );
});
server.listen(0, '127.0.0.1', () => say({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));

await answerLines<{ readonly set?: KeySet; readonly count?: number }>(({ set, count }) => {
  if (set !== undefined && count !== undefined) fill(set, count);
  const asked = requests;
  requests = 0;
  return { requests: asked, cpuSeconds: cpuSeconds() };
});
