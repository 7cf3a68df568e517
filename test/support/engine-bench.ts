import { createHash } from 'node:crypto';
import type { EngineDependencies } from '../../core/engine/dependencies.ts';
import { type PrepareDependencies, prepareItem, prepareTurn } from '../../core/engine/prepare-turn.ts';
import { type ReportDependencies, reportItem } from '../../core/engine/report-range.ts';
import { reportTurn } from '../../core/engine/report-turn.ts';
import { runTurn } from '../../core/engine/run-turn.ts';
import { parseShard } from '../../core/engine/shard-input.ts';
import { requireSurvey } from '../../core/engine/survey.ts';
import type { ItemInput, TurnInput, TurnOutput } from '../../core/engine/turn.ts';
import { runShard, type WorkerDependencies } from '../../core/engine/worker.ts';
import { initialState } from '../../core/job/initial-state.ts';
import type { JobFailure, StoredRequest } from '../../core/job/records.ts';
import type { JobRequest } from '../../core/job/request.ts';
import { hasEnded, type Stage, stageOf } from '../../core/job/status.ts';
import { LineColumns } from '../../core/manifest/line-form.ts';
import type { Operation, Task, TaskContext } from '../../core/operations/operation.ts';
import type { TaskResult } from '../../core/operations/task-result.ts';
import type { S3DataClient } from '../../core/s3/s3-data-client.ts';
import { schedule } from '../../core/scheduling/schedule.ts';
import type { Executions, SchedulerCall } from '../../core/stores/executions.ts';
import type { ReportDestination } from '../../core/stores/report-destination.ts';
import { Death, Life } from './life.ts';
import { MemoryJobStore } from './memory-job-store.ts';
import { MemoryProgressStore } from './memory-progress-store.ts';
import { MemoryWorkStore } from './memory-work-store.ts';
import { VirtualTime } from './virtual-time.ts';

export const SUCCESS: TaskResult = { status: 'succeeded', httpStatus: 200, errorCode: '', message: 'Successful' };
export const FAILURE: TaskResult = { status: 'failed', httpStatus: 404, errorCode: 'NoSuchKey', message: 'gone' };

export interface BenchOptions {
  /** The manifest's text; columns Bucket, Key unless `fields` says otherwise. */
  readonly manifest: string;
  readonly request?: Partial<JobRequest>;
  readonly tasksPerShard?: number;
  readonly concurrency?: number;
  readonly workers?: number;
  /** What a task does; Life is that of its worker, the signal its TaskContext's. */
  readonly execute?: (task: Task, life: Life, signal: AbortSignal) => Promise<TaskResult>;
  /** What the job's operation is besides `execute`. */
  readonly operation?: Partial<Operation>;
  readonly checkBuckets?: (buckets: readonly string[]) => Promise<JobFailure | undefined>;
  /** Before a worker opens its job. */
  readonly openJob?: () => Promise<void>;
  /** Before a report file of lines is written. */
  readonly writeReport?: () => Promise<void>;
  /** Instead of the manifest's bytes. */
  readonly readManifest?: (start: number, end: number) => AsyncIterable<Buffer>;
  readonly chunkBytes?: number;
  /** S3, for a request whose manifest is a listing. */
  readonly bucket?: S3DataClient;
  /** Keys that one call lists of it. */
  readonly listingShare?: number;
  /** A worker's tasks are aborted after so long, and it is killed ten seconds later. */
  readonly workerMilliseconds?: number;
  /** Whether a child of a Map may fail, as it may in the cloud; otherwise the test does. */
  readonly toleratesFaults?: boolean;
  /** The life of the next invocation of a function. */
  readonly lifeOf?: (name: FunctionName) => Life;
  /** What happens elsewhere just before each side effect of a function, named by the store's method. */
  readonly meanwhile?: (by: FunctionName, call: string) => Promise<void>;
}

export type FunctionName = Stage | 'worker' | 'chunk' | 'range';

