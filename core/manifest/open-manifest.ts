import type { Manifest } from '../job/request.ts';
import type { ManifestFiles } from '../stores/manifest-source.ts';
import { completionReportManifest } from './formats/completion-report.ts';
import { csvManifest } from './formats/csv.ts';
import { csvTableManifest } from './formats/csv-table.ts';
import { inventoryCsvManifest } from './formats/inventory.ts';
import { jsonLinesManifest } from './formats/json-lines.ts';
import { inventoryParquetManifest, parquetManifest } from './formats/parquet.ts';
import { formatOf } from './manifest-format.ts';
import type { ManifestReader } from './manifest-reader.ts';

/**
 * The reader of a manifest of any format. A new format is its file and its line here.
 * @param needed the columns that the job needs besides those that name objects, by their own names or by what inventories
 * call them. A format whose lines are made, not found, has just those.
 * @param chunkBytes of a file that is cut anywhere; its own unless given. Never changes while a job is prepared.
 */
export function openManifest(
  files: ManifestFiles,
  manifest: Manifest,
  needed: readonly string[] = [],
  chunkBytes?: number,
): ManifestReader {
  switch (formatOf(manifest)) {
    case 'S3BatchOperations_CSV_20180820':
      return csvManifest(files, manifest, chunkBytes);
    case 'S3InventoryReport_CSV_20161130':
    case 'S3InventoryReport_CSV_20211130':
      return inventoryCsvManifest(files, manifest);
    case 'Report_CSV_20180820':
      return completionReportManifest(files, manifest);
    case 'S3InventoryReport_Parquet':
      return inventoryParquetManifest(files, manifest, needed);
    case 'Parquet':
      return parquetManifest(files, manifest, needed);
    case 'CSV':
      return csvTableManifest(files, manifest, needed);
    case 'JSONLines':
      return jsonLinesManifest(files, manifest, needed, chunkBytes);
    default:
      throw new Error(`a manifest of the format ${formatOf(manifest)} passed validation`);
  }
}
