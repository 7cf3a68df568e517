import type { ChecksumAlgorithm, WantedChecksum } from './checksum-algorithm.ts';
import { type Hasher, withHasher } from './hasher.ts';

/** A checksum of an object's bytes from the first to the last, which another process can go on with. */
export interface RunningChecksum {
  /** How many bytes have been taken. */
  readonly at: number;
  /** The next bytes of the object. */
  take(bytes: Uint8Array): Promise<void>;
  /** The checksum, after the last byte. `parts` only where it is a checksum of parts. */
  end(): Promise<{ readonly digest: Buffer; readonly parts?: number }>;
  save(): SavedChecksum;
}

/** A running checksum as a task's note has it. */
export interface SavedChecksum {
  readonly at: number;
  /** Of the whole, or of the part that has begun. */
  readonly state: string;
  readonly parts?: { readonly number: number; readonly end: number; readonly state: string };
}

/** Bytes of the part of this number, from 1, and how many parts there are. */
export type PartLookup = (number: number) => Promise<{ readonly bytes: number; readonly parts: number }>;

/** Lends a running checksum, from where it was saved, or else from the start, for as long as `use` takes. */
export async function withChecksum<Result>(
  { algorithm, type }: WantedChecksum,
  saved: SavedChecksum | undefined,
  lookup: PartLookup,
  use: (checksum: RunningChecksum) => Promise<Result>,
): Promise<Result> {
  return await withHasher(algorithm, async (hasher) => {
    const from = saved !== undefined && hasher.load(saved.state) ? saved : undefined;
    if (type === 'FULL_OBJECT') return await use(new FullChecksum(hasher, from?.at ?? 0));
    return await withComposite(algorithm, hasher, from, lookup, use);
  });
}

async function withComposite<Result>(
  algorithm: ChecksumAlgorithm,
  hasher: Hasher,
  saved: SavedChecksum | undefined,
  lookup: PartLookup,
  use: (checksum: RunningChecksum) => Promise<Result>,
): Promise<Result> {
  return await withHasher(algorithm, async (outer) => {
    if (saved?.parts !== undefined) outer.load(saved.parts.state);
    return await use(new CompositeChecksum(hasher, outer, lookup, saved));
  });
}

class FullChecksum implements RunningChecksum {
  constructor(
    private readonly hasher: Hasher,
    public at: number,
  ) {}

  async take(bytes: Uint8Array): Promise<void> {
    this.hasher.update(bytes);
    this.at += bytes.length;
  }

  async end(): Promise<{ digest: Buffer }> {
    return { digest: this.hasher.digest() };
  }

  save(): SavedChecksum {
    return { at: this.at, state: this.hasher.save() };
  }
}

/** The checksum of the parts' checksums, each as its bytes. */
class CompositeChecksum implements RunningChecksum {
  at: number;
  /** The part that has begun; 0 before the first. */
  #number: number;
  /** Where that part ends. */
  #end: number;
  #next: ReturnType<PartLookup> | undefined;

  constructor(
    private readonly part: Hasher,
    private readonly whole: Hasher,
    private readonly lookup: PartLookup,
    saved: SavedChecksum | undefined,
  ) {
    this.at = saved?.at ?? 0;
    this.#number = saved?.parts?.number ?? 0;
    this.#end = saved?.parts?.end ?? 0;
  }

  async take(bytes: Uint8Array): Promise<void> {
    for (let left = bytes; left.length > 0; ) {
      while (this.at === this.#end) await this.#nextPart();
      const taken = left.subarray(0, this.#end - this.at);
      this.part.update(taken);
      this.at += taken.length;
      left = left.subarray(taken.length);
    }
  }

  async end(): Promise<{ digest: Buffer; parts: number }> {
    if (this.#number === 0) await this.#nextPart();
    this.whole.update(this.part.digest());
    return { digest: this.whole.digest(), parts: this.#number };
  }

  save(): SavedChecksum {
    const parts = { number: this.#number, end: this.#end, state: this.whole.save() };
    return { at: this.at, state: this.part.save(), parts };
  }

  async #nextPart(): Promise<void> {
    const { bytes, parts } = await (this.#next ?? this.lookup(this.#number + 1));
    if (this.#number > 0) this.whole.update(this.part.digest());
    this.#number += 1;
    this.#end += bytes;
    this.#next = this.#number < parts ? this.lookup(this.#number + 1) : undefined;
    // Met when that part begins, if it does.
    this.#next?.catch(() => undefined);
  }
}
