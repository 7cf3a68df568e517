/** Digests that were computed, or are being computed. */
export interface KnownDigests {
  /** Hex. */
  readonly md5: string;
  /** Base64; set if an algorithm was given. */
  readonly checksum?: string;
}

const MOST_ENTRIES = 10_000;

/**
 * Remembers the digests of bytes by what the bytes consist of, which never changes: a large object that is copied part
 * by part often consists of the same bytes over and over, and reading them takes seconds for each gibibyte.
 */
export class DigestCache {
  readonly #known = new Map<string, Promise<KnownDigests>>();

  /** Computes only what no one has computed under that name before. */
  async recall(name: string, compute: () => Promise<KnownDigests>): Promise<KnownDigests> {
    const before = this.#known.get(name);
    // Whoever was computing may have failed for a reason of their own.
    if (before !== undefined) return before.catch(() => this.#remember(name, compute));
    return this.#remember(name, compute);
  }

  #remember(name: string, compute: () => Promise<KnownDigests>): Promise<KnownDigests> {
    const computing = compute();
    this.#known.set(name, computing);
    computing.catch(() => {
      if (this.#known.get(name) === computing) this.#known.delete(name);
    });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_ENTRIES && oldest !== undefined) this.#known.delete(oldest);
    return computing;
  }
}
