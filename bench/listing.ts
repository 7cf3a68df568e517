import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import type { ListPages } from '../core/listing/find-cuts.ts';
import { readListPage } from '../core/listing/list-page.ts';
import { listInParallel } from '../core/listing/parallel-listing.ts';
import { createS3DataClient } from '../core/s3/create-s3-data-client.ts';
import { listObjectsRequest } from '../core/s3/requests/list-objects.ts';
import { Connections } from '../core/signed-http/connections.ts';
import { KEY_SET_NAMES } from './listing/key-sets.ts';
import { bundlePrograms } from './support/bundle.ts';
import { Child } from './support/child.ts';
import { printFigures, printRows, type Row } from './table.ts';

/** What is demanded of a bucket whose pages take 50 ms. */
const TIMES = 16;

/** Keys that the one lane lists, which goes no faster later: the whole bucket would take it minutes. */
const SAMPLE = 150_000;

const WARM_UP = 200_000;

/** Enough, with what looks for cuts besides, for one vCPU. */
const LANES = 64;

/**
 * A bucket listed on many lanes, beside the same bucket listed page after page (its first
 * pages: the rest takes as long), by the client that jobs use; and keys a
 * second of one core of the scanner of pages beside fast-xml-parser.
 * @param count of keys in each bucket.
 * @returns what was demanded and not met.
 */
export async function benchListing(count = 2_000_000): Promise<readonly string[]> {
  const folder = await bundlePrograms({ stub: 'listing/stub.ts' });
  const stub = new Child('the stub', process.execPath, [join(folder, 'stub.mjs')]);
  const connections = new Connections();
  try {
    const { origin } = await stub.listen<{ origin: string }>();
    const s3 = createS3DataClient({
      credentials: async () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
      region: 'us-east-1',
      endpoint: origin,
      connections,
    });
    const { signal } = new AbortController();
    let sample: Buffer = Buffer.alloc(0);
    const list: ListPages = async (question) => {
      const reply = await s3.send(listObjectsRequest('data', question), signal);
      if (!reply.ok) throw new Error(`the stub answered ${reply.code}: ${reply.message}`);
      if (sample.length < reply.bytes.length) sample = reply.bytes;
      return readListPage(reply.bytes);
    };
    const rows: Row[] = [];
    const missed: string[] = [];
    // Whatever is compiled on the way should be before the clock runs.
    await stub.ask({ set: 'deep', count: WARM_UP });
    await timed(list, LANES, WARM_UP);
    for (const set of KEY_SET_NAMES) {
      await stub.ask({ set, count });
      const one = (await timed(list, 1, Math.min(count, SAMPLE))) * (count / Math.min(count, SAMPLE));
      await stub.ask({});
      const many = await timed(list, LANES, count);
      const { requests } = await stub.ask<{ requests: number }>({});
      const times = one / many;
      if (times < TIMES) missed.push(`keys ${set}: ${times.toFixed(1)} times as fast, not ${TIMES}`);
      rows.push({
        keys: set,
        'one lane, s': one,
        [`${LANES} lanes, s`]: many,
        times,
        'keys/s': count / many,
        requests,
      });
    }
    printRows(`List a bucket of ${count} keys, 50 ms a page`, rows);
    printFigures('Read pages of a listing, one core', [
      { name: 'scanner', value: keysPerSecond(sample, (bytes) => readListPage(bytes).objects.length), unit: 'keys/s' },
      { name: 'fast-xml-parser', value: keysPerSecond(sample, byLibrary), unit: 'keys/s' },
    ]);
    return missed;
  } finally {
    await connections.close();
    await stub.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Seconds that it takes to list so many keys of the bucket. */
async function timed(list: ListPages, lanes: number, count: number): Promise<number> {
  let listed = 0;
  const began = performance.now();
  const enough = lanes === 1 ? (keys: number) => keys >= count : () => false;
  await listInParallel(list, { prefix: '' }, { lanes, enough }, (objects) => {
    listed += objects.length;
    return true;
  });
  if (listed !== count) throw new Error(`${listed} keys were listed of ${count}`);
  return (performance.now() - began) / 1_000;
}

const parser = new XMLParser({ parseTagValue: false });

function byLibrary(bytes: Buffer): number {
  const { ListBucketResult: result } = parser.parse(bytes) as { ListBucketResult: { Contents: unknown[] } };
  return result.Contents.length;
}

function keysPerSecond(page: Buffer, read: (page: Buffer) => number): number {
  const run = (milliseconds: number): number => {
    let keys = 0;
    const began = performance.now();
    while (performance.now() - began < milliseconds) keys += read(page);
    return (keys * 1_000) / (performance.now() - began);
  };
  run(500);
  return run(1_500);
}
