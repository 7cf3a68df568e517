import { decodeListedKey, type ListedObject } from '../../listing/list-page.ts';
import type { GeneratorFilter } from './generator-filter.ts';

type ObjectFilter = (object: ListedObject) => boolean;

/** What of the filter a listing can tell, but for the prefix, which narrows it; undefined where that is nothing. */
export function listingFilterOf(filter: GeneratorFilter): ObjectFilter | undefined {
  const { MatchAnySuffix: suffixes = [], MatchAnySubstring: substrings = [] } = filter.KeyNameConstraint ?? {};
  const { ObjectSizeGreaterThanBytes: above, ObjectSizeLessThanBytes: below } = filter;
  const { CreatedAfter: after, CreatedBefore: before, MatchAnyStorageClass: classes = [] } = filter;
  const filters: ObjectFilter[] = [];
  // An empty list constrains nothing, as if it were not there.
  if (classes.length > 0) {
    const wanted = new Set<string>(classes);
    filters.push(({ storageClass }) => wanted.has(storageClass));
  }
  if (above !== undefined) filters.push(({ size }) => Number(size) > above);
  if (below !== undefined) filters.push(({ size }) => Number(size) < below);
  if (after !== undefined) filters.push(modified((time) => time > Date.parse(after)));
  if (before !== undefined) filters.push(modified((time) => time < Date.parse(before)));
  if (suffixes.length > 0) filters.push(named((key) => suffixes.some((suffix) => key.endsWith(suffix))));
  if (substrings.length > 0) filters.push(named((key) => substrings.some((substring) => key.includes(substring))));
  return filters.length === 0 ? undefined : (object) => filters.every((isMet) => isMet(object));
}

function modified(isMet: (time: number) => boolean): ObjectFilter {
  return ({ lastModified }) => isMet(Date.parse(lastModified));
}

function named(isMet: (key: string) => boolean): ObjectFilter {
  return ({ encodedKey }) => isMet(decodeListedKey(encodedKey));
}
