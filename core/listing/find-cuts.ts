import type { ListObjectsQuestion } from '../s3/requests/list-objects.ts';
import { beyond, inBetween, type KeyGuesses } from './key-guesses.ts';
import { decodeListedKey, type ListPage } from './list-page.ts';
import { compareKeys } from './utf8-order.ts';

/** Answers pages of a listing of one bucket. */
export type ListPages = (question: ListObjectsQuestion) => Promise<ListPage>;

/** Keys that are still to be listed: after `low`, which was met, up to `high`. */
export interface Span {
  readonly prefix: string;
  readonly low: string;
  readonly high: string | undefined;
}

/** Where to cut a span: there are keys after each cut, and none from `high` on. */
export interface Cuts {
  readonly cuts: readonly string[];
  readonly high: string | undefined;
}

/** Rounds of looking: each tells at least how far the keys' common beginning goes, or halves what there is to look at. */
const ROUNDS = 4;

/** Looks at once at places beyond the common beginning. */
const BEYOND = 8;

/** Of a page of folders that has not all of them, those whose characters guesses take. */
const LEARNT = 8;

/**
 * Finds where a span can be cut into about `ways` parts that all have keys: at its folders, where it has any, or else
 * by looking what comes after guessed places, one key each. Few requests, all of a round at once; no more of them once it is not `wanted` any longer.
 */
export async function findCuts(
  list: ListPages,
  guesses: KeyGuesses,
  span: Span,
  ways: number,
  wanted: () => boolean,
): Promise<Cuts> {
  const { folders, more } = await foldersOf(list, span);
  if (folders.length > 0 && !more) return { cuts: spread(folders, ways - 1), high: span.high };
  for (const folder of spread(folders, LEARNT)) guesses.learn(folder, span.prefix.length);
  let high = span.high;
  let fallback = folders.at(-1);
  for (let round = 0; round < ROUNDS && wanted(); round += 1) {
    const guessed = guesses.between(span.low, high, span.prefix, Math.max(ways, 4));
    const outer = round > 0 || high === undefined ? beyond(span.low, high, span.prefix, BEYOND) : [];
    const places = inBetween([...guessed, ...outer], span.low, high);
    if (places.length === 0) break;
    const found = await Promise.all(places.map((place) => firstAfter(list, span.prefix, place, high)));
    const empty = found.indexOf(undefined);
    if (empty !== -1) high = places[empty];
    const hits = lastOfEach(places, found, empty === -1 ? places.length : empty);
    for (const [, key] of hits) guesses.learn(key, span.prefix.length);
    const cuts = hits.map(([place]) => place).filter((place) => guessed.includes(place));
    if (cuts.length > 0) return { cuts: spread(cuts, ways - 1), high };
    fallback = hits.at(-1)?.[0] ?? fallback;
  }
  const usable = fallback !== undefined && (high === undefined || compareKeys(fallback, high) < 0);
  return { cuts: usable && fallback !== undefined ? [fallback] : [], high };
}

/**
 * The folders of the span beside the one that `low` is in, from one page of them. Where there are `more`, these are those
 * next to `low`, which say little of the span.
 */
async function foldersOf(
  list: ListPages,
  { prefix, low, high }: Span,
): Promise<{ readonly folders: string[]; readonly more: boolean }> {
  let shared = prefix.length;
  if (high !== undefined) {
    let common = 0;
    while (common < low.length && low.charCodeAt(common) === high.charCodeAt(common)) common += 1;
    shared = Math.max(shared, low.lastIndexOf('/', common - 1) + 1);
  }
  if (!low.includes('/', shared)) return { folders: [], more: false };
  const page = await list({ prefix: low.slice(0, shared), after: low, folders: true });
  const folders = inBetween(page.folders, low, high);
  return { folders, more: page.truncated && folders.at(-1) === page.folders.at(-1) };
}

async function firstAfter(
  list: ListPages,
  prefix: string,
  after: string,
  high: string | undefined,
): Promise<string | undefined> {
  const { objects } = await list({ prefix, after, most: 1 });
  const key = objects[0] === undefined ? undefined : decodeListedKey(objects[0].encodedKey);
  return key === undefined || (high !== undefined && compareKeys(key, high) > 0) ? undefined : key;
}

/** Of places that the same key follows, the last: those before it would cut off nothing. */
function lastOfEach(
  places: readonly string[],
  found: readonly (string | undefined)[],
  end: number,
): (readonly [place: string, key: string])[] {
  return places.slice(0, end).flatMap((place, index) => {
    const key = found[index];
    const isLast = index + 1 === end || found[index + 1] !== key;
    return key !== undefined && isLast ? [[place, key] as const] : [];
  });
}

function spread(places: readonly string[], most: number): string[] {
  if (places.length <= most) return [...places];
  return Array.from({ length: most }, (_, n) => places[Math.floor(((n + 1) * places.length) / (most + 1))] ?? '');
}