/** From a worker's time to abort to its end (lambdas/worker). */
const ABORT_BEFORE = 10_000;

/**
 * The engine on stores in memory and a clock of its own: the machines are stepped by hand, an invocation that dies is
 * tried again as Step Functions would, and its state is looked at in between.
 */
export class EngineBench {
  readonly jobId = '0f00e1d2-0000-4000-8000-000000000001';
  readonly jobs = new MemoryJobStore();
  readonly progress = new MemoryProgressStore();
  readonly work = new MemoryWorkStore();
  /** What is in the report bucket. */
  readonly report = new Map<string, string>();
  /** What is in the bucket of the generated manifest. */
  readonly output = new Map<string, Buffer>();
  /** How often each key was carried out. */
  readonly executed = new Map<string, number>();
  readonly started = new Set<string>();
  readonly stopped = new Set<string>();
  /** When each task was begun, in order. */
  readonly begun: { readonly key: string; readonly at: number }[] = [];
  readonly clock = new VirtualTime(START);
  /** Capacity of all workers, as the operator set it: 0 pauses the job. */
  workers: number;
  executions: Executions = {
    start: async (_, stage, epoch) => void this.started.add(`${stage}-${epoch}`),
    stop: async (_, stage, epoch) => void this.stopped.add(`${stage}-${epoch}`),
    status: async () => 'running' as const,
    setConcurrency: async () => undefined,
  };
  callScheduler: SchedulerCall = async () => undefined;
  private invocations = 0;

  constructor(readonly options: BenchOptions) {
    this.workers = options.workers ?? 4;
  }

  /** Milliseconds since the bench was made. */
  get passed(): number {
    return this.clock.now() - START;
  }

  async create(): Promise<void> {
    const stored: StoredRequest = {
      jobId: this.jobId,
      hash: 'h',
      createdAt: new Date(this.clock.now()).toISOString(),
      request: { ...REQUEST, ...this.options.request },
    };
    await this.jobs.createJob(stored, initialState(stored), []);
  }

  /** Runs the job to its end: the stage that its status asks for, again and again. */
  async runToEnd(mostStages = 1_000): Promise<void> {
    for (let stage = 0; stage < mostStages; stage += 1) {
      await this.schedule(this.jobId);
      const state = await this.jobs.getState(this.jobId);
      if (state === undefined || hasEnded(state.status)) return;
      const next = stageOf(state.status);
      if (next !== undefined) await this.runStage(next, state.epoch);
      await this.clock.sleep(1_000);
    }
    throw new Error(`the job does not end: ${JSON.stringify(await this.jobs.getState(this.jobId))}`);
  }

  async schedule(jobId?: string): Promise<void> {
    const workers = (): number => this.workers;
    await schedule(
      {
        jobs: this.jobs,
        clock: this.clock,
        log: () => undefined,
        executions: this.executions,
        get maxConcurrentWorkers() {
          return workers();
        },
        operation: () => this.operation,
      },
      jobId,
    );
  }

  /** One execution of a stage's machine. Stopped, it begins nothing more; what it began goes on. */
  async runStage(stage: Stage, epoch: number, stopped: () => boolean = () => false): Promise<void> {
    let state: TurnInput = { jobId: this.jobId, epoch, turn: 0 };
    for (let turn = 0; turn < 1_000; turn += 1) {
      const output: TurnOutput = await this.untilAlive(() => this.turn(stage, state));
      if (output.action === 'done' || stopped()) return;
      if (output.action === 'wait') await this.clock.sleep(output.seconds * 1_000);
      else await this.map(stage, output, stopped);
      if (stopped()) return;
      state = { jobId: output.jobId, epoch: output.epoch, turn: output.turn };
    }
    throw new Error(`stage ${stage} does not end`);
  }

