import { onAbort } from '../signed-http/abort-listeners.ts';
import type { AttemptOutcome, Place, Turnstile } from '../signed-http/signed-call.ts';
import { type Latency, LatencyWatch } from './latency-watch.ts';

export interface AdaptiveLimitOptions {
  /** Requests at once to begin with. */
  readonly initial: number;
  /** Requests at once at most. */
  readonly maximum: number;
}

/** What is left of the limit when answers take far longer than usual. */
const LATENCY_CUT = 0.9;

/**
 * Latency alone cuts to no less than this: where it is the service's own, and not of the queue that we make, fewer
 * requests would only be slower.
 */
const LATENCY_FLOOR = 16;

/**
 * How many requests may be under way at once, found out by trying: one more for each round in which all places were
 * taken and nothing was throttled, half as many when the service throttles (additive increase, multiplicative
 * decrease), at most once a round: what was sent before a cut says nothing about the limit after it. Requests that
 * queue somewhere answer late before any is refused: while those of a kind take well longer than they did, the limit
 * stays; while they take far longer, it gives way a little each round.
 */
export class AdaptiveLimit implements Turnstile {
  #limit: number;
  #inFlight = 0;
  #round = 0;
  #throttles = 0;
  #latency: Latency = 'usual';
  /** Whether all places were taken at some time since latency was looked at last. */
  #wasFull = false;
  readonly #watches = new Map<string, LatencyWatch>();
  readonly #maximum: number;
  readonly #queue: (() => void)[] = [];

  constructor(options: AdaptiveLimitOptions) {
    this.#maximum = Math.max(1, options.maximum);
    this.#limit = Math.min(Math.max(1, options.initial), this.#maximum);
  }

  /** Requests that may be under way at once, at least 1. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Attempts that were throttled, ever. */
  get throttles(): number {
    return this.#throttles;
  }

  get idle(): boolean {
    return this.#inFlight === 0 && this.#queue.length === 0;
  }

  tryEnter(): Place | undefined {
    if (this.#inFlight >= this.limit || this.#queue.length > 0) return undefined;
    this.#inFlight++;
    return this.#place();
  }

  /** Waits for a place, first come first served. Rejects with the signal's reason when it is aborted first. */
  async enter(signal: AbortSignal): Promise<Place> {
    signal.throwIfAborted();
    const place = this.tryEnter();
    if (place !== undefined) return place;
    await this.#turn(signal);
    return this.#place();
  }

  #place(): Place {
    const round = this.#round;
    let left = false;
    return {
      leave: (outcome, kind, milliseconds) => {
        if (left) return;
        left = true;
        this.#adapt(outcome, round);
        if (outcome === 'answered' && kind !== undefined && milliseconds !== undefined && round === this.#round) {
          this.#watch(kind, milliseconds);
        }
        this.#inFlight--;
        this.#admit();
      },
    };
  }

  #adapt(outcome: AttemptOutcome, round: number): void {
    if (outcome === 'throttled') {
      this.#throttles++;
      if (round < this.#round) return;
      this.#cutTo(Math.max(1, this.#limit / 2));
    } else if (outcome === 'answered' && this.#latency === 'usual' && this.#inFlight >= this.limit) {
      this.#limit = Math.min(this.#maximum, this.#limit + 1 / this.#limit);
    }
  }

  #watch(kind: string, milliseconds: number): void {
    const watch = this.#watches.get(kind) ?? new LatencyWatch();
    this.#watches.set(kind, watch);
    this.#wasFull ||= this.#inFlight >= this.limit;
    const latency = watch.take(milliseconds, this.limit);
    if (latency === undefined) return;
    // A limit that is not reached is not what makes answers late.
    const mayCut = this.#wasFull && this.#limit > LATENCY_FLOOR;
    this.#latency = latency;
    this.#wasFull = false;
    if (latency !== 'excessive' || !mayCut) return;
    this.#cutTo(Math.max(LATENCY_FLOOR, this.#limit * LATENCY_CUT));
  }

  #cutTo(limit: number): void {
    this.#round++;
    this.#limit = limit;
    this.#latency = 'usual';
    for (const watch of this.#watches.values()) watch.startWindow();
  }

  #admit(): void {
    while (this.#inFlight < this.limit) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#inFlight++;
      next();
    }
  }

  /** Resolves with the place already taken, so that nobody slips in between. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const admit = () => {
        forget();
        resolve();
      };
      const forget = onAbort(signal, () => {
        this.#queue.splice(this.#queue.indexOf(admit), 1);
        reject(signal.reason);
      });
      this.#queue.push(admit);
    });
  }
}
