import { mapWorkersOf } from '../engine/map-workers.ts';
import { LEASE_MILLISECONDS } from '../engine/suspicion.ts';
import { SUM_EVERY_MILLISECONDS } from '../engine/totals.ts';
import { waveSize } from '../engine/wave.ts';
import { LOOK_EVERY_MILLISECONDS, PART_MILLISECONDS, PROBING_PART_TASKS } from '../engine/worker-times.ts';
import type { Usage } from './bill.ts';
import { FUNCTION_GIGABYTES } from './function-memory.ts';
import type { JobSize } from './job-size.ts';

/**
 * Counts of what one of something uses: each follows from the code that is named, and is held against what
 * `npm run bench -- cost` counts of jobs that are run.
 */
type Each = Usage;

/**
 * A job, whatever its size. Transitions: Turn, What next and Done of three machines, and once Wait with another Turn and
 * What next while the last workers' names go. Calls of api, scheduler and the turns: some fifteen. DynamoDB: six small
 * items and their deletion, seven changes of status of 2 units each, the schedule. Survey, plan, report manifest and MD5.
 */
const JOB: Each = {
  transitions: 12,
  invocations: 15,
  gigabyteSeconds: 5,
  readUnits: 100,
  writeUnits: 30,
  puts: 5,
  gets: 10,
};

/** A turn with a Map (a wave, or the Map of a large preparation or report): Turn, What next, Map; the CSV, put and read. */
const MAP_TURN: Each = {
  transitions: 3,
  invocations: 1,
  gigabyteSeconds: 2,
  readUnits: 5,
  writeUnits: 0,
  puts: 1,
  gets: 3,
};

/**
 * A chunk of the manifest: its child, one GET of its bytes, its record. Its lines are LINE_SECONDS. Of a manifest of one
 * chunk the turn does the work and there is no child.
 */
const CHUNK: Each = {
  transitions: 3,
  invocations: 1,
  gigabyteSeconds: 0.5,
  readUnits: 3,
  writeUnits: 0,
  puts: 1,
  gets: 3,
};

/**
 * A shard. Transitions: the child's start, Item and Nothing. S3: its file, put by Prepare and got by the worker. DynamoDB:
 * state, request and block are read (1 + 1 + 2 units); the worker takes its place in the block (2 units: a block of 256
 * shards is 1 to 2 KB) and tries to claim the sum when it is done (1). START_SECONDS of the worker besides.
 */
const SHARD: Each = {
  transitions: 3,
  invocations: 1,
  gigabyteSeconds: 0,
  readUnits: 4,
  writeUnits: 3,
  puts: 1,
  gets: 1,
};

/** A part: its results are put, and got by the report; the block is moved on (2 units), the totals looked at. */
const PART: Each = {
  transitions: 0,
  invocations: 0,
  gigabyteSeconds: 0,
  readUnits: 1,
  writeUnits: 2,
  puts: 1,
  gets: 1,
};

/** A block: made (1 unit), sealed (2), read by turns; its child of the report, whose record is put. */
const BLOCK: Each = {
  transitions: 3,
  invocations: 1,
  gigabyteSeconds: 0.5,
  readUnits: 5,
  writeUnits: 3,
  puts: 1,
  gets: 2,
};

/**
 * While a job has fewer than a thousand counted tasks its parts are small, and it is
 * two seconds until the next sum says otherwise: about so many parts of each of its first workers.
 */
const PROBING = { tasks: PROBING_PART_TASKS, partsOfWorker: 15 };

/** What a worker takes before its first task and after its last: role, shard file, takeover, results. */
const START_SECONDS = 0.3;

const MILLISECONDS = 1_000;

const PART_SECONDS = PART_MILLISECONDS / MILLISECONDS;

/** Of one core of a function: the cutter was measured at 0.6 to 0.65 million lines a second. */
const LINE_SECONDS = 1 / 500_000;

/** The report copies lines without parsing them: bounded by how fast it reads and writes S3. */
const REPORT_LINE_SECONDS = 1 / 1_000_000;

/** Bytes of a report's line: bucket, key, status, code, message. */
const REPORT_LINE_BYTES = 130;

/** Report files go up in parts of 8 MiB, each a PUT, with a beginning and an end (core/stores/s3-report-destination.ts). */
const UPLOAD_PART_BYTES = 8 * 1024 * 1024;

