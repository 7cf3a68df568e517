import type { Throttled } from '../job/records.ts';

/** What S3 throttled of a worker's requests, from one part to the next. */
export class ThrottleWatch {
  private seen: ReadonlyMap<string, number>;

  /** @param throttles Attempts that were throttled, ever, by bucket; left out where nobody counts them. */
  constructor(private readonly throttles: () => ReadonlyMap<string, number> = () => new Map()) {
    this.seen = throttles();
  }

  /** What is new since the last call; undefined where that is nothing. The bucket is the one that had most of it. */
  sinceLast(): Throttled | undefined {
    const now = this.throttles();
    const grown = [...now].map(([bucket, attempts]) => ({ bucket, attempts: attempts - (this.seen.get(bucket) ?? 0) }));
    this.seen = now;
    const [most] = grown.filter(({ attempts }) => attempts > 0).sort((a, b) => b.attempts - a.attempts);
    return most && { bucket: most.bucket, attempts: grown.reduce((sum, { attempts }) => sum + attempts, 0) };
  }
}
