import type { Clock } from './clock.ts';

/** How long a request is tried, and how far apart. Waiting for one's turn does not count. */
export interface Patience {
  readonly attempts: number;
  /** Milliseconds from the first attempt, after which no other begins. */
  readonly milliseconds: number;
  /** Milliseconds without a connection to the host, after which the whole job is in trouble. */
  readonly unreachableMilliseconds: number;
  /** Whether throttling counts as other failures do; if not, a throttled request is tried for THROTTLED_MILLISECONDS. */
  readonly throttlesCount: boolean;
  /** The first delay is up to `baseDelay`, each next one up to twice as much, none more than `maxDelay`. */
  readonly baseDelay: number;
  readonly maxDelay: number;
}

/** Milliseconds of nothing but throttling, where that does not count, after which the whole job is in trouble. */
export const THROTTLED_MILLISECONDS = 5 * 60_000;

/**
 * The delay before another attempt, in milliseconds: anything from none to the bound ("full jitter"), so that requests
 * that were refused together do not come back together. Source: Amazon Builders' Library, "Timeouts, retries, and
 * backoff with jitter".
 * @param attempt attempts made so far, at least 1.
 */
export function fullJitter(attempt: number, patience: Pick<Patience, 'baseDelay' | 'maxDelay'>, clock: Clock): number {
  return clock.random() * Math.min(patience.maxDelay, patience.baseDelay * 2 ** Math.min(attempt - 1, 30));
}
