import type { TurnInput, TurnOutput } from '../../core/engine/turn.ts';
import type { Stage } from '../../core/job/status.ts';
import type { ExecutionStatus, Executions } from '../../core/stores/executions.ts';
import type { Functions } from './functions.ts';
import { Death } from './invocation.ts';
import type { World } from './world.ts';

/** A turn that failed is taken again so often, after so long (lib/turn-machine.ts). */
const TURN_RETRIES = [2_000, 4_000];

/** Turns of one execution at most: its history ends at 25,000 events. */
const MOST_TURNS = 150;

/** Step Functions, as the three state machines of the stack use it. */
export class Machines implements Executions {
  readonly executions = new Map<string, Execution>();
  functions: Functions | undefined;

  constructor(private readonly world: World) {}

  async start(jobId: string, stage: Stage, epoch: number): Promise<void> {
    const name = nameOf(jobId, stage, epoch);
    if (this.executions.has(name) || this.functions === undefined) return;
    const execution = new Execution(this.world, this.functions, stage, { jobId, epoch, turn: 0 });
    this.executions.set(name, execution);
    void execution.run();
  }

  async stop(jobId: string, stage: Stage, epoch: number): Promise<void> {
    this.executions.get(nameOf(jobId, stage, epoch))?.stop();
  }

  async status(jobId: string, stage: Stage, epoch: number): Promise<ExecutionStatus> {
    const execution = this.executions.get(nameOf(jobId, stage, epoch));
    return execution === undefined ? 'absent' : execution.running ? 'running' : 'ended';
  }

  async setConcurrency(jobId: string, stage: Stage, epoch: number, workers: number): Promise<void> {
    this.executions.get(nameOf(jobId, stage, epoch))?.setConcurrency(workers);
  }
}

function nameOf(jobId: string, stage: Stage, epoch: number): string {
  return `${jobId}-${stage}-${epoch}`;
}

/** One execution. Stopped, it begins nothing more; the functions that it invoked go on. */
class Execution {
  running = true;
  /** Children of the present Map at once. */
  private concurrency = 0;
  /** Begins children of the present Map, as many as there is room for. */
  private fill: () => void = () => undefined;

  constructor(
    private readonly world: World,
    private readonly functions: Functions,
    private readonly stage: Stage,
    private readonly input: TurnInput,
  ) {}

  stop(): void {
    if (this.running) this.world.log(`execution ${this.stage} ${this.input.epoch} is stopped`);
    this.running = false;
  }

  setConcurrency(workers: number): void {
    this.concurrency = workers;
    this.fill();
  }

  async run(): Promise<void> {
    const { world } = this;
    const stopsAfter = world.weather.stopsExecutionAfter();
    if (stopsAfter !== undefined) world.time.after(stopsAfter, () => this.stop());
    let input = this.input;
    for (let turns = 0; this.running; turns += 1) {
      if (turns > MOST_TURNS) world.watch.violated('short-histories', `${this.stage} took ${turns} turns`);
      const output = await this.turn(input);
      if (output === undefined || output.action === 'done' || !this.running) break;
      if (output.action === 'wait') await world.time.sleep(output.seconds * 1_000);
      else await this.map(output);
      input = { jobId: output.jobId, epoch: output.epoch, turn: output.turn };
    }
    this.running = false;
  }

  /** Undefined when it failed for good, and the execution with it. */
  private async turn(input: TurnInput): Promise<TurnOutput | undefined> {
    for (const pause of [...TURN_RETRIES, undefined]) {
      const twice = this.world.weather.again(this.stage);
      if (twice !== undefined) this.world.time.after(twice, () => void this.attempt(input));
      const output = await this.attempt(input);
      if (output !== undefined || pause === undefined) return output;
      await this.world.time.sleep(pause);
    }
    return undefined;
  }

  private async attempt(input: TurnInput): Promise<TurnOutput | undefined> {
    try {
      return await this.functions.turn(this.stage, input);
    } catch (error) {
      if (!(error instanceof Death)) this.world.explain(`turn of ${this.stage}`, error);
      return undefined;
    }
  }

  /** Resolves when all children have ended; a stopped execution waits for none. */
  private async map(output: TurnOutput): Promise<void> {
    const { world, stage } = this;
    const rows = csvRows(world.stores.work.objects.get(output.items)?.body.toString() ?? '');
    const { maxConcurrentWorkers } = world.scenario;
    if (stage === 'run' && output.concurrency > maxConcurrentWorkers) {
      world.watch.violated(
        'shares-fit',
        `a wave of ${output.concurrency} workers, where there are ${maxConcurrentWorkers}`,
      );
    }
    this.concurrency = output.concurrency;
    await new Promise<void>((resolve) => {
      let running = 0;
      const queue = rows.values();
      let left = rows.length;
      if (left === 0) resolve();
      this.fill = () => {
        while (running < this.concurrency && left > running && this.running) {
          const next = queue.next();
          if (next.done === true) return;
          running += 1;
          void this.child({ ...output, item: next.value }).then(() => {
            running -= 1;
            left -= 1;
            if (left === 0 || !this.running) resolve();
            else this.fill();
          });
        }
      };
      this.fill();
    });
    this.fill = () => undefined;
  }

  private async child({ jobId, epoch, deadline, item }: TurnOutput & { item: Record<string, string> }): Promise<void> {
    const { world } = this;
    await world.time.sleep(world.weather.startsAfter());
    const twice = world.weather.again('worker');
    const attempt = async (): Promise<void> => {
      try {
        await this.functions.item(this.stage, { jobId, epoch, deadline, item }, twice === undefined);
      } catch (error) {
        // Tolerated: the next turn looks at the truth.
        if (!(error instanceof Death)) world.explain(`child of ${this.stage}`, error);
      }
    };
    if (twice !== undefined) world.time.after(twice, () => void attempt());
    await attempt();
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
