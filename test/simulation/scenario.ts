import type { After, AfterManifest } from '../../core/job/after.ts';
import { jobIdOf } from '../../core/job/job-id.ts';
import type { JobRequest } from '../../core/job/request.ts';
import type { TaskResult } from '../../core/operations/task-result.ts';
import type { Random } from './random.ts';

/** Where the simulated Drover is. */
export const IDENTITY = { account: '000000000000', region: 'us-east-1', partition: 'aws' } as const;
export const ROLE = 'arn:aws:iam::000000000000:role/drover/r';

export type UserRequest =
  | { readonly kind: 'cancel' | 'pause' | 'resume' }
  | { readonly kind: 'priority'; readonly priority: number }
  | { readonly kind: 'limits'; readonly tasksPerSecond?: number | null; readonly maxWorkers?: number | null };

/** One job of a world: what is asked for, and what its objects are like. */
export interface SimulatedJob {
  readonly jobId: string;
  readonly request: JobRequest;
  /** The keys that its manifest names, in its order; some twice. None where its tasks are those of another job. */
  readonly keys: readonly string[];
  /** The job whose end it waits for, and which of its tasks it takes. */
  readonly after: { readonly job: SimulatedJob; readonly takes: AfterManifest } | undefined;
  /** Function invocations at once, where its tasks are invocations. */
  readonly mostInvocations: number | undefined;
  readonly tasksPerShard: number;
  readonly chunkBytes: number;
  /** Milliseconds into the world at which it is created. */
  readonly createdAfter: number;
  /** Whether the operation fails for the object, as S3 would say it does: always the same. */
  readonly fails: (key: string) => boolean;
  /** Objects whose task kills its process. */
  readonly deadly: ReadonlySet<string>;
  readonly taskMilliseconds: readonly [least: number, most: number];
  /** What users ask of it, and when. */
  readonly wishes: readonly { readonly after: number; readonly wish: UserRequest }[];
}

export interface Scenario {
  readonly jobs: readonly SimulatedJob[];
  /** No faults at all: then no task is ever carried out twice. */
  readonly fair: boolean;
  /** Milliseconds until the faults end. */
  readonly foulFor: number;
  /** Workers of all jobs together, as the operator has it. */
  readonly maxConcurrentWorkers: number;
  readonly accountConcurrency: number;
  readonly maxActiveJobs: number | undefined;
  /** Tasks in flight in a worker. */
  readonly concurrency: number;
  /** Milliseconds that a worker may take. */
  readonly workerLimit: number;
}

/** What a job may take of the one before it. `Report` is one of the others, by the report's scope. */
const TAKEN = ['FailedTasks', 'SucceededTasks', 'NotSucceededTasks', 'Same'] as const;

const MANIFEST: NonNullable<JobRequest['Manifest']> = {
  Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
  Location: { ObjectArn: 'arn:aws:s3:::m/m.csv', ETag: 'e' },
};

/** From tasks of which a worker does hundreds in a look to some that outlast its lease. */
const TASK_TIMES = [
  [1, 30],
  [20, 400],
  [20, 400],
  [500, 4_000],
  [2_000, 20_000],
  [20_000, 100_000],
] as const;

/** Faults end after so long, in milliseconds: before any trouble may fail a job for good. */
const LONGEST_FOUL = 8 * 60_000;

export function scenarioOf(random: Random): Scenario {
  const fair = random.chance(0.15);
  const foulFor = random.wide(20_000, LONGEST_FOUL);
  const jobs: SimulatedJob[] = [];
  const count = random.pick([1, 1, 2, 3]);
  while (jobs.length < count) jobs.push(jobOf(random.fork(), jobs, foulFor));
  return {
    jobs,
    fair,
    foulFor,
    maxConcurrentWorkers: random.whole(1, 8),
    accountConcurrency: random.pick([10, 10, 20, 1_000]),
    maxActiveJobs: random.chance(0.2) ? 1 : undefined,
    concurrency: random.whole(1, 4),
    workerLimit: random.chance(0.25) ? random.whole(25_000, 120_000) : 900_000,
  };
}