  private async map(stage: Stage, output: TurnOutput, stopped: () => boolean): Promise<void> {
    const rows = csvRows((await this.work.get(output.items))?.body.toString() ?? '');
    const inputs = rows.map((item) => ({ jobId: output.jobId, epoch: output.epoch, deadline: output.deadline, item }));
    const queue = inputs.values();
    const child = async (): Promise<void> => {
      for (const input of queue) {
        if (stopped()) return;
        // A child that failed is tolerated: the next turn looks at the truth.
        await this.item(stage, input).catch((error: unknown) => {
          if (!(error instanceof Death || this.options.toleratesFaults === true)) throw error;
        });
      }
    };
    await Promise.all(Array.from({ length: Math.min(output.concurrency, inputs.length) }, child));
  }

  async turn(stage: Stage, input: TurnInput): Promise<TurnOutput> {
    const life = this.life(stage);
    switch (stage) {
      case 'prepare':
        return await life.live(() => prepareTurn(this.prepareDependencies(life), input));
      case 'run':
        return await life.live(() => runTurn({ ...this.dependencies(life), operation: () => this.operation }, input));
      case 'report':
        return await life.live(() => reportTurn(this.reportDependencies(life), input));
    }
  }

  async item(stage: Stage, input: ItemInput): Promise<void> {
    const life = this.life(stage === 'run' ? 'worker' : stage === 'prepare' ? 'chunk' : 'range');
    if (stage === 'run') await this.worker(life, input);
    else if (stage === 'prepare') await life.live(() => prepareItem(this.prepareDependencies(life), input));
    else await life.live(() => reportItem(this.reportDependencies(life), input));
  }

  private async worker(life: Life, input: ItemInput): Promise<void> {
    const { workerMilliseconds: limit } = this.options;
    const abort = new AbortController();
    const limits =
      limit === undefined
        ? []
        : [this.clock.after(limit, () => abort.abort()), this.clock.after(limit + ABORT_BEFORE, () => life.kill())];
    const shard = parseShard(input, limit === undefined ? Number.MAX_SAFE_INTEGER : this.clock.now() + limit);
    try {
      await life.live(() => runShard(this.workerDependencies(life, abort.signal), shard));
    } finally {
      for (const callOff of limits) callOff();
    }
  }

  /** Lines of the report, in the manifest's words, sorted; empty if there is no report. */
  reportLines(): string[] {
    const manifest = [...this.report].find(([key]) => key.endsWith('/manifest.json'))?.[1];
    if (manifest === undefined) return [];
    const { Results } = JSON.parse(manifest) as { Results: { Key: string }[] };
    return Results.flatMap(({ Key }) => (this.report.get(Key) ?? '').split('\r\n').slice(0, -1)).sort();
  }

  dependencies(life: Life): EngineDependencies {
    return {
      jobs: life.of(this.jobs),
      progress: life.of(this.progress),
      work: life.of(this.work),
      callScheduler: (jobId) => this.callScheduler(jobId),
      clock: {
        now: () => this.clock.now(),
        sleep: (milliseconds) => this.clock.sleep(milliseconds),
        every: (milliseconds, work) =>
          this.clock.every(milliseconds, async () => {
            if (!life.dead) await work();
          }),
      },
      log: () => undefined,
    };
  }

  private workerDependencies(life: Life, signal: AbortSignal): WorkerDependencies {
    const run = this.options.execute ?? (async () => SUCCESS);
    const execute = async (task: Task): Promise<TaskResult> => {
      this.executed.set(task.key, (this.executed.get(task.key) ?? 0) + 1);
      this.begun.push({ key: task.key, at: this.passed });
      const result = await run(task, life, signal);
      return life.dead ? await new Promise(() => undefined) : result;
    };
    return {
      ...this.dependencies(life),
      invocation: `i${this.invocations++}`,
      openJob: async (jobId) => {
        await this.options.openJob?.();
        const stored = await this.jobs.getRequest(jobId);
        if (stored === undefined) throw new Error('no request');
        return {
          stored,
          columns: new LineColumns((await requireSurvey(this.work, jobId)).form),
          operation: { ...this.operation, execute },
          parameters: {},
          context: { jobId, signal } as TaskContext,
        };
      },
    };
  }

