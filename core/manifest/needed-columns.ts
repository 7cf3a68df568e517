import type { JobRequest, Manifest } from '../job/request.ts';
import { columnsAsked } from '../operations/task-parameters/columns-asked.ts';
import { columnsOfFilter } from './filter/filter-columns.ts';

/** The columns of a job's lines that it needs besides those that name objects: its filter's, and its operation's. */
export function neededColumns(request: JobRequest): readonly string[] {
  const { Manifest: manifest } = request;
  const markers = manifest?.Drover?.DeleteMarkers === 'Skip' ? ['IsDeleteMarker'] : [];
  const asked = columnsAsked(request).map(({ column }) => column);
  return [...new Set([...markers, ...filterColumns(manifest?.Drover), ...asked])];
}

/** What a table's mapping does not name is asked of S3, where the filter says so. */
function filterColumns({ Filter: filter, Columns: mapping }: NonNullable<Manifest['Drover']> = {}): string[] {
  const columns = columnsOfFilter(filter).map(({ column }) => column);
  return filter?.Head === true && mapping !== undefined
    ? columns.filter((column) => Object.hasOwn(mapping, column))
    : columns;
}
