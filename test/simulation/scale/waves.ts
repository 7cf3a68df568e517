/** One Map run, as it went. Milliseconds of the clock. */
export interface MapRun {
  readonly stage: string;
  readonly items: number;
  readonly concurrency: number;
  /** When its turn answered. */
  readonly planned: number;
  firstChild: number;
  lastChild: number;
  /** When its last child had ended. */
  ended: number;
}

export interface WavesSummary {
  readonly waves: number;
  /** Seconds in which no child could run, for a turn was taken and a Map run begun. */
  readonly between: number;
  /** Seconds in which only children ran that had been begun: from the last start in a wave to its end. */
  readonly draining: number;
  readonly largest: number;
  readonly smallest: number;
}

export function summaryOf(waves: readonly MapRun[], runBegan: number): WavesSummary {
  let between = 0;
  let draining = 0;
  let before = runBegan;
  for (const { firstChild, lastChild, ended } of waves) {
    between += firstChild - before;
    draining += ended - lastChild;
    before = ended;
  }
  const sizes = waves.map(({ items }) => items);
  return {
    waves: waves.length,
    between: between / 1_000,
    draining: draining / 1_000,
    largest: Math.max(...sizes),
    smallest: Math.min(...sizes),
  };
}
