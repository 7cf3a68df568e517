import type { FunctionName, Invocation } from './invocation.ts';
import type { Random } from './random.ts';

/** What becomes of one side effect. */
export interface Fate {
  readonly kind: 'plain' | 'late' | 'crash-before' | 'crash-after' | 'refused' | 'answer-lost' | 'twice';
  /** Milliseconds until it is carried out. */
  readonly before: number;
  /** Milliseconds from then until its caller knows. */
  readonly after: number;
}

/** How often, of all side effects, or of all invocations, each thing happens. */
export interface Rates {
  readonly crash: number;
  readonly refused: number;
  readonly answerLost: number;
  readonly twice: number;
  readonly late: number;
  /** Of invocations. */
  readonly invokedTwice: number;
  readonly invokedLate: number;
  /** Of calls of the scheduler. */
  readonly callLost: number;
  /** Of executions: stopped by a hand, while the functions that they invoked go on. */
  readonly stopped: number;
  /** Of openings of a job by a worker: its role cannot be assumed. */
  readonly roleRefused: number;
}

const FAIR: Rates = {
  crash: 0,
  refused: 0,
  answerLost: 0,
  twice: 0,
  late: 0,
  invokedTwice: 0,
  invokedLate: 0,
  callLost: 0,
  stopped: 0,
  roleRefused: 0,
};

/** The longest that a side effect, or an invocation, is late, in milliseconds: past every lease and wait of the engine. */
const LATEST = 150_000;

/**
 * The faults of one world. Each seed has faults of some kinds only, some often and some seldom: what happens rarely with
 * all at once happens often with two of them.
 */
export class Weather {
  private rates: Rates;

  constructor(
    private readonly random: Random,
    fair: boolean,
  ) {
    this.rates = fair ? FAIR : foul(random);
  }

  get isFair(): boolean {
    return this.rates === FAIR;
  }

  clear(): void {
    this.rates = FAIR;
  }

  fate(by: Invocation): Fate {
    const { random, rates } = this;
    const usual = random.whole(2, 30);
    if (this.isFair) return { kind: 'plain', before: usual, after: 0 };
    const draw = random.next();
    let bound = 0;
    const falls = (rate: number): boolean => {
      bound += rate;
      return draw < bound;
    };
    // A user is a program that asks again: it does not crash for good.
    const crash = by.name === 'user' ? 0 : rates.crash;
    if (falls(crash)) return { kind: random.chance(0.5) ? 'crash-before' : 'crash-after', before: usual, after: 0 };
    if (falls(rates.refused)) return { kind: 'refused', before: usual, after: 0 };
    if (falls(rates.answerLost)) return { kind: 'answer-lost', before: usual, after: random.wide(1, 5_000) };
    if (falls(rates.twice)) return { kind: 'twice', before: usual, after: random.wide(1, 5_000) };
    if (falls(rates.late)) {
      const late = random.wide(100, LATEST);
      return random.chance(0.5)
        ? { kind: 'late', before: late, after: 0 }
        : { kind: 'late', before: usual, after: late };
    }
    return { kind: 'plain', before: usual, after: 0 };
  }

  /** Milliseconds until an invocation begins. */
  startsAfter(): number {
    return this.random.chance(this.rates.invokedLate) ? this.random.wide(100, LATEST) : this.random.whole(5, 50);
  }

  /** Milliseconds until the same is invoked once more; undefined, as a rule, if it is not. */
  again(name: FunctionName): number | undefined {
    if (name === 'user' || !this.random.chance(this.rates.invokedTwice)) return undefined;
    return this.random.wide(1, 30_000);
  }

  refusesTask(): boolean {
    return this.random.chance(this.rates.roleRefused / 30);
  }

  /** How many of the items of a new job its creator has written when it is cut short; undefined, as a rule, if it is not. */
  cutsCreationAfter(): number | undefined {
    return this.random.chance(this.rates.refused) ? this.random.whole(1, 3) : undefined;
  }

  losesCall(): boolean {
    return this.random.chance(this.rates.callLost);
  }

  refusesRole(): boolean {
    return this.random.chance(this.rates.roleRefused);
  }

  /** Milliseconds after which an execution is stopped by a hand; undefined, as a rule, if it is not. */
  stopsExecutionAfter(): number | undefined {
    return this.random.chance(this.rates.stopped) ? this.random.wide(100, 60_000) : undefined;
  }
}

function foul(random: Random): Rates {
  const often = (...shares: readonly number[]): number => (random.chance(0.5) ? 0 : random.pick(shares));
  return {
    crash: often(0.002, 0.01, 0.03, 0.06),
    refused: often(0.01, 0.05, 0.1),
    answerLost: often(0.005, 0.02),
    twice: often(0.01, 0.05),
    late: often(0.005, 0.02, 0.05),
    invokedTwice: often(0.05, 0.2),
    invokedLate: often(0.05, 0.2),
    callLost: often(0.05, 0.3),
    stopped: often(0.2, 0.6),
    roleRefused: often(0.05, 0.3),
  };
}
