import type { Manifest } from '../job/request.ts';
import type { LineForm } from './line-form.ts';

/** Whether a line of the manifest is wanted, by its columns. */
export type RowFilter = (record: readonly string[]) => boolean;

/** What of a manifest's lines the request wants; undefined when that is all of them. */
export function rowFilterOf(manifest: Manifest, form: LineForm): RowFilter | undefined {
  const deleteMarker = form.columns.indexOf('IsDeleteMarker');
  if (manifest.Drover?.DeleteMarkers !== 'Skip' || deleteMarker === -1) return undefined;
  return (record) => record[deleteMarker]?.toLowerCase() !== 'true';
}
