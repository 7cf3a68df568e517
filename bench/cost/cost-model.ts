/** Countable things by name; what is not named is none. */
export type Counts = Readonly<Record<string, number>>;

/** The counts of a job of so many shards. */
export interface Counted {
  readonly shards: number;
  readonly counts: Counts;
}

/**
 * The counts of a job of any number of shards, from those of two that were counted: so many for each job and so many for
 * each shard. Never fewer than none.
 */
export function extrapolate(small: Counted, large: Counted, shards: number): Counts {
  const names = new Set([...Object.keys(small.counts), ...Object.keys(large.counts)]);
  const at = (name: string): number => {
    const [few, many] = [small.counts[name] ?? 0, large.counts[name] ?? 0];
    const perShard = (many - few) / (large.shards - small.shards);
    return Math.max(0, few + perShard * (shards - small.shards));
  };
  return Object.fromEntries([...names].map((name) => [name, at(name)]));
}
