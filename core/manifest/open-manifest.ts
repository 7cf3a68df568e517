import type { Manifest } from '../job/request.ts';
import type { ManifestFiles } from '../stores/manifest-source.ts';
import { completionReportManifest } from './formats/completion-report.ts';
import { csvManifest } from './formats/csv.ts';
import { inventoryCsvManifest } from './formats/inventory.ts';
import { formatOf } from './manifest-format.ts';
import type { ManifestReader } from './manifest-reader.ts';

/**
 * The reader of a manifest of any format. A new format is its file and its line here.
 * @param chunkBytes of a plain CSV; its own unless given. Never changes while a job is prepared.
 */
export function openManifest(files: ManifestFiles, manifest: Manifest, chunkBytes?: number): ManifestReader {
  switch (formatOf(manifest)) {
    case 'S3BatchOperations_CSV_20180820':
      return csvManifest(files, manifest, chunkBytes);
    case 'S3InventoryReport_CSV_20161130':
    case 'S3InventoryReport_CSV_20211130':
      return inventoryCsvManifest(files, manifest);
    case 'Report_CSV_20180820':
      return completionReportManifest(files, manifest);
    default:
      throw new Error(`a manifest of the format ${formatOf(manifest)} passed validation`);
  }
}
