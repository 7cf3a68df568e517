import type { EngineDependencies } from '../../../core/engine/dependencies.ts';
import { type PrepareDependencies, prepareTurn } from '../../../core/engine/prepare-turn.ts';
import { type ReportDependencies, reportItem } from '../../../core/engine/report-range.ts';
import { reportTurn } from '../../../core/engine/report-turn.ts';
import { runTurn } from '../../../core/engine/run-turn.ts';
import { parseShard } from '../../../core/engine/shard-input.ts';
import type { ItemInput, TurnInput, TurnOutput } from '../../../core/engine/turn.ts';
import { surveyKey } from '../../../core/engine/work-keys.ts';
import { runShard } from '../../../core/engine/worker.ts';
import type { StoredRequest } from '../../../core/job/records.ts';
import type { Stage } from '../../../core/job/status.ts';
import { LineColumns } from '../../../core/manifest/line-form.ts';
import type { TaskContext } from '../../../core/operations/operation.ts';
import type { ReportDestination } from '../../../core/stores/report-destination.ts';
import { COMPUTING } from './aws.ts';
import type { ScaleClock } from './clock.ts';
import type { StageFunctions } from './machines.ts';
import { type ScaleManifest, TASKS_PER_SHARD } from './manifest.ts';
import type { Meter } from './meter.ts';
import type { MeteredProgressStore } from './metered-progress-store.ts';
import { FORM, type Objects, OPERATION } from './objects.ts';
import type { Scenario } from './scenario.ts';

/** The worker's function ends after 15 minutes, and aborts its tasks ten seconds before (lambdas/worker). */
const WORKER_MILLISECONDS = 890_000;

/** Report files go up in parts of 8 MiB (core/stores/s3-report-destination.ts); a line has some 130 bytes. */
const UPLOAD_PART_BYTES = 8 * 1024 * 1024;
const REPORT_LINE_BYTES = 130;

export interface EngineParts {
  readonly deps: EngineDependencies;
  readonly progress: MeteredProgressStore;
  readonly clock: ScaleClock;
  readonly meter: Meter;
  readonly manifest: ScaleManifest;
  readonly objects: Objects;
  readonly stored: StoredRequest;
  readonly scenario: Scenario;
}

/** The functions of the three machines: the engine's own code, but for the cutting of chunks and what tasks do. */
export class Engine implements StageFunctions {
  private invocations = 0;
  private opened = 0;
  private readonly signal = new AbortController().signal;

  constructor(private readonly parts: EngineParts) {}

  async turn(stage: Stage, input: TurnInput): Promise<TurnOutput> {
    const { deps, clock, manifest } = this.parts;
    await clock.sleep(manifest.shards * COMPUTING.turnShard);
    switch (stage) {
      case 'prepare':
        return await prepareTurn(this.prepareDependencies(), input);
      case 'run':
        return await runTurn({ ...deps, operation: () => OPERATION }, input);
      case 'report':
        return await reportTurn(this.reportDependencies(), input);
    }
  }

  async item(stage: Stage, input: ItemInput): Promise<void> {
    if (stage === 'run') return await this.worker(input);
    if (stage === 'report') return await this.reportRange(input);
    const { deps, manifest } = this.parts;
    await Promise.all([deps.jobs.getState(input.jobId), deps.jobs.getRequest(input.jobId)]);
    await deps.work.head(surveyKey(input.jobId));
    await manifest.cut(input.jobId, Number(input.item['chunk']));
  }

  private async worker(input: ItemInput): Promise<void> {
    const { deps, clock, objects, stored } = this.parts;
    const shard = parseShard(input, clock.now() + WORKER_MILLISECONDS);
    const invocation = `i${this.invocations++}`;
    const openJob = async () => {
      await this.openJob(input.jobId);
      const context = { jobId: input.jobId, signal: this.signal } as TaskContext;
      const operation = objects.operation(shard.shard);
      return { stored, columns: new LineColumns(FORM), operation, parameters: {}, context };
    };
    objects.enter(shard.shard);
    try {
      await runShard({ ...deps, invocation, openJob }, shard);
    } finally {
      objects.leave(shard.shard);
    }
  }

  /** A warm environment has the job's request, its survey and its role's session: as many are opened as workers run at once. */
  private async openJob(jobId: string): Promise<void> {
    const { deps, scenario } = this.parts;
    if (this.opened >= scenario.workers) return;
    this.opened += 1;
    await deps.jobs.getRequest(jobId);
    await deps.work.head(surveyKey(jobId));
  }

  private async reportRange(input: ItemInput): Promise<void> {
    const { progress, clock, meter, scenario } = this.parts;
    const block = progress.blocks.get(input.jobId)?.get(Number(input.item['block']));
    const lines = ((block?.succeeded ?? 0) + (block?.failed ?? 0)) * scenario.unit;
    await clock.sleep(lines * COMPUTING.reportLine * 1_000);
    meter.put(Math.ceil((lines * REPORT_LINE_BYTES) / UPLOAD_PART_BYTES));
    await reportItem(this.reportDependencies(), input);
  }

  private prepareDependencies(): PrepareDependencies {
    const { deps, manifest, scenario } = this.parts;
    const unused = async (): Promise<never> => {
      throw new Error('only a CSV is prepared here');
    };
    return {
      ...deps,
      attempt: 'a',
      tasksPerShard: () => TASKS_PER_SHARD / scenario.unit,
      checkBuckets: async () => undefined,
      openManifest: async () => manifest.files(),
      openBucket: unused,
      openOutput: unused,
    };
  }

  private reportDependencies(): ReportDependencies {
    const { deps, meter } = this.parts;
    const put = async (): Promise<string> => {
      meter.put();
      return '"e"';
    };
    const destination: ReportDestination = {
      bucket: 'r',
      create: () => ({
        write: async () => undefined,
        close: async () => void (await put()),
        abort: async () => undefined,
      }),
      put,
    };
    return { ...deps, openReport: async () => destination };
  }
}
