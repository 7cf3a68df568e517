import type { JobDescriptor } from '../api/job-shapes.ts';
import { CommandError } from '../errors.ts';

/** Where a job's report is described: its manifest.json. */
export interface ReportLocation {
  readonly bucket: string;
  readonly manifestKey: string;
}

/** The place that S3 writes the report to: `<Prefix>/job-<id>/manifest.json`, joined without tidying the slashes. */
export function reportLocationOf(job: JobDescriptor): ReportLocation {
  const { Report } = job;
  if (Report?.Enabled !== true || Report.Bucket === undefined) {
    throw new CommandError(`Job ${job.JobId} was created without a report.`, 'NoReport');
  }
  const folder = `job-${job.JobId}/manifest.json`;
  return {
    bucket: Report.Bucket.slice(Report.Bucket.lastIndexOf(':') + 1),
    manifestKey: Report.Prefix === undefined || Report.Prefix === '' ? folder : `${Report.Prefix}/${folder}`,
  };
}
