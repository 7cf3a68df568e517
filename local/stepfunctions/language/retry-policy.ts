/** A member of a state's `Retry`. */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number | undefined;
  readonly MaxAttempts?: number | undefined;
  readonly BackoffRate?: number | undefined;
  readonly MaxDelaySeconds?: number | undefined;
  readonly JitterStrategy?: 'FULL' | 'NONE' | undefined;
}

/** A member of a state's `Catch`. */
export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly ResultPath?: string | null | undefined;
}

/**
 * Whether a list of names takes the error in. As the guide has it
 * (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html): `States.Runtime` cannot be
 * retried or caught at all, `States.DataLimitExceeded` only by its name, and `States.TaskFailed` is everything but
 * `States.Timeout`.
 */
export function matchesError(names: readonly string[], error: string): boolean {
  if (error === 'States.Runtime') return false;
  if (names.includes(error)) return true;
  if (error === 'States.DataLimitExceeded') return false;
  return names.includes('States.ALL') || (names.includes('States.TaskFailed') && error !== 'States.Timeout');
}

/** The retrier that takes the error and how long it waits; undefined if there is none, or it has no attempts left. */
export function chooseRetry(
  retriers: readonly Retrier[],
  error: string,
  /** Retries already made, by position of the retrier. */
  made: readonly number[],
  random: () => number,
): { readonly index: number; readonly delayMs: number } | undefined {
  const index = retriers.findIndex((retrier) => matchesError(retrier.ErrorEquals, error));
  const retrier = retriers[index];
  const attempt = made[index] ?? 0;
  if (retrier === undefined || attempt >= (retrier.MaxAttempts ?? 3)) return undefined;
  const backoff = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** attempt;
  const seconds = Math.min(backoff, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return { index, delayMs: 1000 * seconds * (retrier.JitterStrategy === 'FULL' ? random() : 1) };
}