function jobOf(random: Random, before: readonly SimulatedJob[], foulFor: number): SimulatedJob {
  const index = before.length;
  const last = before.at(-1);
  const after = last !== undefined && random.chance(0.3) ? { job: last, takes: random.pick(TAKEN) } : undefined;
  const keys = after === undefined ? keysOf(random) : [];
  const mostInvocations = random.chance(0.2) ? random.whole(1, 10) : undefined;
  const failing = random.pick([0, 0, 0.1, 0.5, 0.9]);
  const salt = random.whole(0, 1_000_000);
  const ClientRequestToken = `token-${index}`;
  const deadly = keys.length > 0 && random.chance(0.1) ? [random.pick(keys)] : [];
  const threshold = random.chance(0.3) ? { MinimumTasks: random.whole(1, 30), Percent: random.whole(0, 100) } : {};
  const Drover = {
    ...(random.chance(0.2) ? { RateLimit: { TasksPerSecond: random.wide(2, 500) } } : {}),
    ...(random.chance(0.2) ? { MaxWorkers: random.whole(1, 4) } : {}),
    ...(random.chance(0.3) ? { FailureThreshold: threshold } : {}),
    ...(after === undefined ? {} : { After: afterOf(after) }),
  };
  return {
    jobId: jobIdOf(IDENTITY.account, IDENTITY.region, ClientRequestToken),
    keys,
    after,
    mostInvocations,
    tasksPerShard: random.pick([1, 2, 5, 10, 50]),
    chunkBytes: random.pick([40, 150, 100_000]),
    createdAfter: index === 0 ? 0 : random.wide(1, foulFor),
    fails: (key) => hashed(`${salt}${key}`) < failing,
    deadly: new Set(deadly),
    taskMilliseconds: random.pick(TASK_TIMES),
    wishes: wishesOf(random, foulFor),
    request: {
      ConfirmationRequired: random.chance(0.2),
      Operation: operationOf(mostInvocations),
      Report: {
        Enabled: true,
        Bucket: 'arn:aws:s3:::reports',
        Format: 'Report_CSV_20180820',
        ReportScope: random.chance(0.2) ? 'FailedTasksOnly' : 'AllTasks',
        Prefix: 'r',
      },
      ClientRequestToken,
      ...(after === undefined ? { Manifest: MANIFEST } : {}),
      Priority: random.whole(0, 3),
      RoleArn: ROLE,
      ...(Object.keys(Drover).length === 0 ? {} : { Drover }),
    },
  };
}

function afterOf({ job, takes }: NonNullable<SimulatedJob['after']>): After {
  return { JobIds: [job.jobId], On: 'Any', Manifest: takes };
}

function operationOf(mostInvocations: number | undefined): JobRequest['Operation'] {
  if (mostInvocations === undefined) return { S3PutObjectTagging: { TagSet: [] } };
  return {
    LambdaInvoke: { FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f' },
    Drover: { LambdaInvoke: { MaxConcurrentInvocations: mostInvocations } },
  };
}

function keysOf(random: Random): string[] {
  const repeats = random.chance(0.4) ? 0.2 : 0;
  const keys: string[] = [];
  for (let line = random.pick([1, 7, 20, 45, 80]); line > 0; line -= 1) {
    keys.push(keys.length > 0 && random.chance(repeats) ? random.pick(keys) : `k${keys.length}`);
  }
  return keys;
}

function wishesOf(random: Random, foulFor: number): SimulatedJob['wishes'] {
  const kinds = ['cancel', 'pause', 'pause', 'resume', 'priority', 'priority', 'limits'] as const;
  return Array.from({ length: random.pick([0, 0, 1, 2, 4]) }, () => {
    const after = random.wide(100, foulFor);
    const kind = random.pick(kinds);
    if (kind === 'priority') return { after, wish: { kind, priority: random.whole(0, 5) } };
    if (kind !== 'limits') return { after, wish: { kind } };
    const limits = random.chance(0.5)
      ? { tasksPerSecond: random.chance(0.3) ? null : random.wide(2, 500) }
      : { maxWorkers: random.chance(0.3) ? null : random.whole(1, 4) };
    return { after, wish: { kind, ...limits } };
  });
}

export const SUCCESS: TaskResult = { status: 'succeeded', httpStatus: 200, errorCode: '', message: 'Successful' };
export const FAILURE: TaskResult = { status: 'failed', httpStatus: 404, errorCode: 'NoSuchKey', message: 'gone' };

/** From 0 to below 1, of a text (FNV-1a). */
function hashed(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
