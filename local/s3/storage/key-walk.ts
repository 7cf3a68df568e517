import type { IndexDatabase } from './index-database.ts';
import { past } from './index-keys.ts';

/** What a listing asks of the walk. */
export interface WalkOptions {
  /** The entries' own prefix (`objectsOf(bucket)`, …). */
  readonly space: string;
  /** Takes the S3 key out of an entry. */
  readonly keyOf: (entry: string) => string;
  /** Only keys that begin so. */
  readonly prefix: string;
  /** Entries that the listing does not see, such as delete markers; they make no common prefix either. */
  readonly accept?: (text: string) => boolean;
  /** Empty: nothing is rolled up. */
  readonly delimiter: string;
  /** The walk begins at this entry; undefined: at the first of the prefix. */
  readonly from?: { readonly entry: string | Buffer; readonly inclusive: boolean };
  /** The entry form of a key prefix (keys are escaped in some spaces). */
  readonly encode: (keyPrefix: string) => string;
}

export type WalkStep =
  | { readonly kind: 'entry'; readonly entry: string; readonly key: string; readonly text: string }
  | { readonly kind: 'prefix'; readonly commonPrefix: string };

/** Entries are read this many at a time. */
const READ_AHEAD = 250;

/**
 * Goes through entries in order and rolls up those that share a prefix up to the delimiter. Once a common prefix has
 * been given, everything under it is skipped by a seek, however much that is.
 */
export async function* walkKeys(database: IndexDatabase, options: WalkOptions): AsyncGenerator<WalkStep, void, void> {
  const { space, prefix, delimiter } = options;
  const iterator = database.iterator<Buffer, string>({
    keyEncoding: 'buffer',
    highWaterMarkBytes: 256 * 1024,
    lt: past(space + options.encode(prefix)),
    ...lowerBound(options),
  });
  try {
    for (;;) {
      const entries = await iterator.nextv(delimiter === '' ? READ_AHEAD * 4 : READ_AHEAD);
      if (entries.length === 0) return;
      let skipped = '';
      for (const [bytes, text] of entries) {
        if (options.accept?.(text) === false) continue;
        const entry = bytes.toString();
        const key = options.keyOf(entry);
        if (skipped !== '' && key.startsWith(skipped)) continue;
        skipped = commonPrefixOf(key, prefix, delimiter) ?? '';
        if (skipped === '') yield { kind: 'entry', entry, key, text };
        else yield { kind: 'prefix', commonPrefix: skipped };
      }
      if (skipped !== '') iterator.seek(past(space + options.encode(skipped)));
    }
  } finally {
    await iterator.close();
  }
}

/** The part of the key up to and with the first delimiter after the prefix; undefined if there is none. */
export function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

function lowerBound({ space, prefix, encode, from }: WalkOptions): { gt: Buffer } | { gte: Buffer } {
  const first = Buffer.from(space + encode(prefix));
  if (from === undefined) return { gte: first };
  const entry = Buffer.from(from.entry);
  if (first.compare(entry) > 0) return { gte: first };
  return from.inclusive ? { gte: entry } : { gt: entry };
}
