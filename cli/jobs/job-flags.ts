import { UsageError } from '../errors.ts';
import type { Pair, S3Place } from '../options/parsers.ts';

/** What `jobs create` was told by flags. Every one is optional here: with `--file` they change what the file says. */
export interface JobFlags {
  readonly manifest?: S3Place;
  readonly manifestVersion?: string;
  readonly etag?: string;
  readonly fields?: readonly string[];
  readonly operation?: string;
  readonly tags?: readonly Pair[];
  readonly functionArn?: string;
  /** A place; false for `--no-report`. */
  readonly report?: S3Place | false;
  readonly reportFailedOnly?: boolean;
  readonly roleArn?: string;
  readonly priority?: number;
  readonly description?: string;
  readonly confirm?: boolean;
  readonly token?: string;
  readonly jobTag?: readonly Pair[];
}

/** Members of CreateJob's request, as far as they are known. */
export type PartialRequest = Readonly<Record<string, unknown>>;

/** The operations that have flags, each by the AWS CLI's way of writing and by its name in the API. */
const OPERATIONS: Readonly<Record<string, (flags: JobFlags) => PartialRequest>> = {
  'put-object-tagging': taggingOperation,
  S3PutObjectTagging: taggingOperation,
  'lambda-invoke': lambdaOperation,
  LambdaInvoke: lambdaOperation,
};

/** The request's members that the flags give; members without a flag are absent. */
export function requestOfFlags(flags: JobFlags): PartialRequest {
  refuseFlagsWithoutTheirOwner(flags);
  return defined({
    ConfirmationRequired: flags.confirm,
    Operation: flags.operation === undefined ? undefined : operationOf(flags.operation, flags),
    Report: reportOf(flags),
    ClientRequestToken: flags.token,
    Manifest: flags.manifest === undefined ? undefined : manifestOf(flags.manifest, flags),
    Description: flags.description,
    Priority: flags.priority,
    RoleArn: flags.roleArn,
    Tags: flags.jobTag,
  });
}

function operationOf(name: string, flags: JobFlags): PartialRequest {
  const build = OPERATIONS[name];
  if (build !== undefined) return build(flags);
  throw new UsageError(
    `--operation ${name} is not known. There are put-object-tagging and lambda-invoke; others can be given with --file.`,
  );
}

function taggingOperation(flags: JobFlags): PartialRequest {
  if (flags.functionArn !== undefined) throw new UsageError('--function-arn goes with --operation lambda-invoke.');
  if (flags.tags === undefined) {
    throw new UsageError("--operation put-object-tagging needs --tags name=value,… (--tags '' takes all tags away).");
  }
  return { S3PutObjectTagging: { TagSet: flags.tags } };
}

function lambdaOperation(flags: JobFlags): PartialRequest {
  if (flags.tags !== undefined) {
    throw new UsageError('--tags goes with --operation put-object-tagging. Tags of the job itself: --job-tag.');
  }
  if (flags.functionArn === undefined) throw new UsageError('--operation lambda-invoke needs --function-arn.');
  return { LambdaInvoke: { FunctionArn: flags.functionArn } };
}

function manifestOf(place: S3Place, flags: JobFlags): PartialRequest {
  return {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: flags.fields ?? ['Bucket', 'Key'] },
    Location: defined({
      ObjectArn: `arn:aws:s3:::${place.bucket}/${place.key}`,
      ObjectVersionId: flags.manifestVersion,
      ETag: flags.etag,
    }),
  };
}

function reportOf(flags: JobFlags): PartialRequest | undefined {
  if (flags.report === undefined) return undefined;
  if (flags.report === false) return { Enabled: false };
  return defined({
    Bucket: `arn:aws:s3:::${flags.report.bucket}`,
    Format: 'Report_CSV_20180820',
    Enabled: true,
    Prefix: flags.report.key === '' ? undefined : flags.report.key,
    ReportScope: flags.reportFailedOnly === true ? 'FailedTasksOnly' : 'AllTasks',
  });
}

/** A flag that would be left unused is a mistake that the user wants to hear of. */
function refuseFlagsWithoutTheirOwner(flags: JobFlags): void {
  const orphans: readonly (readonly [given: unknown, flag: string, owner: unknown, ownerFlag: string])[] = [
    [flags.etag, '--etag', flags.manifest, '--manifest'],
    [flags.manifestVersion, '--manifest-version', flags.manifest, '--manifest'],
    [flags.fields, '--fields', flags.manifest, '--manifest'],
    [flags.tags, '--tags', flags.operation, '--operation'],
    [flags.functionArn, '--function-arn', flags.operation, '--operation'],
    [flags.reportFailedOnly, '--report-failed-only', flags.report || undefined, '--report'],
  ];
  for (const [given, flag, owner, ownerFlag] of orphans) {
    if (given !== undefined && owner === undefined)
      throw new UsageError(`${flag} goes with ${ownerFlag}, which is missing.`);
  }
}

function defined(members: Readonly<Record<string, unknown>>): PartialRequest {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