  private get operation(): Operation {
    const concurrency = this.options.concurrency ?? 4;
    return { concurrency, invokesFunctions: false, ...this.options.operation } as Operation;
  }

  private get tasksPerShard(): number {
    return this.options.tasksPerShard ?? 10;
  }

  private prepareDependencies(life: Life): PrepareDependencies {
    const bytes = Buffer.from(this.options.manifest);
    async function* inPieces(start: number, end: number): AsyncIterable<Buffer> {
      yield bytes.subarray(start, end);
    }
    return {
      ...this.dependencies(life),
      ...(this.options.chunkBytes === undefined ? {} : { chunkBytes: this.options.chunkBytes }),
      ...(this.options.listingShare === undefined ? {} : { listingShare: this.options.listingShare }),
      attempt: `a${this.invocations++}`,
      tasksPerShard: () => this.tasksPerShard,
      checkBuckets: async (_, buckets) => await this.options.checkBuckets?.(buckets),
      openBucket: async () => {
        if (this.options.bucket === undefined) throw new Error('no bucket should be listed');
        return this.options.bucket;
      },
      openOutput: async () => this.destination(life, 'output', this.output, (bytes) => bytes),
      openManifest: async () => ({
        manifest: {
          bucket: 'm',
          key: 'm.csv',
          etag: () => '"e"',
          size: async () => bytes.length,
          read: this.options.readManifest ?? inPieces,
        },
        open: (bucket, key) => {
          throw new Error(`${bucket}/${key} should not be read`);
        },
        list: (bucket) => {
          throw new Error(`${bucket} should not be listed`);
        },
      }),
    };
  }

  private reportDependencies(life: Life): ReportDependencies {
    const destination = this.destination(life, 'reports', this.report, (bytes) => bytes.toString());
    return { ...this.dependencies(life), openReport: async () => destination };
  }

  /** A bucket in memory; `read` makes of an object's bytes what is kept of it. */
  private destination<Kept>(
    life: Life,
    bucket: string,
    objects: Map<string, Kept>,
    read: (bytes: Buffer) => Kept,
  ): ReportDestination {
    const put = async (key: string, body: Buffer): Promise<string> => {
      objects.set(key, read(body));
      return `"${createHash('md5').update(body).digest('hex')}"`;
    };
    const create = (key: string) => {
      const pieces: Buffer[] = [];
      return {
        write: async (piece: Buffer) => void pieces.push(Buffer.from(piece)),
        close: async () => {
          await this.options.writeReport?.();
          await life.effect(() => put(key, Buffer.concat(pieces)));
        },
        abort: async () => undefined,
      };
    };
    return { bucket, create, put: (key, body) => life.effect(() => put(key, Buffer.from(body))) };
  }

  private life(name: FunctionName): Life {
    const life = this.options.lifeOf?.(name) ?? Life.forever();
    life.meanwhile = async (call) => await this.options.meanwhile?.(name, call);
    return life;
  }

  /** As a machine's Retry does: the turn is taken again when its function died. */
  private async untilAlive<Result>(attempt: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof Death)) throw error;
      }
    }
  }
}

function csvRows(text: string): Record<string, string>[] {
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const columns = header.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? '']));
  });
}

const START = Date.parse('2026-01-02T03:04:05.000Z');

const REQUEST: JobRequest = {
  ConfirmationRequired: false,
  Operation: { S3PutObjectTagging: { TagSet: [] } },
  Report: {
    Enabled: true,
    Bucket: 'arn:aws:s3:::reports',
    Format: 'Report_CSV_20180820',
    ReportScope: 'AllTasks',
    Prefix: 'r',
  },
  ClientRequestToken: 't',
  Manifest: {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: 'arn:aws:s3:::m/m.csv', ETag: 'e' },
  },
  Priority: 1,
  RoleArn: 'arn:aws:iam::000000000000:role/drover/r',
};
