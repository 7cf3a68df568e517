import type { JobState } from '../../core/job/records.ts';
import { hasEnded, type JobStatus, type Stage } from '../../core/job/status.ts';
import { transition } from '../../core/job/transition.ts';
import { sweep } from '../../core/scheduling/sweep.ts';
import type { ExecutionStatus, Executions } from '../../core/stores/executions.ts';
import type { EngineBench } from './engine-bench.ts';
import { Life } from './life.ts';

/**
 * A bench whose machines run by themselves, all at the same time: executions are started and stopped by the scheduler,
 * which every change calls and the sweeper each minute. A stopped execution's workers go on, as functions do.
 */
export class EngineCloud implements Executions {
  private readonly executions = new Map<string, { running: boolean }>();
  /** What ended an execution or a call of the scheduler. */
  readonly faults: unknown[] = [];

  constructor(readonly bench: EngineBench) {
    bench.executions = this;
    bench.callScheduler = async (jobId) => void this.inBackground(bench.schedule(jobId));
    const sweeper = { ...bench.dependencies(Life.forever()), executions: this, accountConcurrency: async () => 1_000 };
    bench.clock.every(60_000, () => this.inBackground(sweep(sweeper)));
  }

  async start(_: string, stage: Stage, epoch: number): Promise<void> {
    const name = `${stage}-${epoch}`;
    if (this.executions.has(name)) return;
    const execution = { running: true };
    this.executions.set(name, execution);
    const run = this.bench.runStage(stage, epoch, () => !execution.running);
    void this.inBackground(run.finally(() => (execution.running = false)));
  }

  async stop(_: string, stage: Stage, epoch: number): Promise<void> {
    const execution = this.executions.get(`${stage}-${epoch}`);
    if (execution !== undefined) execution.running = false;
  }

  async status(_: string, stage: Stage, epoch: number): Promise<ExecutionStatus> {
    const execution = this.executions.get(`${stage}-${epoch}`);
    return execution === undefined ? 'absent' : execution.running ? 'running' : 'ended';
  }

  async setConcurrency(): Promise<void> {}

  /** Creates the job and sees it to this status. */
  async create(until: JobStatus = 'Active'): Promise<void> {
    await this.bench.create();
    await this.bench.callScheduler(this.bench.jobId);
    await this.until(({ status }) => status === until || hasEnded(status));
  }

  /** Lets the machines run until the job is so; looks each 100 ms of at most two hours. */
  async until(wanted: (state: JobState) => boolean): Promise<JobState> {
    for (let look = 0; look < 72_000; look += 1) {
      const state = await this.bench.jobs.getState(this.bench.jobId);
      if (this.faults.length > 0) throw this.faults[0];
      if (state !== undefined && wanted(state)) return state;
      await this.bench.clock.sleep(100);
    }
    throw new Error(`the job does not get there: ${JSON.stringify(await this.bench.jobs.getState(this.bench.jobId))}`);
  }

  async untilEnd(): Promise<JobState> {
    return await this.until(({ status }) => hasEnded(status));
  }

  /** What the API does for a caller, and the engine for itself: an arrow, and the scheduler told. */
  async move(to: JobStatus): Promise<void> {
    for (;;) {
      const state = await this.bench.jobs.getState(this.bench.jobId);
      if (state === undefined) throw new Error('there is no job');
      if (await this.bench.jobs.updateState(transition(state, to, new Date(this.bench.clock.now())))) break;
    }
    await this.bench.callScheduler(this.bench.jobId);
  }

  /** Takes all workers from the job, and gives them back when it is Paused. */
  async pauseAndResume(): Promise<void> {
    const { workers } = this.bench;
    this.bench.workers = 0;
    await this.bench.callScheduler();
    await this.until(({ status }) => status === 'Paused' || hasEnded(status));
    this.bench.workers = workers;
    await this.bench.callScheduler();
    await this.until(({ status }) => status === 'Active' || hasEnded(status));
  }

  private async inBackground(work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => this.faults.push(error));
  }
}
