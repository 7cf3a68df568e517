import { type Cuts, findCuts, type ListPages } from './find-cuts.ts';
import { KeyGuesses } from './key-guesses.ts';
import { type KeyRange, keyRange } from './key-range.ts';
import { decodeListedKey, type ListedObject, type ListPage, NotAListing } from './list-page.ts';
import { compareKeys } from './utf8-order.ts';

/** Parts that one look for cuts makes of a range, at most. */
const MOST_WAYS = 16;

/** Requests that look for cuts, for each lane: what it takes to give all lanes work. After that, one for each page. */
const LOOKS_PER_LANE = 16;

export interface ListingOptions {
  /** Pages asked for at once. Looks for places to cut come on top, about as many at most. */
  readonly lanes: number;
  /** Whether to begin no more pages, after so many keys: what is left is left to others. */
  readonly enough?: (listed: number) => boolean;
  /** Picks from a page what is wanted; pages are picked from at the same time. */
  readonly select?: (objects: readonly ListedObject[]) => Promise<readonly ListedObject[]>;
}

/** Takes what is wanted of a page; one page after the other, in no order. False ends the listing. */
export type OnObjects = (objects: readonly ListedObject[]) => boolean | Promise<boolean>;

/**
 * Lists a range of keys on many lanes, each object once. Whenever a lane has nothing to do, the range that was listed
 * longest without being cut is cut, where keys are found to lie, and the lane takes what was cut off.
 *
 * @returns the ranges that were left, when `enough` said so.
 */
export async function listInParallel(
  list: ListPages,
  range: KeyRange,
  options: ListingOptions,
  onObjects: OnObjects,
): Promise<readonly KeyRange[]> {
  return await new ParallelListing(list, range, options, onObjects).run();
}

/** A lane at its range: what is left of it shrinks at both ends. */
interface Lane {
  position: string | undefined;
  upTo: string | undefined;
  /** Pages since the range was made or cut. */
  pages: number;
  /** Pages that it must have before another look for cuts. */
  patience: number;
  cutting: boolean;
  /** All its keys were met, if not yet handed on. */
  ended: boolean;
}

class ParallelListing {
  private readonly prefix: string;
  private readonly lanes = new Set<Lane>();
  private readonly waiting: KeyRange[];
  private readonly left: KeyRange[] = [];
  private readonly guesses = new KeyGuesses();
  /** Looks for cuts under way, and the lanes that are free for what they may cut off. */
  private looks = 0;
  private promised = 0;
  private asked = 0;
  private pages = 0;
  private listed = 0;
  private stopped = false;
  private halted = false;
  private failure: { readonly error: unknown } | undefined;
  private handing: Promise<void> = Promise.resolve();
  private finish: () => void = () => undefined;

  constructor(
    private readonly list: ListPages,
    range: KeyRange,
    private readonly options: ListingOptions,
    private readonly onObjects: OnObjects,
  ) {
    this.prefix = range.prefix;
    this.waiting = [range];
  }

  async run(): Promise<readonly KeyRange[]> {
    await new Promise<void>((resolve) => {
      this.finish = resolve;
      this.goOn();
    });
    if (this.failure !== undefined) throw this.failure.error;
    return this.halted ? [] : this.left;
  }

  /** Gives idle lanes work; called whenever something has changed. */
  private goOn(): void {
    if (this.stopped) this.left.push(...this.waiting.splice(0));
    while (this.lanes.size < this.options.lanes) {
      const range = this.waiting.shift();
      if (range === undefined) break;
      this.start(range);
    }
    this.lookForWork();
    if (this.lanes.size === 0 && this.looks === 0) this.finish();
  }

