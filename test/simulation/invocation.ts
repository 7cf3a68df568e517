import type { Clock } from '../../core/engine/clock.ts';
import type { SimulatedTime } from './simulated-time.ts';

/** What is invoked: the functions of the stack, and a caller of the API. */
export type FunctionName =
  | 'prepare'
  | 'run'
  | 'report'
  | 'prepare-chunk'
  | 'worker'
  | 'report-range'
  | 'scheduler'
  | 'sweeper'
  | 'user';

/** Thrown to the cloud, never to the code under test: the process died. */
export class Death extends Error {
  override readonly name = 'Death';
}

/** One process: once it is dead, nothing that it called ever answers it. */
export class Invocation {
  /** It runs no more: it crashed, or ended. */
  dead = false;
  crashed = false;
  /** Whether it met a fault, failed, ran out of time or was not alone. */
  disturbed = false;
  /** Milliseconds of the longest that it waited for an answer. */
  longestAnswer = 0;
  /** When it was last told of its job's state, and what: the worker begins tasks by it. */
  lastLook: { readonly at: number; readonly wanted: boolean } | undefined;
  readonly began: number;
  private readonly died: Promise<never>;
  private die: () => void = () => undefined;
  private readonly timers = new Set<() => void>();

  constructor(
    readonly name: FunctionName,
    readonly number: number,
    private readonly time: SimulatedTime,
    /** The job, and the epoch that it works for, where it is of an execution. */
    readonly of: { readonly jobId: string; readonly epoch: number } | undefined,
  ) {
    this.began = time.now();
    this.died = new Promise((_, reject) => {
      this.die = () => reject(new Death(`${this.id} died`));
    });
    this.died.catch(() => undefined);
  }

  get id(): string {
    return `${this.name}#${this.number}`;
  }

  /** The work's result, or Death; dead or alive, nothing of it is left to run when its time limit comes. */
  async live<Result>(milliseconds: number, work: () => Promise<Result>): Promise<Result> {
    const limit = this.time.after(milliseconds, () => this.kill());
    try {
      return await Promise.race([work(), this.died]);
    } finally {
      limit();
      // A process between two invocations is frozen: what it left running does not run on.
      this.end();
    }
  }

  kill(): void {
    if (this.dead) return;
    this.crashed = true;
    this.disturbed = true;
    this.end();
    this.die();
  }

  private end(): void {
    this.dead = true;
    for (const callOff of this.timers) callOff();
  }

  /** Time as this process has it. */
  readonly clock: Clock = {
    now: () => this.time.now(),
    sleep: async (milliseconds) => {
      await this.time.sleep(milliseconds);
      if (this.dead) await never();
    },
    every: (milliseconds, work) => {
      let callOff = (): void => undefined;
      const again = (): void => {
        callOff = this.time.after(milliseconds, () => {
          again();
          work().catch(() => undefined);
        });
      };
      again();
      const stop = (): void => callOff();
      this.timers.add(stop);
      return () => {
        this.timers.delete(stop);
        stop();
      };
    },
  };
}

export function never(): Promise<never> {
  return new Promise(() => undefined);
}
