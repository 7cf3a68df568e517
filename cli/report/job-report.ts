import { hasEnded } from '../../core/job/status.ts';
import type { JobDescriptor } from '../api/job-shapes.ts';
import type { ObjectStore } from '../api/object-store.ts';
import { CommandError } from '../errors.ts';
import type { ReportLine } from '../output/report-line.ts';
import { readReportFile } from './report-lines.ts';
import { reportLocationOf } from './report-location.ts';
import { parseReportManifest, type ReportFile } from './report-manifest.ts';

/** The files of a job's report. Throws a CommandError where there is none, or none yet. */
export async function reportFilesOf(store: ObjectStore, job: JobDescriptor): Promise<readonly ReportFile[]> {
  const { bucket, manifestKey } = reportLocationOf(job);
  const manifest = await store.get(bucket, manifestKey);
  if (manifest?.Body === undefined) throw noReportYet(job);
  return parseReportManifest(await manifest.Body.transformToString(), `s3://${bucket}/${manifestKey}`);
}

/** The lines of these files, or of those of failed tasks only. */
export async function* readReport(
  store: ObjectStore,
  files: readonly ReportFile[],
  failedOnly: boolean,
): AsyncGenerator<ReportLine> {
  for (const file of files) {
    if (!failedOnly || file.TaskExecutionStatus === 'failed') yield* readReportFile(store, file);
  }
}

function noReportYet(job: JobDescriptor): CommandError {
  const why = hasEnded(job.Status)
    ? `it ended ${job.Status}, and a job that carried out no task has none`
    : `it is ${job.Status}, and the report is written when it ends. Follow it with: drover jobs watch ${job.JobId}`;
  return new CommandError(`There is no report of job ${job.JobId}: ${why}`, 'NoReportYet');
}
