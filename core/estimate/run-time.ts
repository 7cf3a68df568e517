import { demandOf, type LaneNeeds, lanesOf } from '../engine/lanes.ts';
import type { TaskRequests } from '../operations/task-requests.ts';
import type { JobSize } from './job-size.ts';

/** What a job cannot be faster than. */
export interface SpeedLimit {
  readonly Name: SpeedLimitName;
  readonly TasksPerSecond: number;
  /** A sentence without its dot. */
  readonly Meaning: string;
}

export type SpeedLimitName =
  | 'Assumed'
  | 'RateLimit'
  | 'S3Writes'
  | 'S3Reads'
  | 'S3Restores'
  | 'Workers'
  | 'FunctionConcurrency'
  | 'WorkerNetwork'
  | 'ChildrenStarted';

/** PUT, COPY, POST and DELETE, and GET and HEAD, of one partition a second (User Guide, "optimizing-performance"). */
const S3_WRITES_PER_SECOND = 3_500;
const S3_READS_PER_SECOND = 5_500;

/** Restore requests a second of an account in a Region (User Guide, "archival-storage"). */
const S3_RESTORES_PER_SECOND = 1_000;

/** STANDARD children of a Distributed Map that are started in a second (Step Functions, "service-quotas"). */
const CHILDREN_PER_SECOND = 100;

/** What a function's network brings in: 625 Mbps (Lambda, "gettingstarted-limits"). */
const WORKER_BYTES_PER_SECOND = 625e6 / 8;

export interface Speed {
  readonly workers: number;
  readonly tasksPerSecond: number;
  /** The lowest first: it is the one that counts. */
  readonly limits: readonly SpeedLimit[];
}

export interface SpeedInput {
  readonly size: JobSize;
  readonly needs: LaneNeeds;
  /** Workers of all jobs together. */
  readonly capacity: number;
  readonly requests: TaskRequests;
  /** Tasks that are carried out by one request. */
  readonly batch: number;
  /** Milliseconds until a request is answered. */
  readonly latency: number;
  /** The rate that the caller takes for granted. */
  readonly assumed?: number | undefined;
}

/** How fast a job can go with all of the capacity to itself, and what it is that makes it no faster. */
export function speedOf(input: SpeedInput): Speed {
  const { size, needs, capacity, requests, assumed } = input;
  const share = Math.min(Math.max(1, capacity), demandOf(size.shards, needs));
  const { workers, concurrency } = lanesOf(share, needs);
  const used = Math.min(workers, size.shards);
  const limits = [
    limit('Assumed', assumed, 'the rate that was given'),
    limit('RateLimit', needs.tasksPerSecond, 'Drover.RateLimit of the job'),
    per(
      'S3Writes',
      S3_WRITES_PER_SECOND,
      writesOf(requests),
      'writes and deletions a second in one partition of a bucket',
    ),
    per('S3Reads', S3_READS_PER_SECOND, requests.reads, 'reads a second in one partition of a bucket'),
    per('S3Restores', S3_RESTORES_PER_SECOND, requests.restores, 'restore requests a second of an account'),
    workersLimit(input, used, concurrency),
    per(
      'WorkerNetwork',
      used * WORKER_BYTES_PER_SECOND,
      requests.bytesRead,
      `bytes a second: what the network of ${counted(used, 'worker')} brings in`,
    ),
    per(
      'ChildrenStarted',
      CHILDREN_PER_SECOND,
      size.shards / size.tasks,
      'shards that Step Functions starts in a second',
    ),
  ]
    .filter((each) => each !== undefined)
    .sort((a, b) => a.TasksPerSecond - b.TasksPerSecond);
  return { workers: used, tasksPerSecond: limits[0]?.TasksPerSecond ?? 0, limits };
}

/** S3 counts deletions with the writes, each key of a request for many. */
function writesOf({ writes = 0, deletes = 0 }: TaskRequests): number {
  return writes + deletes;
}

function workersLimit(
  { needs, requests, batch, latency, capacity }: SpeedInput,
  workers: number,
  concurrency: number,
): SpeedLimit {
  const { writes = 0, reads = 0, deletes = 0, restores = 0 } = requests;
  // Requests of one task follow one another; those of a batch are one.
  const rounds = batch > 1 ? 1 : Math.max(1, writes + reads + deletes + restores);
  const tasksPerSecond = (workers * concurrency * batch * 1_000) / (latency * rounds);
  const inFlight = workers * concurrency;
  if (needs.invokesFunctions) {
    const meaning = `${counted(inFlight, 'invocation')} in flight, each of ${latency} ms`;
    return { Name: 'FunctionConcurrency', TasksPerSecond: tasksPerSecond, Meaning: meaning };
  }
  const meaning =
    `${counted(workers, 'worker')} with ${concurrency} requests in flight each, answered in ${latency} ms ` +
    `(all jobs together may have ${counted(capacity, 'worker')})`;
  return { Name: 'Workers', TasksPerSecond: tasksPerSecond, Meaning: meaning };
}

function limit(Name: SpeedLimitName, rate: number | undefined, Meaning: string): SpeedLimit | undefined {
  return rate === undefined ? undefined : { Name, TasksPerSecond: rate, Meaning };
}

/** So much a second of what each task takes so much of. */
function per(Name: SpeedLimitName, rate: number, each: number | undefined, what: string): SpeedLimit | undefined {
  if (each === undefined || each <= 0) return undefined;
  return { Name, TasksPerSecond: rate / each, Meaning: `${rate.toLocaleString('en-US')} ${what}` };
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
}
