import type { JobState } from '../../core/job/records.ts';
import { hasEnded } from '../../core/job/status.ts';
import { type FunctionName, Invocation, never } from './invocation.ts';
import { type Carried, Objects } from './operation.ts';
import { Random } from './random.ts';
import { type Scenario, type SimulatedJob, scenarioOf } from './scenario.ts';
import { SimulatedTime } from './simulated-time.ts';
import { Stores } from './stores.ts';
import { Watch } from './watch.ts';
import { Weather } from './weather.ts';

/** 2026-01-02T03:04:05Z */
const START = Date.UTC(2026, 0, 2, 3, 4, 5);

/** The error of a fault: what functions throw besides is the engine's own. */
export class SimulatedFault extends Error {
  override readonly name = 'SimulatedFault';
}

const FAULT = 'simulated fault';

/** Whether an error, or what was made of its text, comes of a fault. */
export function isFault(error: unknown): boolean {
  return String(error).includes(FAULT);
}

export type TraceLine = (milliseconds: number, by: string, what: string) => void;

/** Everything that a seed decides, and the state of things: time, weather, stores, processes. */
export class World {
  readonly time = new SimulatedTime(START);
  readonly stores: Stores;
  readonly scenario: Scenario;
  readonly weather: Weather;
  readonly watch: Watch;
  readonly objects: ReadonlyMap<string, Objects>;
  /** Processes that run. */
  readonly alive = new Set<Invocation>();
  /** Processes that were at each shard, as `<job>/<shard>`. */
  readonly atShard = new Map<string, Invocation[]>();
  private invocations = 0;

  constructor(
    readonly seed: number,
    readonly trace: TraceLine | undefined,
  ) {
    const random = new Random(seed);
    this.scenario = scenarioOf(random.fork());
    this.weather = new Weather(random.fork(), this.scenario.fair);
    this.stores = new Stores(() => {
      const writes = this.weather.cutsCreationAfter();
      return writes === undefined ? undefined : { writes, fault: new SimulatedFault(`${FAULT}: creation cut short`) };
    });
    this.watch = new Watch(this.stores, this.time, START, () => this.capacity);
    this.objects = new Map(this.scenario.jobs.map((job) => [job.jobId, this.objectsOf(job, random.fork())]));
  }

  /** Milliseconds since the world began. */
  get passed(): number {
    return this.time.now() - START;
  }

  private get capacity(): number {
    return Math.min(this.scenario.maxConcurrentWorkers, this.stores.jobs.capacity ?? Number.POSITIVE_INFINITY);
  }

  private objectsOf(job: SimulatedJob, random: Random): Objects {
    const began = (carried: Carried): void => {
      this.trace?.(this.passed, carried.by.id, `task ${carried.taskId} ${carried.key}`);
      this.watch.taskBegan(job.jobId, carried);
      this.checkInvocations(job);
    };
    return new Objects(job, this.time, random, began, () => this.weather.refusesTask());
  }

  private checkInvocations({ jobId, mostInvocations }: SimulatedJob): void {
    const { inFlight } = this.objectsIn(jobId);
    if (!this.scenario.fair || mostInvocations === undefined || inFlight <= mostInvocations) return;
    this.watch.violated('invocations-bounded', `${jobId}: ${inFlight} invocations at once, at most ${mostInvocations}`);
  }

  log(what: string): void {
    this.trace?.(this.passed, '', what);
  }

  /** The objects of a job: there is none that the scenario does not have. */
  objectsIn(jobId: string): Objects {
    const objects = this.objects.get(jobId);
    if (objects === undefined) throw new Error(`there is no job ${jobId}`);
    return objects;
  }

  /**
   * Runs a function once, as a process of its own that may die, and answers what it does.
   * @throws Death; what the function throws.
   */
  async invoke<Result>(
    name: FunctionName,
    limit: number,
    of: Invocation['of'],
    work: (by: Invocation) => Promise<Result>,
  ): Promise<Result> {
    const by = new Invocation(name, this.invocations++, this.time, of);
    this.alive.add(by);
    this.trace?.(
      this.passed,
      by.id,
      of === undefined ? 'begins' : `begins for ${of.jobId.slice(0, 4)} epoch ${of.epoch}`,
    );
    try {
      const result = await by.live(limit, () => work(by));
      this.trace?.(this.passed, by.id, `ends ${result === undefined ? '' : JSON.stringify(result)}`);
      return result;
    } catch (error) {
      this.trace?.(this.passed, by.id, `fails: ${String(error)}`);
      throw error;
    } finally {
      this.alive.delete(by);
    }
  }

