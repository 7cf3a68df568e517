import { systemClock } from '../../core/engine/clock.ts';
import type { EngineDependencies } from '../../core/engine/dependencies.ts';
import { prepareItem, prepareTurn } from '../../core/engine/prepare-turn.ts';
import { reportItem } from '../../core/engine/report-range.ts';
import { reportTurn } from '../../core/engine/report-turn.ts';
import { runTurn } from '../../core/engine/run-turn.ts';
import { parseShard } from '../../core/engine/shard-input.ts';
import { requireSurvey } from '../../core/engine/survey.ts';
import type { ItemInput, TurnInput, TurnOutput } from '../../core/engine/turn.ts';
import { runShard } from '../../core/engine/worker.ts';
import type { WorkerJob } from '../../core/engine/worker-job.ts';
import { initialState } from '../../core/job/initial-state.ts';
import type { StoredRequest } from '../../core/job/records.ts';
import type { JobRequest } from '../../core/job/request.ts';
import { hasEnded, type Stage, stageOf } from '../../core/job/status.ts';
import { LineColumns } from '../../core/manifest/line-form.ts';
import { SMALL_REQUESTS_IN_FLIGHT } from '../../core/operations/in-flight.ts';
import type { Operation, TaskContext } from '../../core/operations/operation.ts';
import { succeeded } from '../../core/operations/task-result.ts';
import { schedule } from '../../core/scheduling/schedule.ts';
import type { Executions } from '../../core/stores/executions.ts';
import type { OpenManifest } from '../../core/stores/manifest-source.ts';
import type { OpenReport } from '../../core/stores/report-destination.ts';

/** The functions of a deployment that a job's way leads through. */
export type JobFunction = 'prepare' | 'prepare-chunk' | 'run' | 'worker' | 'report' | 'report-range' | 'scheduler';

export interface JobDriverOptions {
  readonly stores: Pick<EngineDependencies, 'jobs' | 'progress' | 'work'>;
  readonly openManifest: OpenManifest;
  readonly openReport: OpenReport;
  /** Children of a Map that this process runs at once. */
  readonly children: number;
  /** Around each invocation of a function: whoever measures sees which one is under way. */
  readonly invoke?: <Result>(name: JobFunction, work: () => Promise<Result>) => Promise<Result>;
}

/** What a job's executions were charged for, as far as Step Functions counts it. */
export interface Tally {
  /** State transitions of the three machines, their Maps' children included (lib/turn-machine.ts). */
  transitions: number;
  /** Map runs: each reads its CSV from the work bucket. */
  maps: number;
  /** Children of Map runs. */
  children: number;
}

/** Seconds that each stage of the job took. */
export type StageSeconds = Record<Stage, number>;

const TASKS_PER_SHARD = 5_000;

/** A task that is stubbed: it succeeds at once. Everything around it is the engine's own. */
const OPERATION = {
  name: 'S3PutObjectTagging',
  concurrency: SMALL_REQUESTS_IN_FLIGHT,
  invokesFunctions: false,
  execute: async () => succeeded(),
} as Partial<Operation> as Operation;

export const JOB_ID = '0f00e1d2-0000-4000-8000-000000000001';

const REQUEST: JobRequest = {
  ConfirmationRequired: false,
  Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'done', Value: 'yes' }] } },
  Report: {
    Enabled: true,
    Bucket: 'arn:aws:s3:::reports',
    Format: 'Report_CSV_20180820',
    ReportScope: 'AllTasks',
    Prefix: 'out',
  },
  ClientRequestToken: 'bench',
  Manifest: {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: 'arn:aws:s3:::data/manifest.csv', ETag: 'e' },
  },
  Priority: 10,
  RoleArn: 'arn:aws:iam::000000000000:role/drover/bench',
};

/** Steps a job's machines by hand, as Step Functions would, in one process and with stubbed tasks. */
export class JobDriver {
  readonly tally: Tally = { transitions: 0, maps: 0, children: 0 };
  readonly seconds: StageSeconds = { prepare: 0, run: 0, report: 0 };
  #invocations = 0;
  #opened: Promise<WorkerJob> | undefined;

  constructor(private readonly options: JobDriverOptions) {}

  /** Creates the job and runs it to its end. Throws when it does not complete with all its tasks. */
  async run(tasks: number, afterStage: (stage: Stage) => void = () => undefined): Promise<void> {
    const { jobs } = this.options.stores;
    const stored = { jobId: JOB_ID, hash: 'h', createdAt: new Date().toISOString(), request: REQUEST };
    await jobs.createJob(stored, initialState(stored), []);
    await this.#schedule(JOB_ID);
    for (;;) {
      const state = await jobs.getState(JOB_ID);
      if (state === undefined || hasEnded(state.status)) break;
      const stage = stageOf(state.status);
      if (stage === undefined) throw new Error(`the job stands at ${state.status}`);
      const began = performance.now();
      await this.#runStage(stage, state.epoch);
      this.seconds[stage] += (performance.now() - began) / 1_000;
      afterStage(stage);
    }
    const job = await jobs.getJob(JOB_ID);
    if (job?.state.status !== 'Complete' || job.totals.succeeded !== tasks) throw new Error(JSON.stringify(job));
  }