  private start({ after, upTo }: KeyRange): void {
    const lane: Lane = { position: after, upTo, pages: 0, patience: 1, cutting: false, ended: false };
    this.lanes.add(lane);
    this.work(lane)
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.lanes.delete(lane);
        this.goOn();
      });
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    this.stopped = true;
  }

  private async work(lane: Lane): Promise<void> {
    while (!lane.ended) {
      if (this.stopped || this.options.enough?.(this.listed) === true) {
        this.stopped = true;
        this.left.push(keyRange(this.prefix, lane.position, lane.upTo));
        lane.ended = true;
        return;
      }
      const page = await this.list({ prefix: this.prefix, after: lane.position });
      this.pages += 1;
      const objects = this.claim(lane, page);
      this.goOn();
      await this.handOn(objects);
    }
  }

  /** The page's objects that are the lane's, which are nobody else's from now on. */
  private claim(lane: Lane, { objects, truncated }: ListPage): readonly ListedObject[] {
    const [first, last] = [objects[0], objects.at(-1)];
    if (first === undefined || last === undefined) {
      if (truncated) throw new NotAListing('a page of the listing is empty and says that there is more');
      lane.ended = true;
      return [];
    }
    const firstKey = decodeListedKey(first.encodedKey);
    if (lane.position !== undefined && compareKeys(firstKey, lane.position) <= 0) {
      throw new NotAListing(`the listing after ${JSON.stringify(lane.position)} begins with a key before it`);
    }
    const lastKey = decodeListedKey(last.encodedKey);
    for (const key of [firstKey, lastKey]) this.guesses.learn(key, this.prefix.length);
    const { upTo } = lane;
    if (upTo === undefined || compareKeys(lastKey, upTo) < 0) {
      lane.position = lastKey;
      lane.ended = !truncated;
      lane.pages += 1;
      this.listed += objects.length;
      return objects;
    }
    lane.ended = true;
    const own = objects.slice(0, countUpTo(objects, upTo));
    this.listed += own.length;
    return own;
  }

  private async handOn(objects: readonly ListedObject[]): Promise<void> {
    if (objects.length === 0) return;
    const wanted = this.options.select === undefined ? objects : await this.options.select(objects);
    const turn = this.handing.then(async () => {
      if (this.halted || this.failure !== undefined || (await this.onObjects(wanted))) return;
      this.halted = true;
      this.stopped = true;
    });
    this.handing = turn.catch(() => undefined);
    await turn;
  }

  private lookForWork(): void {
    let idle = this.options.lanes - this.lanes.size - this.waiting.length - this.promised;
    if (this.stopped || idle <= 0 || this.asked > this.pages + LOOKS_PER_LANE * this.options.lanes) return;
    const candidates = [...this.lanes]
      .filter((lane) => !lane.ended && !lane.cutting && lane.pages >= lane.patience)
      .sort((a, b) => b.pages - a.pages);
    const ways = Math.min(MOST_WAYS, Math.ceil(idle / Math.max(1, candidates.length)) + 1);
    for (const lane of candidates) {
      if (idle <= 0) return;
      this.cut(lane, ways);
      idle -= ways - 1;
    }
  }

  private cut(lane: Lane, ways: number): void {
    const { position: low, upTo: high } = lane;
    if (low === undefined) return;
    lane.cutting = true;
    this.looks += 1;
    this.promised += ways - 1;
    const look: ListPages = (question) => {
      this.asked += 1;
      return this.list(question);
    };
    const wanted = (): boolean => !lane.ended && !this.stopped;
    findCuts(look, this.guesses, { prefix: this.prefix, low, high }, ways, wanted)
      .then((cuts) => this.take(lane, cuts))
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        lane.cutting = false;
        this.looks -= 1;
        this.promised -= ways - 1;
        this.goOn();
      });
  }

  /** Leaves the lane what lies before the first cut that it has not reached; the rest waits for other lanes. */
  private take(lane: Lane, { cuts, high }: Cuts): void {
    if (lane.ended) return;
    const position = lane.position ?? '';
    const ahead = cuts.filter((cut) => compareKeys(position, cut) < 0);
    const [first] = ahead;
    if (first === undefined) {
      if (high !== undefined && compareKeys(position, high) < 0) lane.upTo = high;
      lane.patience = 2 * lane.pages + 1;
      return;
    }
    lane.upTo = first;
    lane.pages = 0;
    lane.patience = 1;
    for (const [index, cut] of ahead.entries()) this.waiting.push(keyRange(this.prefix, cut, ahead[index + 1] ?? high));
  }
}

/** How many of the objects lie in a range that ends with this key. */
function countUpTo(objects: readonly ListedObject[], upTo: string): number {
  let [low, high] = [0, objects.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const object = objects[middle];
    if (object !== undefined && compareKeys(decodeListedKey(object.encodedKey), upTo) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
