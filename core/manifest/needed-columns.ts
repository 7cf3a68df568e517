import type { JobRequest } from '../job/request.ts';
import { columnsOfFilter } from './filter/filter-columns.ts';

/** The columns of a job's lines that it needs besides those that name objects: its filter's. */
export function neededColumns({ Manifest: manifest }: JobRequest): readonly string[] {
  const markers = manifest?.Drover?.DeleteMarkers === 'Skip' ? ['IsDeleteMarker'] : [];
  return [...new Set([...markers, ...columnsOfFilter(manifest?.Drover?.Filter).map(({ column }) => column)])];
}
