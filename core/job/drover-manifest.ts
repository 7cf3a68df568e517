import { z } from 'zod';
import { manifestFilter } from './manifest-filter.ts';
import { text } from './scalars.ts';

/** `Manifest.Drover`: what Drover reads besides S3's formats, and how it reads those. */

/** Formats that S3 does not read; each is asked for instead of Spec. */
export const DROVER_FORMATS = [
  'Report_CSV_20180820',
  'S3InventoryReport_Parquet',
  'Parquet',
  'CSV',
  'JSONLines',
] as const;

/** Tables of any columns, which a mapping explains. */
export const TABLE_FORMATS: readonly string[] = ['Parquet', 'CSV', 'JSONLines'];

const columnName = text(1, 255);

/** Which of a table's columns holds what. Those after VersionId are for filters. */
const columnMapping = z.strictObject({
  Bucket: columnName.optional(),
  Key: columnName,
  VersionId: columnName.optional(),
  IsDeleteMarker: columnName.optional(),
  Size: columnName.optional(),
  LastModifiedDate: columnName.optional(),
  StorageClass: columnName.optional(),
  ReplicationStatus: columnName.optional(),
  EncryptionStatus: columnName.optional(),
});
export type ColumnMapping = z.infer<typeof columnMapping>;

export const droverManifest = z.strictObject({
  /** Instead of Spec. */
  Format: z.enum(DROVER_FORMATS).optional(),
  /** The first line of a CSV: passed over, or a task whatever it looks like. Left out: a task, unless it looks like titles. */
  Header: z.enum(['Skip', 'None']).optional(),
  /** Lines of a CSV may have more columns than Fields names. */
  ExtraColumns: z.enum(['Ignore']).optional(),
  /** An empty version is the version `null`, or the current version. */
  EmptyVersion: z.enum(['Null', 'Current']).optional(),
  /** Delete markers of an inventory of all versions are no tasks. */
  DeleteMarkers: z.enum(['Skip']).optional(),
  /** Of a completion report: all, unless it says otherwise. */
  Tasks: z.enum(['All', 'Failed', 'Succeeded']).optional(),
  /** Names for the columns of Fields, so that values of the operation and filters can name those that S3 ignores. */
  ColumnNames: z.array(columnName).min(1).max(1_000).optional(),
  /** Of a table: the columns that name objects. Of a CSV without titles they are numbers from 1. */
  Columns: columnMapping.optional(),
  /** Of a table: the bucket, where no column holds it. */
  Bucket: text(3, 255).optional(),
  /** Of a table: whether its keys are URL-encoded. They are not, unless it says so. */
  KeyEncoding: z.enum(['None', 'URL']).optional(),
  /** Of a CSV table: what stands between its columns; a comma unless it says otherwise. */
  Delimiter: text(1, 1).optional(),
  Filter: manifestFilter.optional(),
});
