import type { JobDescriptor } from '../api/job-shapes.ts';
import { taskCountsOf } from '../api/task-counts.ts';
import { formatCount, formatDuration, formatTime } from './format.ts';
import type { Message } from './message.ts';
import { listLines } from './table.ts';

type Row = readonly [name: string, value: string];

/** `jobs describe`: what there is to know, a line each; in JSON the API's `Job`, unchanged. */
export function jobDetails(job: JobDescriptor): Message {
  return { text: listLines([...aboutJob(job), ...aboutWork(job), ...aboutTimes(job)]).join('\n'), json: job };
}

function aboutJob(job: JobDescriptor): Row[] {
  return [
    ['Job', job.JobId],
    ['Status', statusOf(job)],
    ...(job.FailureReasons ?? []).map(
      (failure): Row => ['Failure', `${failure.FailureCode}: ${failure.FailureReason}`],
    ),
    ...optional('Reason', job.StatusUpdateReason),
    ...optional('Description', job.Description),
    ...optional('Priority', job.Priority?.toString()),
    ...tasksOf(job),
  ];
}

function aboutWork(job: JobDescriptor): Row[] {
  return [
    ...optional('Operation', operationOf(job)),
    ...optional('Manifest', job.Manifest?.Location.ObjectArn),
    ...optional('Columns', job.Manifest?.Spec?.Fields?.join(', ')),
    ...optional('Report', reportOf(job)),
    ...optional('Role', roleOf(job)),
  ];
}

function aboutTimes(job: JobDescriptor): Row[] {
  const active = job.ProgressSummary?.Timers?.ElapsedTimeInActiveSeconds;
  return [
    ...optional('Created', job.CreationTime && formatTime(job.CreationTime)),
    ...optional('Suspended', job.SuspendedDate && formatTime(job.SuspendedDate)),
    ...optional('Ended', job.TerminationDate && formatTime(job.TerminationDate)),
    ...optional('Active for', active === undefined ? undefined : formatDuration(active)),
  ];
}

function statusOf(job: JobDescriptor): string {
  if (job.Status !== 'Suspended') return job.Status;
  return `Suspended: it waits for your confirmation (drover jobs confirm ${job.JobId})`;
}

function tasksOf(job: JobDescriptor): Row[] {
  const { total, succeeded, failed } = taskCountsOf(job);
  if (total === undefined) return [['Tasks', 'not known: the manifest has not been read']];
  return [
    ['Tasks', `${formatCount(total)}, of which ${formatCount(succeeded)} succeeded and ${formatCount(failed)} failed`],
  ];
}

/** `S3PutObjectTagging: a=1, b=2` for the operations known here; others by name and parameters. */
function operationOf(job: JobDescriptor): string | undefined {
  const { Operation } = job;
  if (Operation === undefined) return undefined;
  if (Operation.S3PutObjectTagging !== undefined) {
    const tags = (Operation.S3PutObjectTagging.TagSet ?? []).map((tag) => `${tag.Key}=${tag.Value}`);
    return `S3PutObjectTagging: ${tags.length === 0 ? 'no tags' : tags.join(', ')}`;
  }
  if (Operation.LambdaInvoke !== undefined) return `LambdaInvoke: ${Operation.LambdaInvoke.FunctionArn}`;
  const [name, parameters] = Object.entries(Operation)[0] ?? ['unknown', {}];
  return `${name}: ${JSON.stringify(parameters)}`;
}

function reportOf(job: JobDescriptor): string | undefined {
  const { Report } = job;
  if (Report === undefined) return undefined;
  if (!Report.Enabled) return 'none';
  const place = [bucketOf(Report.Bucket ?? ''), Report.Prefix].filter((part) => part !== undefined).join('/');
  return `s3://${place} (${Report.ReportScope === 'FailedTasksOnly' ? 'failed tasks only' : 'all tasks'})`;
}

function roleOf({ RoleArn, Drover }: JobDescriptor): string | undefined {
  const elsewhere = Drover?.ObjectsEndpoint;
  return elsewhere === undefined ? RoleArn : `${RoleArn} (not used: the objects are at ${elsewhere})`;
}

function bucketOf(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

function optional(name: string, value: string | undefined): Row[] {
  return value === undefined || value === '' ? [] : [[name, value]];
}
