import { createHash } from 'node:crypto';
import type { EngineDependencies } from '../../core/engine/dependencies.ts';
import type { OperationNeeds } from '../../core/engine/lanes.ts';
import { type PrepareDependencies, prepareItem, prepareTurn } from '../../core/engine/prepare-turn.ts';
import { type ReportDependencies, reportItem } from '../../core/engine/report-range.ts';
import { reportTurn } from '../../core/engine/report-turn.ts';
import { runTurn } from '../../core/engine/run-turn.ts';
import { parseShard } from '../../core/engine/shard-input.ts';
import { requireSurvey } from '../../core/engine/survey.ts';
import type { ItemInput, TurnInput, TurnOutput } from '../../core/engine/turn.ts';
import { runShard } from '../../core/engine/worker.ts';
import { JobTrouble } from '../../core/job/job-trouble.ts';
import { type OperationName, operationNameOf } from '../../core/job/operation-name.ts';
import type { Stage } from '../../core/job/status.ts';
import { LineColumns } from '../../core/manifest/line-form.ts';
import type { TaskContext } from '../../core/operations/operation.ts';
import { schedule } from '../../core/scheduling/schedule.ts';
import { sweep } from '../../core/scheduling/sweep.ts';
import type { Executions, SchedulerCall } from '../../core/stores/executions.ts';
import type { ReportDestination } from '../../core/stores/report-destination.ts';
import { Death, type Invocation } from './invocation.ts';
import type { World } from './world.ts';

/** Time limits of the functions, in milliseconds (lib/functions). */
const LIMIT = 15 * 60_000;

/** From a worker's time to abort to its end (lambdas/worker). */
const ABORT_BEFORE = 10_000;

/** Lambda tries an asynchronous invocation that failed two times more, after one minute and after two. */
const ASYNCHRONOUS_RETRIES = [60_000, 120_000];

/** The functions of the stack: the engine's own, each with what its handler would give it. */
export class Functions {
  constructor(
    private readonly world: World,
    private readonly executions: Executions,
  ) {}

  async turn(stage: Stage, input: TurnInput): Promise<TurnOutput> {
    return await this.world.invoke(stage, LIMIT, input, async (by) => {
      switch (stage) {
        case 'prepare':
          return await prepareTurn(this.prepareDependencies(by), input);
        case 'run':
          return await runTurn({ ...this.dependencies(by), operation: (name) => this.needsOf(name) }, input);
        case 'report':
          return await reportTurn(this.reportDependencies(by), input);
      }
    });
  }

  /** @param alone whether nothing else was invoked for the same item. */
  async item(stage: Stage, input: ItemInput, alone: boolean): Promise<void> {
    const { world } = this;
    if (stage === 'run') {
      await world.invoke('worker', world.scenario.workerLimit, input, (by) => this.worker(by, input, alone));
    } else if (stage === 'prepare') {
      await world.invoke('prepare-chunk', LIMIT, input, (by) => prepareItem(this.prepareDependencies(by), input));
    } else {
      await world.invoke('report-range', LIMIT, input, (by) => reportItem(this.reportDependencies(by), input));
    }
  }

  private async worker(by: Invocation, input: ItemInput, alone: boolean): Promise<void> {
    const { world } = this;
    by.disturbed ||= !alone;
    const abort = new AbortController();
    const untilAbort = world.scenario.workerLimit - ABORT_BEFORE;
    const callOff = world.time.after(untilAbort, () => abort.abort(new Error('the invocation ends')));
    const shard = parseShard(input, world.time.now() + untilAbort);
    const at = `${input.jobId}/${shard.shard}`;
    world.atShard.set(at, [...(world.atShard.get(at) ?? []), by]);
    const openJob = (jobId: string) => this.openJob(by, jobId, abort.signal);
    try {
      await runShard({ ...this.dependencies(by), invocation: `i${by.number}`, openJob }, shard);
    } catch (error) {
      by.disturbed = true;
      throw error;
    } finally {
      callOff();
    }
  }

  /** The scheduler's asynchronous call, by a process: lost, late, made twice and tried again, as may be. */
  callSchedulerOf(by: Invocation): SchedulerCall {
    return async (jobId) => {
      try {
        await this.world.effect(by, 'lambda.invoke', [jobId], async () => this.callScheduler(jobId));
      } catch {
        // Never fails: the sweeper asks again.
      }
    };
  }

  private callScheduler(jobId: string | undefined): void {
    const { weather, time } = this.world;
    if (weather.losesCall()) return;
    const begin = (): void => void this.tried((by) => this.schedule(by, jobId), 'scheduler', ASYNCHRONOUS_RETRIES);
    time.after(weather.startsAfter(), begin);
    const again = weather.again('scheduler');
    if (again !== undefined) time.after(again, begin);
  }

