import { isUtf8 } from 'node:buffer';
import { readCsvRecord } from '../manifest/csv-record.ts';
import type { LookFilter } from '../manifest/filter/look-filter.ts';
import type { RowFilter } from '../manifest/filter/row-predicate.ts';
import { LineColumns, type LineForm } from '../manifest/line-form.ts';
import { LineTooLong } from '../manifest/line-reader.ts';
import type { ManifestChunk, ManifestReader } from '../manifest/manifest-reader.ts';
import { MOST_BUCKETS } from '../manifest/most-buckets.ts';
import { readTaskRecord, type TaskLine, UNBALANCED_QUOTES } from '../manifest/task-line.ts';
import { restOf } from './chunk-rest.ts';
import type { Clock } from './clock.ts';
import type { EngineDependencies } from './dependencies.ts';
import { OrderedLooks } from './ordered-looks.ts';
import { chunkRecordKey, shardFileKey } from './work-keys.ts';

/** Bytes of lines in one shard at most: a worker holds its shard whole. */
const SHARD_BYTES = 4 * 1024 * 1024;

/** No call begins more looks after so long, and leaves the lines that are left: far less than a function may take. */
export const LOOK_MILLISECONDS = 3 * 60_000;

/** A finished chunk: the shards of the attempt that finished first, or the chunk's first bad line. */
export interface ChunkRecord {
  readonly attempt: string;
  readonly tasks: readonly number[];
  /** The buckets that its lines name, MOST_BUCKETS and one at most. */
  readonly buckets: readonly string[];
  /** Lines read, a header included. */
  readonly lines: number;
  /** Lines that the manifest's filter left out. */
  readonly filtered: number;
  /** What of the chunk was left to others: chunks of their own. */
  readonly rest?: readonly ManifestChunk[];
  /** `line` counts from 1 at the chunk's first line. */
  readonly bad?: { readonly line: number; readonly reason: string };
}

export interface ChunkInput {
  readonly jobId: string;
  /** Its number: those of the survey, then those that were left, round by round. */
  readonly chunk: number;
  readonly source: ManifestChunk;
  /** How its lines are read. */
  readonly form: LineForm;
  /** Unique to this invocation: names its files. */
  readonly attempt: string;
  readonly reader: ManifestReader;
  /** Whether a line is wanted, by its columns; left out: every line is. */
  readonly wants?: RowFilter | undefined;
  /** Whether it is wanted by what S3 says of its object, asked of lines that are wanted so far. */
  readonly looks?: LookFilter | undefined;
  /** So many tasks are enough: no more objects are looked at, and the lines after them are filtered out. */
  readonly most?: number | undefined;
  readonly tasksPerShard: number;
}

/**
 * Cuts one chunk of the manifest into shard files, and ends with the chunk's record. Whoever ends second leaves files
 * that no record names. Memory: two shards at most.
 */
export async function prepareChunk(deps: EngineDependencies, input: ChunkInput): Promise<ChunkRecord> {
  const writer = new ShardWriter(deps, input);
  const cutter = new ChunkCutter(input, writer, deps.clock);
  await cutter.run();
  const record: ChunkRecord = { attempt: input.attempt, tasks: await writer.close(), ...cutter.found() };
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

/**
 * Reads the lines of a chunk, and hands on those that are tasks. When the time for looks is over, it reads on only to see
 * that the lines are lines: what is bad is found here, with its number, and the rest is left to other chunks.
 */
class ChunkCutter {
  private readonly columns: LineColumns;
  private readonly buckets = new Set<string>();
  private readonly looks: OrderedLooks | undefined;
  private readonly looksEnd: number;
  /** Lines that the reader gave. */
  private given = 0;
  /** Where the lines begin that are left to other chunks. */
  private leftFrom: number | undefined;
  private accepted = 0;
  private lines: number;
  private filtered = 0;
  private bad: ChunkRecord['bad'];
  private rest: readonly ManifestChunk[] = [];

  constructor(
    private readonly input: ChunkInput,
    private readonly writer: ShardWriter,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    const { form, looks, source } = input;
    this.columns = new LineColumns(form);
    this.lines = source.skip ?? 0;
    this.looksEnd = clock.now() + LOOK_MILLISECONDS;
    if (looks === undefined) return;
    this.looks = new OrderedLooks(looks, (line, task, wanted) => {
      if (wanted) return this.accept(line, task);
      this.filtered += 1;
      return true;
    });
  }

  async run(): Promise<void> {
    const { reader, source } = this.input;
    const leave = (rest: readonly ManifestChunk[]): void => {
      this.rest = rest;
    };
    try {
      await reader.readLines(source, (line, problem) => this.take(line, problem), leave);
      if (this.bad === undefined) await this.looks?.end();
    } catch (error) {
      if (!(error instanceof LineTooLong)) throw error;
      const reason = `Manifest file is not properly formatted: ${error.message}`;
      this.bad = { line: this.lines + 1, reason };
    } finally {
      this.looks?.stop();
    }
    // With a bad line the job fails, whatever the others are.
    if (this.leftFrom === undefined || this.bad !== undefined) return;
    const { from, end } = source.only ?? { from: 0, end: this.given };
    this.rest = restOf(source, { from: this.leftFrom, end }, this.leftFrom - from);
  }

  found(): Omit<ChunkRecord, 'attempt' | 'tasks'> {
    const { lines, filtered, bad, buckets, rest } = this;
    return {
      buckets: [...buckets],
      lines,
      filtered,
      ...(bad === undefined ? {} : { bad }),
      ...(rest.length === 0 ? {} : { rest }),
    };
  }

  private take(line: Buffer, problem?: string): boolean | Promise<boolean> {
    const number = this.given;
    const { from, end } = this.input.source.only ?? { from: 0, end: Number.POSITIVE_INFINITY };
    if (number >= end) return false;
    this.given += 1;
    this.lines += 1;
    if (number < from) return true;
    const task = problem ?? this.read(line);
    if (typeof task === 'string') {
      this.bad = { line: this.lines, reason: task };
      return false;
    }
    const isEnough = this.accepted >= (this.input.most ?? Number.POSITIVE_INFINITY);
    if (!isEnough && this.isTimeUp(number > from)) this.leftFrom ??= number;
    if (this.leftFrom !== undefined) return true;
    if (task === undefined || isEnough) {
      this.filtered += 1;
      return true;
    }
    return this.looks === undefined ? this.accept(line, task) : this.looks.add(line, task);
  }

  /** A listing has no order by which its lines could be left: it minds the time itself. */
  private isTimeUp(begun: boolean): boolean {
    if (!begun || this.looks === undefined || this.input.source.keys !== undefined) return false;
    return this.clock.now() >= this.looksEnd;
  }

  private accept(line: Buffer, task: TaskLine): true | Promise<true> {
    this.accepted += 1;
    if (this.buckets.size <= MOST_BUCKETS) this.buckets.add(task.bucket);
    return this.writer.add(line);
  }

  /** The task of a line; undefined if it is not wanted; what is wrong with it otherwise. */
  private read(line: Buffer): TaskLine | string | undefined {
    if (!isUtf8(line)) return 'Manifest file is not properly formatted: the line is not UTF-8';
    const record = readCsvRecord(line.toString('utf8'));
    if (record === undefined) return UNBALANCED_QUOTES;
    const task = readTaskRecord(record, this.columns);
    if (typeof task === 'string') return task;
    const wanted = this.input.wants?.(record, task) ?? true;
    if (wanted === true) return task;
    return wanted === false ? undefined : wanted;
  }
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
