import type { Usage } from '../../../core/estimate/bill.ts';

/** The busiest second (or so) of something. */
class Peak {
  most = 0;
  private window = -1;
  private now = 0;

  add(amount: number, window: number): void {
    if (window !== this.window) {
      this.window = window;
      this.now = 0;
    }
    this.now += amount;
    this.most = Math.max(this.most, this.now);
  }
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Counts what a job uses of AWS, and what of it in its busiest second: of each item of the tables, of the whole. */
export class Meter {
  readonly usage: Mutable<Usage> = {
    transitions: 0,
    invocations: 0,
    gigabyteSeconds: 0,
    readUnits: 0,
    writeUnits: 0,
    puts: 0,
    gets: 0,
  };
  private readonly peaks = new Map<string, Peak>();

  constructor(private readonly now: () => number) {}

  read(item: string, units: number): void {
    this.usage.readUnits += units;
    this.count(`read ${item}`, units);
  }

  write(item: string, units: number): void {
    this.usage.writeUnits += units;
    this.count(`write ${item}`, units);
  }

  get(): void {
    this.usage.gets += 1;
    this.count('get', 1);
  }

  put(requests = 1): void {
    this.usage.puts += requests;
    this.count('put', requests);
  }

  transitions(count: number): void {
    this.usage.transitions += count;
    this.count('transitions', count);
  }

  /** @param seconds that are one window. */
  count(what: string, amount: number, seconds = 1): void {
    const peak = this.peaks.get(what) ?? new Peak();
    this.peaks.set(what, peak);
    peak.add(amount, Math.floor(this.now() / (1_000 * seconds)));
  }

  /** The most of something in one window. */
  peak(what: string): number {
    return this.peaks.get(what)?.most ?? 0;
  }

  /** Of what begins so, the busiest. */
  busiest(prefix: string): { readonly name: string; readonly perSecond: number } {
    let found = { name: '', perSecond: 0 };
    for (const [name, { most }] of this.peaks) {
      if (name.startsWith(prefix) && most > found.perSecond)
        found = { name: name.slice(prefix.length), perSecond: most };
    }
    return found;
  }
}
