import { isUtf8 } from 'node:buffer';
import type { ManifestField } from '../job/request.ts';
import { LineTooLong, MAXIMUM_LINE_BYTES, readLines } from '../manifest/line-reader.ts';
import { INVALID_MANIFEST_CONTENT, ManifestError } from '../manifest/manifest-error.ts';
import { MOST_BUCKETS } from '../manifest/most-buckets.ts';
import { readTaskLine, type TaskLine } from '../manifest/task-line.ts';
import type { ManifestSource } from '../stores/manifest-source.ts';
import type { EngineDependencies } from './dependencies.ts';
import { chunkRecordKey, shardFileKey } from './work-keys.ts';

/** Bytes of the manifest that one function call cuts: about a minute's work for one worker. */
export const CHUNK_BYTES = 64 * 1024 * 1024;

/** Bytes of lines in one shard at most: a worker holds its shard whole. */
const SHARD_BYTES = 4 * 1024 * 1024;

/** A finished chunk: the shards of the attempt that finished first, or the chunk's first bad line. */
export interface ChunkRecord {
  readonly attempt: string;
  readonly tasks: readonly number[];
  /** The buckets that its lines name, MOST_BUCKETS and one at most. */
  readonly buckets: readonly string[];
  /** `line` counts from 1 at the chunk's first line. */
  readonly bad?: { readonly line: number; readonly reason: string };
}

export interface ChunkInput {
  readonly jobId: string;
  readonly chunk: number;
  /** Unique to this invocation: names its files. */
  readonly attempt: string;
  readonly manifest: ManifestSource;
  readonly manifestBytes: number;
  /** Bytes of each chunk but the last. */
  readonly chunkBytes: number;
  readonly fields: readonly ManifestField[];
  readonly tasksPerShard: number;
}

/** How many chunks a manifest of so many bytes is cut in. */
export function chunkCount(manifestBytes: number, chunkBytes: number): number {
  return Math.max(1, Math.ceil(manifestBytes / chunkBytes));
}

/**
 * Cuts one chunk of the manifest into shard files, and ends with the chunk's record. Whoever ends second leaves files
 * that no record names. Memory: two shards at most.
 */
export async function prepareChunk(deps: EngineDependencies, input: ChunkInput): Promise<ChunkRecord> {
  const writer = new ShardWriter(deps, input);
  const buckets = new Set<string>();
  const bad = await cut(input, writer, buckets);
  const record: ChunkRecord = {
    attempt: input.attempt,
    tasks: await writer.close(),
    buckets: [...buckets],
    ...(bad === undefined ? {} : { bad }),
  };
  const key = chunkRecordKey(input.jobId, input.chunk);
  if ((await deps.work.putIfAbsent(key, JSON.stringify(record))) === 'written') return record;
  const winner = await readChunkRecord(deps, input.jobId, input.chunk);
  if (winner === undefined) throw new Error(`chunk record ${key} is there and cannot be read`);
  return winner;
}

export async function readChunkRecord(
  deps: EngineDependencies,
  jobId: string,
  chunk: number,
): Promise<ChunkRecord | undefined> {
  const found = await deps.work.get(chunkRecordKey(jobId, chunk));
  return found === undefined ? undefined : (JSON.parse(found.body.toString('utf8')) as ChunkRecord);
}

async function cut(input: ChunkInput, writer: ShardWriter, buckets: Set<string>): Promise<ChunkRecord['bad']> {
  const from = input.chunk * input.chunkBytes;
  const end = Math.min(from + input.chunkBytes, input.manifestBytes);
  if (from >= end) return undefined;
  const bytes = input.manifest.read(Math.max(0, from - 1), Math.min(end + MAXIMUM_LINE_BYTES + 2, input.manifestBytes));
  let lines = 0;
  let bad: ChunkRecord['bad'];
  try {
    await readLines(bytes, { from, end }, (line) => {
      lines += 1;
      const task = readTask(line, input.fields);
      if (typeof task === 'string') {
        bad = { line: lines, reason: task };
        return false;
      }
      if (buckets.size <= MOST_BUCKETS) buckets.add(task.bucket);
      return writer.add(line);
    });
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
    bad = { line: lines + 1, reason: `Manifest file is not properly formatted: ${error.message}` };
  }
  return bad;
}

function readTask(line: Buffer, fields: readonly ManifestField[]): TaskLine | string {
  if (!isUtf8(line)) return 'Manifest file is not properly formatted: the line is not UTF-8';
  return readTaskLine(line.toString('utf8'), fields);
}

/** Gathers lines into shards and writes each while the next one fills. */
class ShardWriter {
  private readonly tasks: number[] = [];
  private lines: Buffer[] = [];
  private bytes = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly deps: EngineDependencies,
    private readonly input: ChunkInput,
  ) {}

  /** Always true; a promise only when a shard is full and the one before is still being written. */
  add(line: Buffer): true | Promise<true> {
    // The line is a view of a network buffer that is many times its size: a copy lets that go.
    this.lines.push(Buffer.concat([line, LINE_BREAK]));
    this.bytes += line.length + 1;
    if (this.lines.length < this.input.tasksPerShard && this.bytes < SHARD_BYTES) return true;
    return this.flush();
  }

  async close(): Promise<number[]> {
    if (this.lines.length > 0) await this.flush();
    await this.writing;
    return this.tasks;
  }

  private async flush(): Promise<true> {
    const shard = this.tasks.length;
    const body = Buffer.concat(this.lines, this.bytes);
    this.tasks.push(this.lines.length);
    this.lines = [];
    this.bytes = 0;
    await this.writing;
    const { jobId, chunk, attempt } = this.input;
    this.writing = this.deps.work.put(shardFileKey(jobId, chunk, attempt, shard), body);
    // An unhandled rejection ends the process before the next flush could see it.
    this.writing.catch(() => undefined);
    return true;
  }
}

const LINE_BREAK = Buffer.from('\n');

/** The failure of a job for its manifest's first bad line. `line` counts from 1 at the file's first. */
export function badLine(line: number, reason: string): ManifestError {
  return new ManifestError(INVALID_MANIFEST_CONTENT, `${reason} (line ${line})`);
}
