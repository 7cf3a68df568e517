import { type ChunkInput, prepareChunk } from '../core/engine/prepare-chunk.ts';
import { readLines } from '../core/manifest/line-reader.ts';
import type { ManifestReader } from '../core/manifest/manifest-reader.ts';
import { MemoryJobStore } from '../test/support/memory-job-store.ts';
import { MemoryProgressStore } from '../test/support/memory-progress-store.ts';
import { MemoryWorkStore } from '../test/support/memory-work-store.ts';
import { csvManifest } from './growth/csv-manifest.ts';
import { printFigures } from './table.ts';

/** Lines a second and core that the cutter is to reach. */
const DEMANDED = 1_000_000;

/** What one read of S3's body gives at once. */
const PIECE_BYTES = 64 * 1024;

/** Lines kept in memory, and read again and again: a chunk is about as long. */
const LINES_KEPT = 500_000;

/**
 * The cutter alone: the very code of PrepareChunk, from the bytes of a CSV in memory to shard files that nobody keeps.
 * By the CPU time of the process, which a busy machine does not lengthen much.
 */
export async function benchCutter(lines = 10_000_000): Promise<readonly string[]> {
  const text = Buffer.from([...csvManifest(LINES_KEPT)].join(''));
  const rounds = Math.max(1, Math.round(lines / LINES_KEPT));
  await cut(text);
  const peak = { mebibytes: 0 };
  const began = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) {
    await cut(text);
    peak.mebibytes = Math.max(peak.mebibytes, process.memoryUsage().rss / 1024 / 1024);
  }
  const { user, system } = process.cpuUsage(began);
  const perSecond = (rounds * LINES_KEPT) / ((user + system) / 1_000_000);
  printFigures(`The cutter alone, a CSV of ${rounds * LINES_KEPT} lines`, [
    { name: 'lines a second and core', value: perSecond, unit: 'lines/s' },
    { name: 'CPU time of a line', value: 1e6 / perSecond, unit: 'µs' },
    { name: 'peak memory', value: peak.mebibytes, unit: 'MiB' },
  ]);
  return perSecond >= DEMANDED ? [] : [`${DEMANDED} lines a second and core, but it cut ${Math.round(perSecond)}`];
}

async function cut(text: Buffer): Promise<void> {
  const reader: ManifestReader = {
    survey: () => Promise.reject(new Error('the survey is made up')),
    readLines: (_chunk, onLine) => readLines(pieces(text), { from: 0, end: text.length }, onLine),
  };
  const input: ChunkInput = {
    jobId: 'bench',
    chunk: 0,
    attempt: 'a',
    reader,
    form: { columns: ['Bucket', 'Key'] },
    source: { bucket: 'm', key: 'm.csv', begins: true },
    tasksPerShard: 5_000,
  };
  const work = new MemoryWorkStore();
  work.put = async () => undefined;
  const { tasks } = await prepareChunk(
    {
      jobs: new MemoryJobStore(),
      progress: new MemoryProgressStore(),
      work,
      callScheduler: async () => undefined,
      clock: { now: Date.now, sleep: async () => undefined, every: () => () => undefined },
      log: () => undefined,
    },
    input,
  );
  const cutLines = tasks.reduce((sum, count) => sum + count, 0);
  if (cutLines !== LINES_KEPT) throw new Error(`${cutLines} lines were cut of ${LINES_KEPT}`);
}

async function* pieces(text: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < text.length; from += PIECE_BYTES) yield text.subarray(from, from + PIECE_BYTES);
}
