import { compareKeys } from './utf8-order.ts';

/** Characters of a guess beyond what its bounds share: enough to tell sixteen places in any alphabet of two or more. */
const GUESS_LENGTH = 6;

/** What all the characters between two that were met are thought to weigh, where one that was met weighs 1 or more. */
const UNMET_WEIGHT = 0.2;

const LAST_CODE_POINT = 0x10ffff;
const SURROGATES = { first: 0xd800, last: 0xdfff };

/** Consecutive code points that are thought equally likely. */
interface Cell {
  readonly from: number;
  readonly size: number;
  readonly weight: number;
  /** Weight of all cells before. */
  readonly before: number;
}

/**
 * Guesses where, between two keys, others may lie: as if keys were numbers whose digits are the characters met so far,
 * each as likely as it was often. A guess is only ever a place to look at.
 */
export class KeyGuesses {
  readonly #met = new Map<number, number>();
  #cells: readonly Cell[] | undefined;
  #total = 0;

  constructor() {
    for (const character of '0123456789abcdefghijklmnopqrstuvwxyz') this.#met.set(character.charCodeAt(0), 1);
  }

  /** Takes the characters of a key beyond its first `shared` UTF-16 units. */
  learn(key: string, shared: number): void {
    for (const character of key.slice(shared, shared + 24)) {
      const point = character.codePointAt(0) ?? 0;
      this.#met.set(point, (this.#met.get(point) ?? 0) + 1);
    }
    this.#cells = undefined;
  }

  /** At most `ways - 1` strings that lie in order between the two, at equal distances as far as can be known. */
  between(low: string, high: string | undefined, prefix: string, ways: number): string[] {
    const [one, other] = [Array.from(low), high === undefined ? undefined : Array.from(high)];
    const shared = sharedLength(one, other ?? Array.from(prefix));
    const base = one.slice(0, shared).join('');
    const from = this.#placeOf(one.slice(shared));
    const to = other === undefined ? 1 : this.#placeOf(other.slice(shared));
    const step = (to - from) / ways;
    const guesses = Array.from({ length: ways - 1 }, (_, n) => base + this.#textAt(from + step * (n + 1), step / 4));
    return inBetween(guesses, low, high);
  }

  #placeOf(characters: readonly string[]): number {
    let [place, width] = [0, 1];
    for (const character of characters.slice(0, GUESS_LENGTH)) {
      const point = character.codePointAt(0) ?? 0;
      const { from, size, weight, before } = this.#cell((cell) => point < cell.from + cell.size);
      place += (width * (before + (weight * (point - from)) / size)) / this.#total;
      width *= weight / size / this.#total;
    }
    return place;
  }

  #textAt(place: number, tolerance: number): string {
    let text = '';
    let [rest, width] = [Math.min(Math.max(place, 0), 1), 1];
    for (let length = 0; length < GUESS_LENGTH && width > tolerance; length += 1) {
      const sought = rest * this.#totalWeight();
      const { from, size, weight, before } = this.#cell((cell) => sought < cell.before + cell.weight);
      const each = weight / size;
      const nth = Math.min(size - 1, Math.max(0, Math.floor((sought - before) / each)));
      text += String.fromCodePoint(notSurrogate(from + nth));
      rest = Math.min(Math.max((sought - before - nth * each) / each, 0), 1);
      width *= each / this.#total;
    }
    return text;
  }

  #totalWeight(): number {
    this.#cells ??= this.#makeCells();
    return this.#total;
  }

  #cell(holds: (cell: Cell) => boolean): Cell {
    this.#cells ??= this.#makeCells();
    const cells = this.#cells;
    let [low, high] = [0, cells.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(cells[middle] as Cell)) high = middle;
      else low = middle + 1;
    }
    return cells[low] as Cell;
  }

  #makeCells(): Cell[] {
    const cells: Cell[] = [];
    let [next, before] = [0, 0];
    const add = (from: number, size: number, weight: number): void => {
      if (size <= 0) return;
      cells.push({ from, size, weight, before });
      before += weight;
    };
    for (const [point, weight] of [...this.#met].sort(([a], [b]) => a - b)) {
      add(next, point - next, UNMET_WEIGHT);
      add(point, 1, weight);
      next = point + 1;
    }
    add(next, LAST_CODE_POINT + 1 - next, UNMET_WEIGHT);
    this.#total = before;
    return cells;
  }
}

/**
 * Places beyond everything that shares so much of the key's beginning, for some lengths of it: `photos/b`, `photot` and
 * `q` for `photos/a`. What lies beyond none of them shares more with the key.
 */
export function beyond(key: string, high: string | undefined, prefix: string, most: number): string[] {
  const characters = Array.from(key);
  const first = Array.from(prefix).length;
  const places = characters.flatMap((character, index) => {
    const point = (character.codePointAt(0) ?? 0) + 1;
    if (index < first || point > LAST_CODE_POINT) return [];
    return [characters.slice(0, index).join('') + String.fromCodePoint(notSurrogate(point))];
  });
  const fitting = inBetween(places.reverse(), key, high);
  if (fitting.length <= most) return fitting;
  return Array.from({ length: most }, (_, n) => fitting[Math.floor((n * (fitting.length - 1)) / (most - 1))] ?? key);
}

/** Those that lie between the bounds, in order, each once. */
export function inBetween(places: readonly string[], low: string, high: string | undefined): string[] {
  const fitting = places.filter(
    (place) => compareKeys(low, place) < 0 && (high === undefined || compareKeys(place, high) < 0),
  );
  return [...new Set(fitting)].sort(compareKeys);
}

function sharedLength(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}

function notSurrogate(point: number): number {
  return point >= SURROGATES.first && point <= SURROGATES.last ? SURROGATES.last + 1 : point;
}
