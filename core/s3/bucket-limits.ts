import { AdaptiveLimit, type AdaptiveLimitOptions } from './adaptive-limit.ts';

/** Buckets whose limit is kept; past that, those not in use are forgotten first. */
const CAPACITY = 1_000;

/** Requests at once to one bucket: to begin with as many as a worker of a common operation runs. */
const DEFAULT_BUCKET_LIMIT: AdaptiveLimitOptions = { initial: 128, maximum: 512 };

/** One adaptive limit for each bucket: S3 throttles a neighbourhood of keys, and a shard is one. */
export class BucketLimits {
  readonly #limits = new Map<string, AdaptiveLimit>();

  constructor(private readonly options: AdaptiveLimitOptions = DEFAULT_BUCKET_LIMIT) {}

  of(bucket: string): AdaptiveLimit {
    const known = this.#limits.get(bucket);
    if (known !== undefined) return known;
    if (this.#limits.size >= CAPACITY) this.#forgetOne();
    const limit = new AdaptiveLimit(this.options);
    this.#limits.set(bucket, limit);
    return limit;
  }

  /** Attempts that were throttled, ever, by bucket; buckets without any are left out. */
  throttles(): ReadonlyMap<string, number> {
    const throttled = [...this.#limits].filter(([, limit]) => limit.throttles > 0);
    return new Map(throttled.map(([bucket, limit]) => [bucket, limit.throttles]));
  }

  #forgetOne(): void {
    for (const [bucket, limit] of this.#limits) {
      if (!limit.idle) continue;
      this.#limits.delete(bucket);
      return;
    }
  }
}
