import type { EngineDependencies } from '../../../core/engine/dependencies.ts';
import { initialState } from '../../../core/job/initial-state.ts';
import type { StoredRequest } from '../../../core/job/records.ts';
import type { JobRequest } from '../../../core/job/request.ts';
import { hasEnded, type JobStatus } from '../../../core/job/status.ts';
import { schedule } from '../../../core/scheduling/schedule.ts';
import { sweep } from '../../../core/scheduling/sweep.ts';
import { AWS } from './aws.ts';
import { ScaleClock } from './clock.ts';
import { Engine } from './engine.ts';
import { Functions } from './functions.ts';
import { Machines } from './machines.ts';
import { ScaleManifest, TASKS_PER_SHARD } from './manifest.ts';
import { Meter } from './meter.ts';
import { MeteredJobStore } from './metered-job-store.ts';
import { MeteredProgressStore } from './metered-progress-store.ts';
import { MeteredWorkStore } from './metered-work-store.ts';
import { Objects, OPERATION } from './objects.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import type { Scenario } from './scenario.ts';

const JOB = '0f00e1d2-0000-4000-8000-000000000001';
const START = Date.UTC(2026, 0, 2, 3, 4, 5);
const SWEEP_EVERY = 60_000;

/** A job that has not ended after so long never will, in milliseconds. */
const ENDLESS = 30 * 86_400_000;

/** @param onProgress is told what part of the objects is done, from 0 to 1. */
export async function simulateScale(scenario: Scenario, onProgress?: (part: number) => void): Promise<Outcome> {
  const world = new ScaleWorld(scenario);
  return await world.run(onProgress);
}

/** Moments at which a part of the job's objects was done. Milliseconds of the clock. */
export interface Moments {
  nearlyAll: number;
  all: number;
}

/** One job alone in an account, from its creation to its end. */
class ScaleWorld {
  private readonly clock = new ScaleClock(START);
  private readonly meter = new Meter(() => this.clock.now());
  private readonly jobs = new MeteredJobStore(this.clock, this.meter);
  private readonly progress = new MeteredProgressStore(this.clock, this.meter);
  private readonly functions = new Functions(this.clock, this.meter);
  private readonly work: MeteredWorkStore;
  private readonly manifest: ScaleManifest;
  private readonly objects: Objects;
  private readonly machines: Machines;
  private readonly stored: StoredRequest = {
    jobId: JOB,
    hash: 'h',
    createdAt: new Date(START).toISOString(),
    request: REQUEST,
  };
  private readonly moments: Moments = { nearlyAll: 0, all: 0 };
  private fault: unknown;

  constructor(private readonly scenario: Scenario) {
    this.work = new MeteredWorkStore(this.clock, this.meter, TASKS_PER_SHARD / scenario.unit);
    this.manifest = new ScaleManifest(this.clock, this.meter, this.work, scenario);
    this.objects = new Objects(this.clock, scenario, () => this.manifest.shards);
    const engine = new Engine({
      deps: this.dependencies,
      progress: this.progress,
      clock: this.clock,
      meter: this.meter,
      manifest: this.manifest,
      objects: this.objects,
      stored: this.stored,
      scenario,
    });
    const limits = {
      childrenPerSecond: scenario.childrenPerSecond ?? AWS.childrenPerSecond,
      mostShardsOfWave: scenario.mostShardsOfWave ?? Number.POSITIVE_INFINITY,
      slack: (scenario.slack ?? Number.POSITIVE_INFINITY) * 1_000,
    };
    this.machines = new Machines(this.clock, this.meter, this.functions, this.work, engine, limits, (error) => {
      this.fault ??= error;
    });
  }

  async run(onProgress: (part: number) => void = () => undefined): Promise<Outcome> {
    const { clock, scenario } = this;
    this.watchProgress(onProgress);
    this.begin();
    await clock.run(() => this.fault !== undefined || this.hasEnded || clock.now() - START > ENDLESS);
    if (this.fault !== undefined) throw this.fault;
    const state = this.jobs.states.get(JOB);
    if (state?.status !== 'Complete') throw new Error(`${scenario.name}: the job is ${JSON.stringify(state)}`);
    const { meter, functions, machines, objects, moments } = this;
    const entered = (status: JobStatus): number => this.jobs.entered.get(status) ?? START;
    const shards = this.manifest.shards;
    return outcomeOf({ scenario, shards, meter, functions, machines, objects, moments, entered, start: START });
  }

  private get hasEnded(): boolean {
    const state = this.jobs.states.get(JOB);
    return state !== undefined && hasEnded(state.status);
  }

  private watchProgress(onProgress: (part: number) => void): void {
    const all = this.scenario.objects / this.scenario.unit;
    let done = 0;
    this.progress.onAdvance = (tasks) => {
      done += tasks;
      if (this.moments.nearlyAll === 0 && done >= 0.99 * all) this.moments.nearlyAll = this.clock.now();
      if (done >= all) this.moments.all = this.clock.now();
      onProgress(done / all);
    };
  }

  private begin(): void {
    this.clock.after(0, () => this.floating(() => this.create()));
    this.clock.every(SWEEP_EVERY, async () =>
      this.floating(() => this.functions.invoke('sweeper', () => sweep(this.sweeperDependencies))),
    );
  }

  /** As CreateJob does, in an account that the sweeper has looked at. */
  private async create(): Promise<void> {
    await sweep(this.sweeperDependencies);
    await this.jobs.createJob(this.stored, initialState(this.stored), []);
    await this.dependencies.callScheduler(JOB);
  }

  private get dependencies(): EngineDependencies {
    return {
      jobs: this.jobs,
      progress: this.progress,
      work: this.work,
      clock: this.clock,
      log: (message, details) => this.unexpected(message, details),
      callScheduler: async (jobId) => {
        this.clock.after(AWS.asyncInvoke, () =>
          this.floating(() => this.functions.invoke('scheduler', () => this.schedule(jobId))),
        );
      },
    };
  }

  private get sweeperDependencies() {
    // Half of the account's concurrency would do: the operator's maximum is the bound.
    const accountConcurrency = async (): Promise<number> => 2 * this.scenario.workers + 100;
    return { ...this.dependencies, executions: this.machines, accountConcurrency };
  }

  private async schedule(jobId: string | undefined): Promise<void> {
    const maxConcurrentWorkers = this.scenario.workers;
    const { jobs, clock, log } = this.dependencies;
    const executions = this.machines;
    await schedule({ jobs, clock, log, executions, maxConcurrentWorkers, operation: () => OPERATION }, jobId);
  }

  /** Here nothing fails, so that what does is a fault of the model or of the engine. */
  private floating(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => {
      this.fault ??= error;
    });
  }

  private unexpected(message: string, details: unknown): void {
    this.fault ??= new Error(`${message}: ${JSON.stringify(details)}`);
  }
}

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
