import { columnsOfFilter } from '../manifest/filter/filter-columns.ts';
import { patternProblems } from '../manifest/filter/key-filter.ts';
import type { Problem } from '../validation/invalid-input.ts';
import type { ManifestFilter } from './manifest-filter.ts';

/**
 * What of a filter is wrong that can be known without reading the manifest.
 * @param columns that the manifest has; undefined where only the manifest tells.
 * @param path of the filter in its request.
 */
export function filterProblems(
  filter: ManifestFilter | undefined,
  columns: readonly string[] | undefined,
  path: string,
): Problem[] {
  if (filter === undefined) return [];
  const { Sample: sample, Tags: tags } = filter;
  const missing =
    columns === undefined || filter.Head === true
      ? []
      : columnsOfFilter(filter).filter(({ column }) => !columns.includes(column));
  return [
    ...missing.map(({ member, column }) => ({
      path: `${path}.${member}`,
      says: `needs the column ${column}, which the manifest lacks. With ${path}.Head, S3 is asked for each object`,
    })),
    ...(sample === undefined || (sample.OneIn === undefined) !== (sample.Share === undefined)
      ? []
      : [{ path: `${path}.Sample`, says: 'must have either OneIn or Share' }]),
    ...(tags === undefined || Object.values(tags).some((list) => list !== undefined)
      ? []
      : [{ path: `${path}.Tags`, says: 'must have at least one of MatchAll, MatchAny and MatchNone' }]),
    ...patternProblems(filter.KeyNameConstraint, `${path}.KeyNameConstraint`),
  ];
}
