import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ChunkRecord, LOOK_MILLISECONDS, prepareChunk } from '../core/engine/prepare-chunk.ts';
import type { ManifestFilter } from '../core/job/manifest-filter.ts';
import type { Manifest } from '../core/job/request.ts';
import { lookFilterOf } from '../core/manifest/filter/look-filter.ts';
import type { ManifestChunk } from '../core/manifest/manifest-reader.ts';
import { openManifest } from '../core/manifest/open-manifest.ts';
import { createS3DataClient } from '../core/s3/create-s3-data-client.ts';
import type { S3DataClient } from '../core/s3/s3-data-client.ts';
import { Connections } from '../core/signed-http/connections.ts';
import { MemoryJobStore } from '../test/support/memory-job-store.ts';
import { memoryFiles } from '../test/support/memory-manifest.ts';
import { MemoryProgressStore } from '../test/support/memory-progress-store.ts';
import { MemoryWorkStore } from '../test/support/memory-work-store.ts';
import { csvManifest } from './growth/csv-manifest.ts';
import { bundlePrograms } from './support/bundle.ts';
import { Child } from './support/child.ts';
import { printFigures, printRows, type Row } from './table.ts';

/** As lambdas/runtime has it for the listing and the looks of PrepareJob. */
const LISTING_LIMIT = { initial: 128, maximum: 512 };

const CREATED_AT = '2026-11-01T00:00:00.000Z';

const FILTERS: Readonly<Record<string, ManifestFilter>> = {
  HEAD: { Head: true, ObjectSizeGreaterThanBytes: 1 },
  tags: { Tags: { MatchAny: [{ Key: 'team' }] } },
  'HEAD and tags': { Head: true, ObjectSizeGreaterThanBytes: 1, Tags: { MatchAny: [{ Key: 'team' }] } },
};

const MANIFEST: Manifest = {
  Location: { ObjectArn: 'arn:aws:s3:::m/m.csv.gz', ETag: 'e' },
  Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
};

/** Lines of the long file whose end is to be reached: the share of a look's time is what counts. */
const LONG_FILE = 1_000_000;

/**
 * What a filter that looks at objects does in one call of PrepareChunk, by the time that S3 takes for an answer; and how
 * long a call reads a gzip file again before it comes to lines that another left for lack of time.
 * @param lines in each chunk.
 */
export async function benchLooks(lines = 20_000): Promise<undefined> {
  const folder = await bundlePrograms({ stub: 'looks/stub.ts' });
  const stub = new Child('the stub', process.execPath, [join(folder, 'stub.mjs')]);
  const connections = new Connections();
  try {
    const { origin } = await stub.listen<{ origin: string }>();
    const credentials = async () => ({ accessKeyId: 'test', secretAccessKey: 'test' });
    const open = (): S3DataClient =>
      createS3DataClient({ credentials, region: 'us-east-1', endpoint: origin, connections, limits: LISTING_LIMIT });
    const packed = gzipSync([...csvManifest(lines)].join(''));
    await stub.ask({ latency: 0 });
    await cut(packed, {}, { s3: open(), filter: { Head: true, ObjectSizeGreaterThanBytes: 1 } });
    const rows: Row[] = [];
    for (const latency of [10, 30, 100]) {
      for (const [looks, filter] of Object.entries(FILTERS)) {
        await stub.ask({ latency });
        const [began, cpu] = [performance.now(), process.cpuUsage()];
        await cut(packed, {}, { s3: open(), filter });
        const { user, system } = process.cpuUsage(cpu);
        const seconds = (performance.now() - began) / 1_000;
        const { most } = await stub.ask<{ most: number }>({ latency });
        rows.push({
          'S3 answers in': `${latency} ms`,
          looks,
          'objects/s': lines / seconds,
          'CPU ms an object': (user + system) / 1_000 / lines,
          'requests at once': most,
        });
      }
    }
    printRows(`Looks of a filter at ${lines} objects, one call`, rows);
    await benchRest();
  } finally {
    await connections.close();
    await stub.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A call that begins with the last lines of a gzip file passes over all others first. */
async function benchRest(): Promise<void> {
  const packed = gzipSync([...csvManifest(LONG_FILE)].join(''));
  const began = performance.now();
  const { lines } = await cut(packed, { only: { from: LONG_FILE - 10, end: LONG_FILE } });
  const seconds = (performance.now() - began) / 1_000;
  printFigures(`Come to the end of a gzip file of ${LONG_FILE} lines again`, [
    { name: 'time', value: seconds, unit: 's' },
    { name: 'lines passed over', value: lines / seconds, unit: 'lines/s' },
    { name: 'of the time that a call looks', value: (100_000 * seconds) / LOOK_MILLISECONDS, unit: '%' },
  ]);
}

/** PrepareChunk as it is; what it writes goes nowhere. */
async function cut(
  packed: Buffer,
  of: Pick<ManifestChunk, 'only'>,
  looks?: { readonly s3: S3DataClient; readonly filter: ManifestFilter },
): Promise<ChunkRecord> {
  const reader = openManifest(memoryFiles({ 'm/m.csv.gz': packed }, 64 * 1024), MANIFEST, []);
  const { form, chunks } = await reader.survey();
  const [source] = chunks;
  if (source === undefined) throw new Error('the manifest has no chunk');
  const work = new MemoryWorkStore();
  work.put = async () => undefined;
  const record = await prepareChunk(
    {
      jobs: new MemoryJobStore(),
      progress: new MemoryProgressStore(),
      work,
      callScheduler: async () => undefined,
      clock: { now: Date.now, sleep: async () => undefined, every: () => () => undefined },
      log: () => undefined,
    },
    {
      jobId: 'bench',
      chunk: 0,
      attempt: 'a',
      reader,
      form,
      source: { ...source, ...of },
      looks: looks === undefined ? undefined : lookFilterOf(looks.s3, looks.filter, form, CREATED_AT),
      tasksPerShard: 5_000,
    },
  );
  if (record.bad !== undefined) throw new Error(record.bad.reason);
  return record;
}