  private async schedule(by: Invocation, jobId: string | undefined): Promise<void> {
    const { maxConcurrentWorkers, maxActiveJobs } = this.world.scenario;
    const { jobs, clock, log } = this.dependencies(by);
    const executions = this.world.of(by, 'executions', this.executions);
    const operation = (name: OperationName) => this.needsOf(name);
    await schedule({ jobs, clock, log, executions, maxConcurrentWorkers, maxActiveJobs, operation }, jobId);
  }

  sweep(): void {
    const { accountConcurrency: accounts } = this.world.scenario;
    const work = (by: Invocation): Promise<void> => {
      const executions = this.world.of(by, 'executions', this.executions);
      return sweep({ ...this.dependencies(by), executions, accountConcurrency: async () => accounts });
    };
    void this.tried(work, 'sweeper', []);
  }

  /** Runs it, and once more after each of these times while it fails. */
  private async tried(
    work: (by: Invocation) => Promise<void>,
    name: 'scheduler' | 'sweeper',
    retries: readonly number[],
  ): Promise<void> {
    try {
      await this.world.invoke(name, LIMIT, undefined, work);
    } catch (error) {
      if (!(error instanceof Death)) this.world.explain(name, error);
      const [next, ...rest] = retries;
      if (next !== undefined) this.world.time.after(next, () => void this.tried(work, name, rest));
    }
  }

  private needsOf(name: OperationName): OperationNeeds {
    return { concurrency: this.world.scenario.concurrency, invokesFunctions: name === 'LambdaInvoke' };
  }

  dependencies(by: Invocation): EngineDependencies {
    const { world } = this;
    return {
      jobs: world.of(by, 'jobs', world.stores.jobs),
      progress: world.of(by, 'progress', world.stores.progress),
      work: world.of(by, 'work', world.stores.work),
      callScheduler: this.callSchedulerOf(by),
      clock: by.clock,
      log: (message, details) => {
        world.trace?.(world.passed, by.id, `log: ${message} ${JSON.stringify(details)}`);
        if (details?.['error'] !== undefined) world.explain(by.id, `${message}: ${String(details['error'])}`);
      },
    };
  }

  private async openJob(by: Invocation, jobId: string, signal: AbortSignal) {
    const { world } = this;
    await world.effect(by, 'sts.assumeRole', [], async () => undefined);
    if (world.weather.refusesRole()) {
      by.disturbed = true;
      throw new JobTrouble('RoleCannotBeAssumed', 'simulated fault: the role cannot be assumed');
    }
    const stored = await world.stores.jobs.getRequest(jobId);
    if (stored === undefined) throw new Error(`job ${jobId} has no request`);
    return {
      stored,
      columns: new LineColumns((await requireSurvey(world.stores.work, jobId)).form),
      operation: world
        .objectsIn(jobId)
        .operationFor(by, signal, this.needsOf(operationNameOf(stored.request.Operation))),
      parameters: {},
      context: { jobId, signal } as TaskContext,
    };
  }

  private prepareDependencies(by: Invocation): PrepareDependencies {
    const { world } = this;
    const job = by.of === undefined ? undefined : world.objectsIn(by.of.jobId).job;
    const bytes = Buffer.from((job?.keys ?? []).map((key) => `bkt,${key}\n`).join(''));
    async function* read(start: number, end: number): AsyncIterable<Buffer> {
      yield await world.effect(by, 'manifest.read', [start, end], async () => bytes.subarray(start, end));
    }
    const refuse = (): never => {
      throw new Error('nothing but the manifest should be read');
    };
    return {
      ...this.dependencies(by),
      chunkBytes: job?.chunkBytes ?? 1,
      attempt: `a${by.number}`,
      tasksPerShard: () => job?.tasksPerShard ?? 1,
      checkBuckets: async () => undefined,
      openBucket: refuse,
      openOutput: refuse,
      openManifest: async () => ({
        manifest: { bucket: 'm', key: 'm.csv', etag: () => '"e"', size: async () => bytes.length, read },
        open: refuse,
        list: refuse,
      }),
    };
  }

  private reportDependencies(by: Invocation): ReportDependencies {
    const { world } = this;
    const put = (key: string, text: string): Promise<string> =>
      world.effect(by, 'report.put', [key, text], async () => {
        world.stores.report.set(key, text);
        return `"${createHash('md5').update(text).digest('hex')}"`;
      });
    const create = (key: string) => {
      let text = '';
      return {
        write: async (piece: Buffer) => {
          text += piece.toString();
        },
        close: async () => void (await put(key, text)),
        abort: async () => undefined,
      };
    };
    const destination: ReportDestination = { bucket: 'reports', create, put };
    return { ...this.dependencies(by), openReport: async () => destination };
  }
}
