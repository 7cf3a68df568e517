/** One look at a job: when, and how many tasks were done by then. */
export interface Sample {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly done: number;
}

/** Rate and rest of a job, from the looks so far. */
export interface Pace {
  /** Tasks a second over the last looks; undefined before anything moved. */
  readonly perSecond: number | undefined;
  /** Seconds until the rest is done at that rate; undefined where it cannot be told. */
  readonly secondsLeft: number | undefined;
}

/** The rate is that of the last so many milliseconds: counts come in steps, and a job's share of workers changes. */
const WINDOW_MILLISECONDS = 15_000;

/** The samples to remember: the new one, and those of the window with the last one before it as its start. */
export function addSample(samples: readonly Sample[], next: Sample): readonly Sample[] {
  const start = next.at - WINDOW_MILLISECONDS;
  const firstInside = samples.findIndex((sample) => sample.at > start);
  return firstInside === -1 ? [...samples.slice(-1), next] : [...samples.slice(Math.max(0, firstInside - 1)), next];
}

/** Rate over the samples, and what it means for the rest. */
export function paceOf(samples: readonly Sample[], total: number): Pace {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return { perSecond: undefined, secondsLeft: undefined };
  const seconds = (last.at - first.at) / 1_000;
  const tasks = last.done - first.done;
  const perSecond = seconds > 0 && tasks > 0 ? tasks / seconds : undefined;
  const left = Math.max(0, total - last.done);
  if (left === 0) return { perSecond, secondsLeft: 0 };
  return { perSecond, secondsLeft: perSecond === undefined ? undefined : left / perSecond };
}
