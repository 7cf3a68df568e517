import { createHash } from 'node:crypto';

/** One file of the report's lines. */
export interface ReportFile {
  readonly status: 'succeeded' | 'failed';
  readonly key: string;
  /** Hex. */
  readonly md5: string;
  readonly rows: number;
}

/**
 * The report's manifest.json, as S3 writes it: members, order and the declared schema (whose two codes stand the other
 * way round than in the lines; User Guide, batch-ops-examples-reports).
 */
export function reportManifest(bucket: string, createdAt: string, files: readonly ReportFile[]): string {
  return JSON.stringify({
    Format: 'Report_CSV_20180820',
    ReportCreationDate: createdAt,
    Results: files.map(({ status, md5, key }) => ({
      TaskExecutionStatus: status,
      Bucket: bucket,
      MD5Checksum: md5,
      Key: key,
    })),
    ReportSchema: 'Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage',
  });
}

/** The folder of a job's report. The prefix is joined as it is: one that ends in a slash gives two, as with S3. */
export function reportFolder(jobId: string, prefix: string | undefined): string {
  return prefix === undefined ? `job-${jobId}` : `${prefix}/job-${jobId}`;
}

/** The key of one file of lines: 40 hexadecimal digits made of job, block and status, the same in every run. */
export function reportFileKey(folder: string, jobId: string, block: number, status: ReportFile['status']): string {
  const name = createHash('sha1').update(`${jobId}/${block}/${status}`).digest('hex');
  return `${folder}/results/${name}.csv`;
}
