import { S3Client } from '@aws-sdk/client-s3';
import type { EngineDependencies } from '../../core/engine/dependencies.ts';
import type { PrepareDependencies } from '../../core/engine/prepare-turn.ts';
import { requireSurvey } from '../../core/engine/survey.ts';
import type { WorkerJob } from '../../core/engine/worker-job.ts';
import { parseBucketArn } from '../../core/job/object-arn.ts';
import type { StoredRequest } from '../../core/job/records.ts';
import { createLambdaDataClient } from '../../core/lambda/create-lambda-data-client.ts';
import { type OutputLocation, outputLocationOf } from '../../core/manifest/generator/manifest-output.ts';
import { LineColumns, type LineForm } from '../../core/manifest/line-form.ts';
import { operationOf } from '../../core/operations/registry.ts';
import { taskFillOf } from '../../core/operations/task-parameters/fill.ts';
import { createS3DataClient } from '../../core/s3/create-s3-data-client.ts';
import { roleCredentials } from '../../core/s3/role-credentials.ts';
import type { CredentialSource } from '../../core/signed-http/credentials.ts';
import type { JobStore } from '../../core/stores/job-store.ts';
import type { OpenManifest } from '../../core/stores/manifest-source.ts';
import type { OpenReport } from '../../core/stores/report-destination.ts';
import { createS3ManifestFiles } from '../../core/stores/s3-manifest-source.ts';
import { createS3ReportDestination, type Encryption } from '../../core/stores/s3-report-destination.ts';
import { sts } from './aws-clients.ts';
import { dataAddressingStyle, dataCredentials, dataEndpoint, dataRegion, dataS3Settings } from './data-s3.ts';
import { optionalVariable, requireVariable } from './environment.ts';
import { sdkCredentials } from './sdk-credentials.ts';

/** Jobs whose clients a warm function keeps: few, for it works on one job at a time. */
const KEPT_JOBS = 8;

/** What acts with a job's role, made once and kept while the function is warm: sessions and sockets are worth keeping. */
interface JobAccess {
  readonly stored: StoredRequest;
  readonly credentials: CredentialSource;
  readonly s3: S3Client;
  readonly worker: (signal: AbortSignal) => Omit<WorkerJob, 'columns' | 'fill'>;
  /** How the job's lines are read; found when its first shard is. */
  lines?: Pick<WorkerJob, 'columns' | 'fill'>;
}

const kept = new Map<string, JobAccess>();

/** The manifest of a job, read with the job's role. */
export function manifestOpener(jobs: JobStore): OpenManifest {
  return async (jobId) => {
    const { stored, s3 } = await accessOf(jobs, jobId);
    const location = stored.request.Manifest?.Location;
    if (location === undefined) throw new Error(`job ${jobId} has no manifest`);
    return createS3ManifestFiles(s3, location);
  };
}

/** Requests of a listing at once, to begin with: its lanes, and as many looks for where to cut. */
const LISTING_LIMIT = { initial: 128, maximum: 512 };

/** S3 with a job's role, for the listing that is its manifest. */
export function bucketOpener(jobs: JobStore): PrepareDependencies['openBucket'] {
  return async (jobId) => {
    const { credentials } = await accessOf(jobs, jobId);
    return createS3DataClient({ credentials, ...dataS3(), limits: LISTING_LIMIT });
  };
}

/** What a job's operation has against its manifest's buckets, asked with the job's role. */
export function bucketChecker(jobs: JobStore): PrepareDependencies['checkBuckets'] {
  return async ({ jobId }, buckets) => {
    const { operation, parameters, context } = (await accessOf(jobs, jobId)).worker(new AbortController().signal);
    return await operation.checkBuckets?.(buckets, parameters, context);
  };
}

/** The report bucket of a job, written with the job's role. */
export function reportOpener(jobs: JobStore): OpenReport {
  return async (jobId) => {
    const { stored, s3 } = await accessOf(jobs, jobId);
    const { Bucket = '', ExpectedBucketOwner } = stored.request.Report;
    const bucket = parseBucketArn(Bucket);
    if (bucket === undefined) throw new Error(`job ${jobId} has no report bucket`);
    return createS3ReportDestination({
      client: s3,
      bucket,
      ...(ExpectedBucketOwner === undefined ? {} : { expectedBucketOwner: ExpectedBucketOwner }),
    });
  };
}

