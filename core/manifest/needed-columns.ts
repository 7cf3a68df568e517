import type { JobRequest, Manifest } from '../job/request.ts';
import { columnsOfFilter } from './filter/filter-columns.ts';

/** The columns of a job's lines that it needs besides those that name objects: its filter's. */
export function neededColumns({ Manifest: manifest }: JobRequest): readonly string[] {
  const markers = manifest?.Drover?.DeleteMarkers === 'Skip' ? ['IsDeleteMarker'] : [];
  return [...new Set([...markers, ...filterColumns(manifest?.Drover)])];
}

/** What a table's mapping does not name is asked of S3, where the filter says so. */
function filterColumns({ Filter: filter, Columns: mapping }: NonNullable<Manifest['Drover']> = {}): string[] {
  const columns = columnsOfFilter(filter).map(({ column }) => column);
  return filter?.Head === true && mapping !== undefined
    ? columns.filter((column) => Object.hasOwn(mapping, column))
    : columns;
}
