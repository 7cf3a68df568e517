import { afterText } from '../job/after.ts';
import { holdText } from '../job/hold.ts';
import type { FailureGroup, Hold, Job, JobState, Throttled, Trouble } from '../job/records.ts';
import type { DroverOptions, JobRequest } from '../job/request.ts';
import { waitingTrouble } from '../job/waiting.ts';
import { outputLocationOf, outputManifestKey } from '../manifest/generator/manifest-output.ts';
import type { ApiContext } from './context.ts';
import { shownJob } from './find-job.ts';
import { progressOf } from './progress.ts';
import type { GeneratedManifestDescriptor, JobDescriptor } from './results.ts';
import { limitsOf } from './update-job-limits.ts';

/** What Drover knows of a job beyond S3's model. JSON shows it, XML has no place for it. */
export interface DroverDescriptor extends DroverOptions {
  /** Workers that the job has at present. */
  readonly Workers?: number;
  /** Failed tasks by error code, the most frequent first: ten codes at most, rarer ones together as "(others)". */
  readonly Failures?: readonly {
    readonly ErrorCode: string;
    readonly Tasks: number;
    /** That of one of them. */
    readonly ResultMessage: string;
    /** A few of them, as bucket/key. */
    readonly Objects: readonly string[];
  }[];
  /** Requests that S3 refused for their number, so far, and a bucket where it did. */
  readonly Throttled?: { readonly Attempts: number; readonly Bucket: string };
  /** What keeps the job from going on at present. */
  readonly Trouble?: Trouble;
  /** The pause that a caller asked for. */
  readonly Paused?: { readonly Since: string; readonly Reason?: string };
  /** Lines of the manifest that its filter left out. */
  readonly Filtered?: number;
  /** The S3 that the job's objects are in, when it is not this cloud's own: the RoleArn is then not used for them. */
  readonly ObjectsEndpoint?: string;
}

export interface DescribeJobResult {
  readonly Job: JobDescriptor & { readonly Drover?: DroverDescriptor };
}

/** @throws ApiError NotFoundException. */
export async function describeJob({ JobId }: { JobId: string }, context: ApiContext): Promise<DescribeJobResult> {
  const job = shownJob(await context.jobs.getJob(JobId), JobId, context);
  const schedule = await context.jobs.getSchedule();
  const workers = job.state.status === 'Active' ? schedule.shares[JobId]?.workers : undefined;
  const trouble = waitingTrouble(job.state, schedule, context.clock()) ?? job.state.trouble;
  const now: Present = { workers, trouble };
  return { Job: { ...descriptorOf(job, now, context), ...droverOf(job, now, context) } };
}

/** What is so at the moment of the request, and not kept with the job. */
interface Present {
  readonly workers: number | undefined;
  readonly trouble: Trouble | undefined;
}

function descriptorOf(
  { stored: { jobId, request }, state, totals }: Job,
  { trouble }: Present,
  context: ApiContext,
): JobDescriptor {
  const { partition, region, account } = context.identity;
  return {
    JobId: jobId,
    ConfirmationRequired: request.ConfirmationRequired ?? true,
    ...present('Description', request.Description),
    JobArn: `arn:${partition}:s3:${region}:${account}:job/${jobId}`,
    Status: state.status,
    ...present('Manifest', request.Manifest),
    Operation: request.Operation,
    Priority: state.priority,
    ProgressSummary: progressOf(state, totals, context.clock()),
    // S3's model has no place for what keeps a job from going on, and its clients read no other member.
    ...present(
      'StatusUpdateReason',
      holdText(state) ?? afterText(state) ?? state.statusUpdateReason ?? troubleText(trouble),
    ),
    FailureReasons: state.failureReasons.map(({ FailureCode, FailureReason }) => ({ FailureCode, FailureReason })),
    Report: request.Report,
    CreationTime: state.createdAt,
    ...present('TerminationDate', state.endedAt),
    RoleArn: request.RoleArn,
    // The model has the date stay ("if it has been suspended"); the cause is told while it is one.
    ...present('SuspendedDate', state.suspendedAt),
    ...present('SuspendedCause', state.status === 'Suspended' ? 'AWAITING_CONFIRMATION' : undefined),
    ...present('ManifestGenerator', request.ManifestGenerator),
    ...present('GeneratedManifestDescriptor', generatedManifestOf(jobId, request, state)),
  };
}

/** The manifest that was generated for the job, once it was written where the request wants it. */
function generatedManifestOf(
  jobId: string,
  request: JobRequest,
  { generatedManifestETag: ETag }: JobState,
): GeneratedManifestDescriptor | undefined {
  const location = outputLocationOf(request);
  if (location === undefined || ETag === undefined) return undefined;
  const ObjectArn = `${location.Bucket}/${outputManifestKey(jobId, location)}`;
  return { Format: location.ManifestFormat, Location: { ObjectArn, ETag } };
}

function troubleText(trouble: Trouble | undefined): string | undefined {
  return trouble === undefined ? undefined : `${trouble.FailureCode}: ${trouble.FailureReason}`.slice(0, 256);
}

function pausedOf(held: Hold | undefined): DroverDescriptor['Paused'] {
  return held === undefined ? undefined : { Since: held.since, ...present('Reason', held.reason) };
}

function droverOf(job: Job, { workers, trouble }: Present, context: ApiContext): { Drover?: DroverDescriptor } {
  const { stored, state, totals } = job;
  const {
    RateLimit: _rate,
    MaxWorkers: _workers,
    FailureThreshold: _threshold,
    ...options
  } = stored.request.Drover ?? {};
  const drover = {
    ...options,
    ...limitsOf(state),
    ...present('Trouble', trouble),
    ...present('Paused', pausedOf(state.held)),
    ...present('Filtered', state.filtered),
    ...present('Workers', workers),
    ...present('Failures', totals.failures?.map(failuresShown)),
    ...present('Throttled', throttledShown(totals.throttled)),
    ...present('ObjectsEndpoint', context.objectsEndpoint),
  };
  return Object.keys(drover).length === 0 ? {} : { Drover: drover };
}

function failuresShown({ errorCode, tasks, message, objects }: FailureGroup) {
  return { ErrorCode: errorCode, Tasks: tasks, ResultMessage: message, Objects: objects };
}

function throttledShown(throttled: Throttled | undefined): DroverDescriptor['Throttled'] {
  return throttled && { Attempts: throttled.attempts, Bucket: throttled.bucket };
}

function present<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]?: Value });
}
