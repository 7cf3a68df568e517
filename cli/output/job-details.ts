import { operationNamesOf } from '../../core/job/operation-name.ts';
import { USUAL_SELECTION } from '../../core/job/task-selection.ts';
import type { JobDescriptor } from '../api/job-shapes.ts';
import { taskCountsOf } from '../api/task-counts.ts';
import { formatCount, formatDuration, formatTime, formatWorkers } from './format.ts';
import { thresholdText } from './job-lines.ts';
import type { Message } from './message.ts';
import { outcomeOf, statusText } from './outcome.ts';
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
    ...optional('Options', optionsOf(job)),
    ...optional('Clone of', job.Drover?.CloneOf),
    ...optional('After', afterOf(job)),
    ...optional('Tasks of', tasksSourceOf(job)),
    ...optional('Manifest', job.Manifest?.Location.ObjectArn),
    ...optional('Generated manifest', generatedManifestOf(job)),
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
  // "Complete" alone would hide that tasks failed, or that nothing was to be changed.
  if (job.Status === 'Complete') return outcomeOf(job);
  if (job.Status !== 'Suspended') return statusText(job);
  return `Suspended: it waits for your confirmation (drover jobs confirm ${job.JobId})`;
}

function tasksOf(job: JobDescriptor): Row[] {
  const { total, succeeded, failed } = taskCountsOf(job);
  if (total === undefined) return [['Tasks', 'not known: the manifest has not been read']];
  return [
    ['Tasks', `${formatCount(total)}, of which ${formatCount(succeeded)} succeeded and ${formatCount(failed)} failed`],
  ];
}

/** `S3PutObjectTagging: a=1, b=2` for two that read well; others by name and parameters. */
function operationOf({ Operation }: JobDescriptor): string | undefined {
  if (Operation === undefined) return undefined;
  if (Operation.S3PutObjectTagging !== undefined) {
    const tags = (Operation.S3PutObjectTagging.TagSet ?? []).map((tag) => `${tag.Key}=${tag.Value}`);
    return `S3PutObjectTagging: ${tags.length === 0 ? 'no tags' : tags.join(', ')}`;
  }
  const { Drover, ...own } = Operation;
  const [name = Object.keys(own)[0] ?? 'unknown'] = operationNamesOf(Operation);
  const members = { ...memberOf(own, name), ...memberOf(Drover, name) };
  return Object.keys(members).length === 0 ? name : `${name}: ${membersText(members)}`;
}

function memberOf(holder: object | undefined, name: string): object {
  return Object.entries(holder ?? {}).find(([member]) => member === name)?.[1] ?? {};
}

/** `StorageClass=GLACIER, Tags=[…]`: lists and structures as JSON. */
function membersText(members: object): string {
  return Object.entries(members)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
}

function optionsOf({ Drover }: JobDescriptor): string {
  const rate = Drover?.RateLimit?.TasksPerSecond;
  return [
    ...(Drover?.DryRun === true ? ['dry run (nothing is changed)'] : []),
    ...(Drover?.SkipUnchanged === true ? ['what is unchanged is skipped'] : []),
    ...(Drover?.TaskParameters === true ? ['values filled from the manifest'] : []),
    ...(rate === undefined ? [] : [`at most ${formatCount(rate)} tasks a second`]),
    ...(Drover?.MaxWorkers === undefined ? [] : [`at most ${formatWorkers(Drover.MaxWorkers)}`]),
    ...(Drover?.FailureThreshold === undefined ? [] : [thresholdText(Drover.FailureThreshold)]),
  ].join('; ');
}

/** `job <id> (Complete), with its SucceededTasks`: what it waits or waited for. */
function afterOf({ Drover }: JobDescriptor): string | undefined {
  if (Drover?.After === undefined) return undefined;
  const { JobIds, On = 'Complete', Manifest } = Drover.After;
  const jobs = `${JobIds.length === 1 ? 'job' : 'jobs'} ${JobIds.join(', ')} (${On})`;
  return Manifest === undefined ? jobs : `${jobs}, with ${Manifest}`;
}

/** `job <id> (NotSucceeded)`: the source of a job that has no manifest of its own. */
function tasksSourceOf({ Drover }: JobDescriptor): string | undefined {
  const { JobId, Tasks = USUAL_SELECTION } = Drover?.TasksOf ?? {};
  return JobId === undefined ? undefined : `job ${JobId} (${Tasks})`;
}

/** Where it is, with the ETag that a job with this manifest asks for. */
function generatedManifestOf({ GeneratedManifestDescriptor: generated }: JobDescriptor): string | undefined {
  if (generated === undefined) return undefined;
  const { ObjectArn, ETag } = generated.Location;
  return `${ObjectArn} (ETag ${ETag})`;
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