  /** One execution: a Task and a Choice each turn, and what the turn chose. */
  async #runStage(stage: Stage, epoch: number): Promise<void> {
    let input: TurnInput = { jobId: JOB_ID, epoch, turn: 0 };
    for (;;) {
      const output = await this.#invoke(stage, () => this.#turn(stage, input));
      this.tally.transitions += 3;
      if (output.action === 'done') return;
      if (output.action === 'wait') await systemClock.sleep(output.seconds * 1_000);
      else await this.#map(stage, output);
      input = { jobId: output.jobId, epoch: output.epoch, turn: output.turn };
    }
  }

  async #map(stage: Stage, output: TurnOutput): Promise<void> {
    this.tally.maps += 1;
    const csv = (await this.options.stores.work.get(output.items))?.body.toString() ?? '';
    const rows = rowsOf(csv).values();
    const lane = async (): Promise<void> => {
      for (const item of rows) {
        // A child begins, its Task, its Pass.
        this.tally.transitions += 3;
        this.tally.children += 1;
        const { jobId, epoch, deadline } = output;
        await this.#item(stage, { jobId, epoch, deadline, item });
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.options.children, output.concurrency) }, lane));
  }

  async #turn(stage: Stage, input: TurnInput): Promise<TurnOutput> {
    const engine = this.#engine();
    const { openReport } = this.options;
    switch (stage) {
      case 'prepare':
        return await prepareTurn(this.#prepare(), input);
      case 'run':
        return await runTurn({ ...engine, operation: () => OPERATION }, input);
      case 'report':
        return await reportTurn({ ...engine, openReport }, input);
    }
  }

  async #item(stage: Stage, input: ItemInput): Promise<void> {
    const { openReport } = this.options;
    switch (stage) {
      case 'prepare':
        return await this.#invoke('prepare-chunk', () => prepareItem(this.#prepare(), input));
      case 'report':
        return await this.#invoke('report-range', () => reportItem({ ...this.#engine(), openReport }, input));
      case 'run':
        return await this.#invoke('worker', async () => {
          const invocation = `i${this.#invocations++}`;
          const deps = { ...this.#engine(), invocation, openJob: (jobId: string) => this.#openJob(jobId) };
          await runShard(deps, parseShard(input, Number.MAX_SAFE_INTEGER));
        });
    }
  }

  /** Once for all shards, as a warm function does. */
  #openJob(jobId: string): Promise<WorkerJob> {
    this.#opened ??= this.#open(jobId);
    return this.#opened;
  }

  async #open(jobId: string): Promise<WorkerJob> {
    const { jobs, work } = this.options.stores;
    const stored = (await jobs.getRequest(jobId)) as StoredRequest;
    const columns = new LineColumns((await requireSurvey(work, jobId)).form);
    const context = { jobId, signal: new AbortController().signal } as TaskContext;
    return { stored, columns, operation: OPERATION, parameters: {}, context };
  }

  async #schedule(jobId?: string): Promise<void> {
    const executions: Executions = {
      start: async () => undefined,
      stop: async () => undefined,
      status: async () => 'running',
      setConcurrency: async () => undefined,
    };
    const deps = { ...this.#engine(), executions, maxConcurrentWorkers: 1_000, operation: () => OPERATION };
    await this.#invoke('scheduler', () => schedule(deps, jobId));
  }

  #prepare() {
    return {
      ...this.#engine(),
      openManifest: this.options.openManifest,
      openBucket: (jobId: string) => {
        throw new Error(`job ${jobId} has a manifest`);
      },
      openOutput: (jobId: string) => {
        throw new Error(`job ${jobId} generates no manifest`);
      },
      tasksPerShard: () => TASKS_PER_SHARD,
      checkBuckets: async () => undefined,
      attempt: `a${this.#invocations++}`,
    };
  }

  #engine(): EngineDependencies {
    const callScheduler = (jobId?: string): Promise<void> => this.#schedule(jobId);
    return { ...this.options.stores, callScheduler, clock: systemClock, log: () => undefined };
  }

  async #invoke<Result>(name: JobFunction, work: () => Promise<Result>): Promise<Result> {
    return await (this.options.invoke?.(name, work) ?? work());
  }
}

function rowsOf(csv: string): Record<string, string>[] {
  const [header = '', ...lines] = csv.trimEnd().split('\n');
  const columns = header.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? '']));
  });
}
