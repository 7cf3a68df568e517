import type { ItemInput, TurnInput, TurnOutput } from '../../../core/engine/turn.ts';
import type { Stage } from '../../../core/job/status.ts';
import type { ExecutionStatus, Executions } from '../../../core/stores/executions.ts';
import type { WorkStore } from '../../../core/stores/work-store.ts';
import { AWS } from './aws.ts';
import type { ScaleClock } from './clock.ts';
import type { Functions } from './functions.ts';
import type { Meter } from './meter.ts';
import type { MapRun } from './waves.ts';

/** What the machines call. */
export interface StageFunctions {
  turn(stage: Stage, input: TurnInput): Promise<TurnOutput>;
  item(stage: Stage, input: ItemInput): Promise<void>;
}

export interface MachineLimits {
  readonly childrenPerSecond: number;
  readonly mostShardsOfWave: number;
  /** Milliseconds. */
  readonly slack: number;
}

/** Step Functions with machines of the one form that all have (lib/turn-machine.ts): transitions, Map runs, their pace. */
export class Machines implements Executions {
  readonly mapRuns: MapRun[] = [];
  executionsStarted = 0;
  private readonly executions = new Map<string, ExecutionStatus>();
  private concurrency = 1;
  private wake: () => void = () => undefined;

  constructor(
    private readonly clock: ScaleClock,
    private readonly meter: Meter,
    private readonly functions: Functions,
    private readonly work: WorkStore,
    private readonly stages: StageFunctions,
    private readonly limits: MachineLimits,
    /** Told of what a function throws: here nothing fails. */
    private readonly onFault: (error: unknown) => void,
  ) {}

  async start(jobId: string, stage: Stage, epoch: number): Promise<void> {
    const name = `${stage}-${epoch}`;
    if (this.executions.has(name)) return;
    this.executions.set(name, 'running');
    this.executionsStarted += 1;
    this.run(jobId, stage, epoch).then(() => this.executions.set(name, 'ended'), this.onFault);
  }

  async stop(_: string, stage: Stage, epoch: number): Promise<void> {
    throw new Error(`nothing should stop ${stage}-${epoch}: no other job wants its workers`);
  }

  async status(_: string, stage: Stage, epoch: number): Promise<ExecutionStatus> {
    return this.executions.get(`${stage}-${epoch}`) ?? 'absent';
  }

  async setConcurrency(_: string, __: Stage, ___: number, workers: number): Promise<void> {
    this.concurrency = workers;
    this.wake();
  }

  private async run(jobId: string, stage: Stage, epoch: number): Promise<void> {
    let input: TurnInput = { jobId, epoch, turn: 0 };
    for (;;) {
      await this.transition();
      const output = await this.functions.invoke(stage, () => this.stages.turn(stage, input));
      await this.transition();
      await this.transition();
      if (output.action === 'done') return;
      if (output.action === 'wait') await this.clock.sleep(output.seconds * 1_000);
      else await this.map(stage, output);
      input = { jobId: output.jobId, epoch: output.epoch, turn: output.turn };
    }
  }

  private async map(stage: Stage, output: TurnOutput): Promise<void> {
    const planned = this.clock.now();
    const rows = csvRows((await this.work.get(output.items))?.body.toString() ?? '');
    const most = stage === 'run' ? this.limits.mostShardsOfWave : rows.length;
    const items = rows.slice(0, most);
    this.concurrency = output.concurrency;
    await this.clock.sleep(AWS.mapBegin);
    const now = this.clock.now();
    const { concurrency } = output;
    const run: MapRun = { stage, items: items.length, concurrency, planned, firstChild: now, lastChild: now, ended: 0 };
    this.mapRuns.push(run);
    const starts = (items.length * 1_000) / this.limits.childrenPerSecond;
    const deadline = Math.min(output.deadline, now + starts + this.limits.slack);
    await this.children(stage, { ...output, deadline }, items, run);
    run.ended = this.clock.now();
    await this.clock.sleep(AWS.mapEnd);
  }

  private async children(
    stage: Stage,
    { jobId, epoch, deadline }: TurnOutput,
    items: readonly Record<string, string>[],
    run: MapRun,
  ): Promise<void> {
    let running = 0;
    const room = async (most: () => number): Promise<void> => {
      while (running > most()) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    };
    for (const item of items) {
      await room(() => this.concurrency - 1);
      await this.clock.sleep(1_000 / this.limits.childrenPerSecond);
      running += 1;
      run.lastChild = this.clock.now();
      this.child(stage, { jobId, epoch, deadline, item }).then(() => {
        running -= 1;
        this.wake();
      }, this.onFault);
    }
    await room(() => 0);
  }

  /** Its start, Item and Nothing are a transition each. */
  private async child(stage: Stage, input: ItemInput): Promise<void> {
    await this.transition();
    await this.transition();
    const name = stage === 'run' ? 'worker' : stage === 'prepare' ? 'prepare-chunk' : 'report-range';
    await this.functions.invoke(name, () => this.stages.item(stage, input));
    await this.transition();
  }

  private async transition(): Promise<void> {
    this.meter.transitions(1);
    await this.clock.sleep(AWS.transition);
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
