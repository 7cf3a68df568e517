import { createHash } from 'node:crypto';
import type { JobRequest } from '../../job/request.ts';

/** Where a generated manifest is written, on request, for the user to keep. */
export type OutputLocation = NonNullable<
  NonNullable<NonNullable<JobRequest['ManifestGenerator']>['S3JobManifestGenerator']>['ManifestOutputLocation']
>;

/** One gzip file of the manifest's lines. */
export interface OutputFile {
  readonly key: string;
  /** Bytes, packed. */
  readonly size: number;
  /** Hex, of the packed bytes. */
  readonly md5: string;
}

/** The location that a job's generated manifest is to be written to; undefined where the job only keeps it itself. */
export function outputLocationOf({ ManifestGenerator: generators }: JobRequest): OutputLocation | undefined {
  const generator = generators?.S3JobManifestGenerator;
  return generator?.EnableManifestOutput === true ? generator.ManifestOutputLocation : undefined;
}

/**
 * The key of a job's generated manifest.json. No public page says how S3 names its folder: only that the prefix stands
 * before it. Not `job-<id>`, which is the folder of the job's report and may have the same bucket and prefix.
 */
export function outputManifestKey(jobId: string, { ManifestPrefix: prefix }: OutputLocation): string {
  const folder = `manifest-${jobId}`;
  return `${prefix === undefined ? folder : `${prefix}/${folder}`}/manifest.json`;
}

/** The key of one file of lines: 40 hexadecimal digits made of job and range, the same in every run. */
export function outputFileKey(jobId: string, range: number, location: OutputLocation): string {
  const name = createHash('sha1').update(`${jobId}/${range}/manifest`).digest('hex');
  return `${outputManifestKey(jobId, location).replace(/manifest\.json$/, 'data')}/${name}.csv.gz`;
}

export interface OutputManifest {
  /** The bucket that was listed. */
  readonly sourceBucket: string;
  readonly location: OutputLocation;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly columns: readonly string[];
  readonly files: readonly OutputFile[];
}

/**
 * manifest.json of a generated manifest: that of an inventory report (S3 User Guide, storage-inventory-location), whose
 * version is taken from the format's name S3InventoryReport_CSV_20211130, for no public page shows one.
 */
export function outputManifest({ sourceBucket, location, createdAt, columns, files }: OutputManifest): string {
  return JSON.stringify({
    sourceBucket,
    destinationBucket: location.Bucket,
    version: '2021-11-30',
    creationTimestamp: String(Date.parse(createdAt)),
    fileFormat: 'CSV',
    fileSchema: columns.join(', '),
    files: files.map(({ key, size, md5 }) => ({ key, size, MD5checksum: md5 })),
  });
}