  /** The object, with every call of a method a side effect of this process. */
  of<Target extends object>(by: Invocation, store: string, target: Target): Target {
    return new Proxy(target, {
      get: (object, name) => {
        const member: unknown = Reflect.get(object, name);
        if (typeof member !== 'function') return member;
        const call = `${store}.${String(name)}`;
        return (...args: unknown[]) =>
          this.effect(by, call, args, async () => (await Reflect.apply(member, object, args)) as unknown);
      },
    });
  }

  /** A side effect: on its way and back it may meet whatever the weather brings. */
  async effect<Result>(
    by: Invocation,
    call: string,
    args: readonly unknown[],
    run: () => Promise<Result>,
  ): Promise<Result> {
    if (by.dead) return await never();
    const asked = this.time.now();
    const fate = this.weather.fate(by);
    if (fate.kind !== 'plain') by.disturbed = true;
    await this.time.sleep(fate.before);
    // What was sent is carried out, though nobody waits for it any more.
    if (by.dead && fate.kind !== 'late') return await never();
    if (fate.kind === 'crash-before') return await this.crash(by, call, fate.kind);
    if (fate.kind === 'refused') throw this.fault(by, call, fate.kind);
    let result = await this.carryOut(by, call, args, run);
    const read = this.time.now();
    if (fate.kind === 'crash-after') return await this.crash(by, call, fate.kind);
    if (fate.after > 0) await this.time.sleep(fate.after);
    if (fate.kind === 'twice') result = await this.carryOut(by, call, args, run);
    if (by.dead) return await never();
    by.longestAnswer = Math.max(by.longestAnswer, this.time.now() - asked);
    if (fate.kind === 'answer-lost') throw this.fault(by, call, fate.kind);
    if (call === 'jobs.getState') this.looked(by, result as JobState | undefined, read);
    return result;
  }

  /** The process learns of its job, when the answer arrives. */
  private looked(by: Invocation, state: JobState | undefined, _read: number): void {
    const wanted = state !== undefined && state.status === 'Active' && state.epoch === by.of?.epoch;
    by.lastLook = { at: this.time.now(), wanted };
  }

  private async carryOut<Result>(
    by: Invocation,
    call: string,
    args: readonly unknown[],
    run: () => Promise<Result>,
  ): Promise<Result> {
    const after = this.watch.before({ by, call, args });
    const result = await run();
    after(result);
    this.trace?.(this.passed, by.id, `${call}(${args.map(shown).join(', ')}) → ${shown(result)}`);
    return result;
  }

  private async crash(by: Invocation, call: string, how: string): Promise<never> {
    this.trace?.(this.passed, by.id, `${how} ${call}`);
    by.kill();
    return await never();
  }

  private fault(by: Invocation, call: string, how: string): SimulatedFault {
    this.trace?.(this.passed, by.id, `${how}: ${call}`);
    return new SimulatedFault(`${FAULT}: ${call} ${how}`);
  }

  /** Says of an error that no fault explains that it should not be. */
  explain(by: string, error: unknown): void {
    if (!isFault(error)) {
      const stack = error instanceof Error ? (error.stack ?? String(error)) : String(error);
      this.watch.violated('errors-have-causes', `${by}: ${stack}`);
    }
  }

  get allEnded(): boolean {
    const { states } = this.stores.jobs;
    return this.scenario.jobs.every(({ jobId }) => {
      const status = states.get(jobId)?.status;
      return status !== undefined && hasEnded(status);
    });
  }
}

const MOST_SHOWN = 160;

function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, each: unknown) => {
    if (each instanceof Set) return [...each];
    if (each instanceof Map) return Object.fromEntries(each);
    if (Buffer.isBuffer(each)) return each.toString();
    // A buffer's own toJSON comes before the replacer.
    if (isBufferJson(each)) return Buffer.from(each.data).toString();
    return each;
  });
  if (text === undefined) return '';
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}…`;
}

function isBufferJson(value: unknown): value is { data: number[] } {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value;
}
