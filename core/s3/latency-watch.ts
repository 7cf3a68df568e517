/** How long requests take now, beside the shortest time that such requests took. */
export type Latency = 'usual' | 'raised' | 'excessive';

/** Answers that are looked at together, at least: their median says little of fewer. */
const MIN_WINDOW = 16;

/**
 * Raised is more than twice and 50 ms above the usual, excessive more than four times and 200 ms above it. S3 answers
 * small requests in 100–200 ms (S3 User Guide, "Best practices design patterns"), most in a fraction of it: what is
 * less than these is noise, or one's own CPU.
 */
const RAISED = { times: 2, milliseconds: 50 };
const EXCESSIVE = { times: 4, milliseconds: 200 };

/** How much the usual rises with each window: twice as slow for good is the usual after 1,400, which take minutes. */
const DRIFT = 1.0005;

/** Watches the latency of requests of one kind, which take about as long one as another when nothing is in their way. */
export class LatencyWatch {
  #usual = Number.POSITIVE_INFINITY;
  #samples: number[] = [];

  /**
   * Takes the milliseconds of an answer; says how things stand when so many have come in, undefined before.
   * @param window answers to look at together: a round of them.
   */
  take(milliseconds: number, window: number): Latency | undefined {
    this.#samples.push(milliseconds);
    if (this.#samples.length < Math.max(MIN_WINDOW, window)) return undefined;
    const median = medianOf(this.#samples);
    this.#samples = [];
    this.#usual = Math.min(median, this.#usual * DRIFT);
    return this.#compare(median);
  }

  /** Leaves out what was taken since the last window. */
  startWindow(): void {
    this.#samples = [];
  }

  #compare(median: number): Latency {
    const isMore = ({ times, milliseconds }: typeof RAISED): boolean =>
      median > this.#usual * times && median > this.#usual + milliseconds;
    if (isMore(EXCESSIVE)) return 'excessive';
    return isMore(RAISED) ? 'raised' : 'usual';
  }
}

function medianOf(samples: number[]): number {
  const sorted = Float64Array.from(samples).sort();
  return sorted[sorted.length >> 1] ?? 0;
}
