/** A job, and the account and the S3 that it runs on. */
export interface Scenario {
  readonly name: string;
  readonly objects: number;
  /** Workers of all jobs together, as the operator set it; the account's concurrency allows as many. */
  readonly workers: number;
  /** So many shards, of all, are so many times slower. */
  readonly stragglers?: { readonly share: number; readonly slower: number };
  /** Partitions of the bucket, over which the keys lie evenly in their order; left out: S3 is no limit. */
  readonly partitions?: number;
  /** Objects that are one task of the model. */
  readonly unit: number;
  /** What if: shards of a wave at most. */
  readonly mostShardsOfWave?: number;
  /** What if: a wave's workers give up their places so many seconds after its last child can have been started. */
  readonly slack?: number;
  /** What if: children that a Map run starts in a second. */
  readonly childrenPerSecond?: number;
}

const BILLION = 1_000_000_000;
const SMALL = { objects: 10_000_000, unit: 100 } as const;
const LARGE = { objects: BILLION, unit: 250 } as const;
const SLOW_20 = { share: 0.002, slower: 20 };
const SLOW_100 = { share: 0.002, slower: 100 };

/** Seconds of computing each: also run by the tests. */
export const SMALL_SCENARIOS: readonly Scenario[] = [
  { name: '1 M, 1,000 workers, every object by itself', objects: 1_000_000, unit: 1, workers: 1_000 },
  { ...SMALL, name: '10 M, 100 workers', workers: 100 },
  { ...SMALL, name: '10 M, 100 workers, 0.2 % of shards 20 × slower', workers: 100, stragglers: SLOW_20 },
  { ...SMALL, name: '10 M, 100 workers, 0.2 % of shards 100 × slower', workers: 100, stragglers: SLOW_100 },
  { ...SMALL, name: '10 M, 100 workers, 10 partitions of S3', workers: 100, partitions: 10 },
  { ...SMALL, name: '10 M, 100 workers, 1 partition of S3', workers: 100, partitions: 1 },
];

/** Minutes of computing each. */
export const LARGE_SCENARIOS: readonly Scenario[] = [
  { ...LARGE, name: '1,000 workers', workers: 1_000 },
  { ...LARGE, name: '1,000 workers, 20 × slower', workers: 1_000, stragglers: SLOW_20 },
  { ...LARGE, name: '1,000 workers, 100 × slower', workers: 1_000, stragglers: SLOW_100 },
  { ...LARGE, name: '10,000 workers, 100 × slower', workers: 10_000, stragglers: SLOW_100 },
  { ...LARGE, name: 'what if late shards gave up after 60 s', workers: 1_000, stragglers: SLOW_100, slack: 60 },
  {
    ...LARGE,
    name: 'what if 1,000 children began in a second',
    workers: 1_000,
    stragglers: SLOW_100,
    childrenPerSecond: 1_000,
  },
];
