/** Numbers that follow from a seed alone: the same seed, the same numbers, on every machine (mulberry32). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = (seed ^ 0x9e3779b9) >>> 0;
    // Seeds that lie side by side should not begin alike.
    for (let turn = 0; turn < 4; turn += 1) this.next();
  }

  /** From 0 to below 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** Small numbers as often as large ones: evenly over the logarithm. */
  wide(least: number, most: number): number {
    return Math.round(Math.exp(Math.log(least) + this.next() * (Math.log(most) - Math.log(least))));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new Error('there is nothing to pick from');
    return item;
  }

  /** A generator of its own, so that what draws from it does not move what the others draw. */
  fork(): Random {
    return new Random(Math.floor(this.next() * 2 ** 32));
  }
}