/** A worker looks at its job, one unit; it renews its lease when a third of it is over, two units. */
const LOOK_SECONDS = LOOK_EVERY_MILLISECONDS / MILLISECONDS;
const LEASE_SECONDS = LEASE_MILLISECONDS / 3 / MILLISECONDS;

/** One worker of all adds up the blocks now and then; a block whose shards are done has some 1.5 KB. */
const SUM_SECONDS = SUM_EVERY_MILLISECONDS / MILLISECONDS;
const BLOCK_BYTES = 1_500;
const READ_UNIT_BYTES = 4_096;

/** How a job of some size runs. */
export interface Running {
  readonly size: JobSize;
  readonly workers: number;
  /** Seconds of the run, at the rate that was found. */
  readonly seconds: number;
  readonly reports: boolean;
}

/** What Drover uses for a job, its objects' own requests left out: so many of each kind, by what each kind takes. */
export function droverUsage({ size, workers, seconds, reports }: Running): Usage {
  const { tasks, shards, blocks, chunks } = size;
  const workerSeconds = workers * seconds;
  const shardSeconds = workerSeconds / shards;
  const probing = Math.min(Math.ceil(tasks / PROBING.tasks), workers * PROBING.partsOfWorker);
  const parts = probing + shards * Math.max(1, Math.ceil(shardSeconds / PART_SECONDS));
  const waves = Math.ceil(shards / waveSize(workers, Math.max(1, shardSeconds * MILLISECONDS)));
  const reported = reports ? blocks : 0;
  const children = { chunks: chunks > 1 ? chunks : 0, reported: reported > 1 ? reported : 0 };
  return sumOf([
    JOB,
    times(waves + (children.chunks > 0 ? 1 : 0) + (children.reported > 0 ? 1 : 0), MAP_TURN),
    times(children.chunks, CHUNK),
    times(shards, SHARD),
    times(parts, PART),
    times(blocks, BLOCK),
    {
      ...NOTHING,
      gigabyteSeconds:
        FUNCTION_GIGABYTES.worker * (workerSeconds + shards * START_SECONDS) +
        FUNCTION_GIGABYTES['prepare-chunk'] * tasks * LINE_SECONDS +
        (reports ? FUNCTION_GIGABYTES['report-range'] * tasks * REPORT_LINE_SECONDS : 0),
      readUnits: looks(workerSeconds, seconds, blocks),
      writeUnits: (2 * workerSeconds) / LEASE_SECONDS,
      puts: reports ? 2 * blocks + (tasks * REPORT_LINE_BYTES) / UPLOAD_PART_BYTES : 0,
    },
  ]);
}

/**
 * Units of what is read again and again while tasks are under way.
 * @param workerSeconds of all workers together.
 * @param seconds of the run.
 */
export function looks(workerSeconds: number, seconds: number, blocks: number): number {
  return workerSeconds / LOOK_SECONDS + (seconds / SUM_SECONDS) * Math.ceil((blocks * BLOCK_BYTES) / READ_UNIT_BYTES);
}

/** Bytes that a job leaves in the work bucket for 90 days: its lines, and its results. */
export function workBytes(tasks: number, lineBytes: number): number {
  return tasks * (lineBytes + REPORT_LINE_BYTES);
}

/** Seconds before the run and after it. */
export function secondsAround(
  { tasks, chunks, blocks }: JobSize,
  capacity: number,
  reports: boolean,
): { readonly prepare: number; readonly report: number } {
  const children = mapWorkersOf(capacity);
  const least = 3;
  return {
    prepare: least + (tasks * LINE_SECONDS) / Math.min(children, chunks),
    report: least + (reports ? (tasks * REPORT_LINE_SECONDS) / Math.min(children, Math.max(1, blocks)) : 0),
  };
}

const NOTHING: Usage = {
  transitions: 0,
  invocations: 0,
  gigabyteSeconds: 0,
  readUnits: 0,
  writeUnits: 0,
  puts: 0,
  gets: 0,
};

function times(count: number, each: Each): Usage {
  return sumOf([each], count);
}

function sumOf(all: readonly Usage[], factor = 1): Usage {
  const sum = (name: keyof Usage): number => factor * all.reduce((total, usage) => total + usage[name], 0);
  return {
    transitions: sum('transitions'),
    invocations: sum('invocations'),
    gigabyteSeconds: sum('gigabyteSeconds'),
    readUnits: sum('readUnits'),
    writeUnits: sum('writeUnits'),
    puts: sum('puts'),
    gets: sum('gets'),
  };
}
