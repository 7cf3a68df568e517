import type { ManifestFilter } from '../../job/manifest-filter.ts';
import type { LineForm } from '../line-form.ts';
import { invalidManifest, type ManifestError } from '../manifest-error.ts';
import { columnsOfFilter, lookedUp } from './filter-columns.ts';
import { keyFilter } from './key-filter.ts';
import type { RowFilter } from './row-predicate.ts';
import { sampleFilter } from './sample.ts';
import { agedBefore, bySize, byTime, byValue } from './value-filters.ts';
import type { WantedLines } from './wanted-lines.ts';

/**
 * Whether a line is wanted, as far as its own columns tell; undefined when all of them are.
 * @param createdAt of the job, ISO 8601: ages count from there.
 * @throws ManifestError when the manifest lacks a column that the filter needs, and S3 is not to be asked instead.
 */
export function rowFilterOf(
  { DeleteMarkers: markers, Filter: filter = {} }: WantedLines,
  form: LineForm,
  createdAt: string,
): RowFilter | undefined {
  const byHead = lookedUp(filter, form.columns);
  const byRow = Object.fromEntries(Object.entries(filter).filter(([member]) => !Object.hasOwn(byHead, member)));
  for (const { member, column } of columnsOfFilter(byRow)) {
    if (!form.columns.includes(column)) throw missing(member, column, form);
  }
  const marker = form.columns.indexOf('IsDeleteMarker');
  const current = markers === 'Skip' && marker >= 0 ? byValue(marker, ['false', '']) : undefined;
  const wanted = columnFilterOf(byRow, form.columns, createdAt);
  if (current === undefined || wanted === undefined) return current ?? wanted;
  return (record, task) => current(record, task) && wanted(record, task);
}

/** What a filter wants of a record of these columns, which has all that it needs; undefined where that is nothing. */
export function columnFilterOf(
  filter: ManifestFilter,
  columns: readonly string[],
  createdAt: string,
): RowFilter | undefined {
  const filters = filtersOf(filter, (column) => columns.indexOf(column), Date.parse(createdAt));
  if (filters.length === 0) return undefined;
  return (record, task) => {
    for (const each of filters) {
      const verdict = each(record, task);
      if (verdict !== true) return verdict;
    }
    return true;
  };
}

/** Cheap ones first. */
function filtersOf(filter: ManifestFilter, at: (column: string) => number, now: number): RowFilter[] {
  const { ObjectSizeGreaterThanBytes: above, ObjectSizeLessThanBytes: below } = filter;
  const after = latest([filter.CreatedAfter, filter.NewerThan], now);
  const before = earliest([filter.CreatedBefore, filter.OlderThan], now);
  return [
    ...(above === undefined && below === undefined ? [] : [bySize(at('Size'), above ?? -1, below ?? Infinity)]),
    ...present(filter.MatchAnyStorageClass, (classes) => byValue(at('StorageClass'), classes)),
    ...present(filter.MatchAnyEncryptionStatus, (statuses) => byValue(at('EncryptionStatus'), statuses)),
    ...present(filter.ObjectReplicationStatuses, (statuses) =>
      byValue(at('ReplicationStatus'), statuses.includes('NONE') ? [...statuses, ''] : statuses),
    ),
    ...(after === undefined && before === undefined
      ? []
      : [byTime(at('LastModifiedDate'), after ?? -Infinity, before ?? Infinity)]),
    ...present(filter.KeyNameConstraint, keyFilter),
    ...present(filter.Sample, sampleFilter),
  ];
}

function present<Member>(member: Member | undefined, make: (member: Member) => RowFilter): RowFilter[] {
  return member === undefined ? [] : [make(member)];
}

function latest(bounds: readonly (string | undefined)[], now: number): number | undefined {
  const times = bounds.filter((bound) => bound !== undefined).map((bound) => agedBefore(bound, now));
  return times.length === 0 ? undefined : Math.max(...times);
}

function earliest(bounds: readonly (string | undefined)[], now: number): number | undefined {
  const times = bounds.filter((bound) => bound !== undefined).map((bound) => agedBefore(bound, now));
  return times.length === 0 ? undefined : Math.min(...times);
}

function missing(member: string, column: string, { columns }: LineForm): ManifestError {
  const there = columns.filter((each) => each !== 'Ignore').join(', ');
  return invalidManifest(
    `Manifest.Drover.Filter.${member} needs the column ${column}, which the manifest lacks: it has ${there}`.slice(
      0,
      256,
    ),
  );
}
