import { inventoryColumn } from '../manifest/inventory-columns.ts';
import { type InventoryColumn, inventoryColumns } from './fields.ts';
import type { InventoryFormat, InventorySpec } from './inventory-spec.ts';

/** A file of a report. */
export interface InventoryFile {
  readonly key: string;
  /** Bytes, packed. */
  readonly size: number;
  /** Hex, of the packed bytes. */
  readonly md5: string;
}

/** Where the objects of a report are (S3 User Guide, storage-inventory-location). */
export interface ReportKeys {
  readonly manifest: string;
  readonly checksum: string;
  readonly symlink: string;
  /** Of a data file. */
  readonly data: (name: string) => string;
}

/** `manifest.json` says this of its form (User Guide, storage-inventory-location). */
const MANIFEST_VERSION = '2016-11-30';

const EXTENSIONS: Readonly<Record<InventoryFormat, string>> = { CSV: 'csv.gz', Parquet: 'parquet' };

/** The beginning of a minute: reports are named by the minute in which their scan began. */
export function reportMinute(time: number): number {
  return Math.floor(time / 60_000) * 60_000;
}

/** @param time milliseconds since 1970. */
export function reportKeys(spec: InventorySpec, time: number): ReportKeys {
  const { destinationPrefix, sourceBucket, id, format } = spec;
  const folder = `${destinationPrefix === '' ? '' : `${destinationPrefix}/`}${sourceBucket}/${id}`;
  const [date = '', hour = '', minute = ''] = new Date(time).toISOString().split(/[T:]/);
  const report = `${folder}/${date}T${hour}-${minute}Z`;
  return {
    manifest: `${report}/manifest.json`,
    checksum: `${report}/manifest.checksum`,
    symlink: `${folder}/hive/dt=${date}-${hour}-${minute}/symlink.txt`,
    data: (name) => `${folder}/data/${name}.${EXTENSIONS[format]}`,
  };
}

/** manifest.json of a report whose scan began at `time`. */
export function reportManifest(spec: InventorySpec, time: number, files: readonly InventoryFile[]): string {
  const columns = inventoryColumns(spec.versions, spec.fields);
  const manifest = {
    sourceBucket: spec.sourceBucket,
    destinationBucket: `arn:${spec.partition}:s3:::${spec.destinationBucket}`,
    version: MANIFEST_VERSION,
    creationTimestamp: String(time),
    fileFormat: spec.format,
    fileSchema: spec.format === 'CSV' ? columns.join(', ') : parquetMessage(columns),
    files: files.map(({ key, size, md5 }) => ({ key, size, MD5checksum: md5 })),
  };
  return JSON.stringify(manifest, null, 2);
}

/** The files as Hive finds them (`SymlinkTextInputFormat`): a URL a line. */
export function symlinkText({ destinationBucket }: InventorySpec, files: readonly InventoryFile[]): string {
  return files.map(({ key }) => `s3://${destinationBucket}/${key}\n`).join('');
}

/** The type of a column in Parquet, as the schema of S3's own reports has it. */
export type ParquetType = 'string' | 'boolean' | 'int64' | 'timestamp';

const PARQUET_TYPES: Readonly<Record<InventoryColumn, ParquetType>> = {
  Bucket: 'string',
  Key: 'string',
  VersionId: 'string',
  IsLatest: 'boolean',
  IsDeleteMarker: 'boolean',
  Size: 'int64',
  LastModifiedDate: 'timestamp',
  ETag: 'string',
  StorageClass: 'string',
  IsMultipartUploaded: 'boolean',
  ChecksumAlgorithm: 'string',
};

const MESSAGE_TYPES: Readonly<Record<ParquetType, readonly [type: string, annotation: string]>> = {
  string: ['binary', ' (STRING)'],
  boolean: ['boolean', ''],
  int64: ['int64', ''],
  timestamp: ['int64', ' (TIMESTAMP(MILLIS,true))'],
};

/** A column of a Parquet file: its name there, its type, and whether each row has a value. */
export interface ParquetColumn {
  readonly column: InventoryColumn;
  readonly name: string;
  readonly type: ParquetType;
  readonly required: boolean;
}

export function parquetColumns(columns: readonly InventoryColumn[]): readonly ParquetColumn[] {
  return columns.map((column) => ({
    column,
    name: inventoryColumn(column),
    type: PARQUET_TYPES[column],
    required: column === 'Bucket' || column === 'Key',
  }));
}

function parquetMessage(columns: readonly InventoryColumn[]): string {
  const members = parquetColumns(columns).map(({ name, type, required }) => {
    const [physical, annotation] = MESSAGE_TYPES[type];
    return `  ${required ? 'required' : 'optional'} ${physical} ${name}${annotation};`;
  });
  return `message s3.inventory {${members.join('')}}`;
}