/** The bucket that a job's generated manifest is written to, with the job's role. */
export function outputOpener(jobs: JobStore): OpenReport {
  return async (jobId) => {
    const { stored, s3 } = await accessOf(jobs, jobId);
    const location = outputLocationOf(stored.request);
    const bucket = parseBucketArn(location?.Bucket ?? '');
    if (location === undefined || bucket === undefined) throw new Error(`job ${jobId} writes no manifest`);
    const { ExpectedManifestBucketOwner: owner, ManifestEncryption: encryption } = location;
    return createS3ReportDestination({
      client: s3,
      bucket,
      encryption: encryptionHeaders(encryption),
      ...(owner === undefined ? {} : { expectedBucketOwner: owner }),
    });
  };
}

/** Without any the bucket's own default holds. */
function encryptionHeaders({ SSES3, SSEKMS }: NonNullable<OutputLocation['ManifestEncryption']> = {}): Encryption {
  if (SSEKMS !== undefined) return { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: SSEKMS.KeyId };
  return SSES3 === undefined ? {} : { ServerSideEncryption: 'AES256' };
}

/** A job's operation with its clients; `signal` ends its tasks with the invocation. */
export function jobOpener(
  { jobs, work }: Pick<EngineDependencies, 'jobs' | 'work'>,
  signal: AbortSignal,
): (jobId: string) => Promise<WorkerJob> {
  return async (jobId) => {
    const access = await accessOf(jobs, jobId);
    // A role that cannot be assumed is found out here, before a shard is begun.
    await access.credentials();
    const worker = access.worker(signal);
    access.lines ??= linesOf(worker, (await requireSurvey(work, jobId)).form);
    return { ...worker, ...access.lines };
  };
}

function linesOf({ stored, operation, parameters }: ReturnType<JobAccess['worker']>, form: LineForm) {
  return { columns: new LineColumns(form), fill: taskFillOf(stored.request, operation, parameters, form) };
}

async function accessOf(jobs: JobStore, jobId: string): Promise<JobAccess> {
  const found = kept.get(jobId);
  if (found !== undefined) return found;
  const stored = await jobs.getRequest(jobId);
  if (stored === undefined) throw new Error(`there is no job ${jobId}`);
  const access = openAccess(stored);
  const oldest = kept.keys().next();
  if (kept.size >= KEPT_JOBS && oldest.done !== true) kept.delete(oldest.value);
  kept.set(jobId, access);
  return access;
}

function openAccess(stored: StoredRequest): JobAccess {
  const { jobId, request } = stored;
  const externalId = requireVariable('EXTERNAL_ID');
  const credentials = dataCredentials() ?? roleCredentials({ sts: sts(), roleArn: request.RoleArn, jobId, externalId });
  // Manifests and reports may be in any Region, as the objects may.
  const s3 = new S3Client({
    ...dataS3Settings(),
    credentials: sdkCredentials(credentials),
    followRegionRedirects: true,
  });
  const data = createS3DataClient({ credentials, ...dataS3() });
  // Functions are always those of this account, whatever S3 the objects are in.
  const lambda = createLambdaDataClient({
    credentials: roleCredentials({ sts: sts(), roleArn: request.RoleArn, jobId, externalId }),
    region: requireVariable('AWS_REGION'),
    endpoint: optionalVariable('AWS_ENDPOINT_URL'),
  });
  const { operation, parameters } = operationOf(request);
  const worker: JobAccess['worker'] = (signal) => {
    return { stored, operation, parameters, context: { jobId, s3: data, lambda, signal }, throttles: data.throttles };
  };
  return { stored, credentials, s3, worker };
}

/** Where objects are, in the words of the thin client. */
function dataS3() {
  return { region: dataRegion(), endpoint: dataEndpoint(), addressingStyle: dataAddressingStyle() };
}
