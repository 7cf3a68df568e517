import type { AfterManifest, Condition } from '../../core/job/after.ts';
import type { FailureThresholdRequest } from '../../core/job/request.ts';
import { UsageError } from '../errors.ts';
import type { Pair, S3Place } from '../options/parsers.ts';
import { type OperationFlags, operationOfFlags } from './operation-flags.ts';
import { shorthandsGiven } from './operation-shorthands.ts';
import type { PartialRequest } from './partial-request.ts';

/** What `--manifest-format` takes. */
export const MANIFEST_FORMATS = ['csv', 'inventory-csv', 'inventory-parquet'] as const;
type ManifestFormat = (typeof MANIFEST_FORMATS)[number];

/** What `jobs create` was told by flags. Every one is optional here: with `--file` they change what the file says. */
export interface JobFlags extends OperationFlags {
  readonly manifest?: S3Place;
  /** Left out: an inventory where the key is that of one's manifest.json, else a CSV. */
  readonly manifestFormat?: ManifestFormat;
  readonly manifestVersion?: string;
  /** A bucket to list instead of a manifest, and the keys of it that are wanted. */
  readonly bucket?: string;
  readonly prefix?: string;
  readonly suffix?: string;
  /** Where the listing is written to as a manifest of its own. */
  readonly manifestOutput?: S3Place;
  /** Members of the filter by name or by path, with their values as text. */
  readonly filter?: readonly Pair[];
  readonly etag?: string;
  /** What the columns of a CSV hold; any name but S3's is that of a column for filters and task parameters. */
  readonly fields?: readonly string[];
  /** A place; false for `--no-report`. */
  readonly report?: S3Place | false;
  readonly reportFailedOnly?: boolean;
  readonly roleArn?: string;
  readonly priority?: number;
  readonly description?: string;
  readonly confirm?: boolean;
  readonly token?: string;
  readonly jobTag?: readonly Pair[];
  readonly dryRun?: boolean;
  readonly skipUnchanged?: boolean;
  readonly taskParameters?: boolean;
  /** Tasks a second. */
  readonly rate?: number;
  readonly maxWorkers?: number;
  readonly failureThreshold?: FailureThresholdRequest;
  /** The jobs to wait for. */
  readonly after?: readonly string[];
  readonly afterOn?: Condition;
  readonly afterTasks?: AfterManifest;
}

/** The request's members that the flags give; members without a flag are absent. */
export async function requestOfFlags(flags: JobFlags): Promise<PartialRequest> {
  refuseFlagsWithoutTheirOwner(flags);
  const filter = await filterOf(flags);
  return defined({
    ConfirmationRequired: flags.confirm,
    Operation: flags.operation === undefined ? undefined : await operationOfFlags(flags.operation, flags),
    Report: reportOf(flags),
    ClientRequestToken: flags.token,
    Manifest: flags.manifest === undefined ? undefined : manifestOf(flags.manifest, flags, filter),
    Description: flags.description,
    Priority: flags.priority,
    RoleArn: flags.roleArn,
    ManifestGenerator: flags.bucket === undefined ? undefined : generatorOf(flags.bucket, flags, filter),
    Tags: flags.jobTag,
    Drover: optionsOf(flags),
  });
}

/** What Drover can do with any operation. */
function optionsOf(flags: JobFlags): PartialRequest | undefined {
  const { dryRun, skipUnchanged, taskParameters, rate, maxWorkers, failureThreshold, after, afterOn, afterTasks } =
    flags;
  const options = defined({
    DryRun: dryRun,
    SkipUnchanged: skipUnchanged,
    TaskParameters: taskParameters,
    RateLimit: rate === undefined ? undefined : { TasksPerSecond: rate },
    MaxWorkers: maxWorkers,
    FailureThreshold: failureThreshold,
    After: after === undefined ? undefined : defined({ JobIds: after, On: afterOn, Manifest: afterTasks }),
  });
  return Object.keys(options).length === 0 ? undefined : options;
}

/** What S3 knows of a column. */
const S3_FIELDS: readonly string[] = ['Bucket', 'Key', 'VersionId', 'Ignore'];

/** `Drover` of a manifest, or of the listing instead. */
async function filterOf({ filter }: JobFlags): Promise<PartialRequest | undefined> {
  if (filter === undefined) return undefined;
  // The schemas are loaded only where they are needed.
  const { setFilter } = await import('./set-members.ts');
  return { Filter: setFilter(filter) };
}

function manifestOf(place: S3Place, flags: JobFlags, filter: PartialRequest | undefined): PartialRequest {
  const { manifestFormat = place.key.endsWith('/manifest.json') ? 'inventory-csv' : 'csv' } = flags;
  if (manifestFormat !== 'csv') return inventoryOf(place, manifestFormat, flags, filter);
  const names = flags.fields ?? ['Bucket', 'Key'];
  const Fields = names.map((name) => (S3_FIELDS.includes(name) ? name : 'Ignore'));
  const ColumnNames = names.every((name) => S3_FIELDS.includes(name)) ? undefined : names;
  const options = defined({ ...filter, ColumnNames });
  return defined({
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields },
    Location: locationOf(place, flags),
    Drover: Object.keys(options).length === 0 ? undefined : options,
  });
}

/** An inventory's columns are named by its manifest.json. */
function inventoryOf(
  place: S3Place,
  format: Exclude<ManifestFormat, 'csv'>,
  flags: JobFlags,
  filter: PartialRequest | undefined,
): PartialRequest {
  if (flags.fields !== undefined) {
    throw new UsageError("--fields is for a CSV: an inventory's manifest.json names its columns itself.");
  }
  const isParquet = format === 'inventory-parquet';
  const options = isParquet ? { Format: 'S3InventoryReport_Parquet', ...filter } : filter;
  return defined({
    Spec: isParquet ? undefined : { Format: 'S3InventoryReport_CSV_20161130' },
    Location: locationOf(place, flags),
    Drover: options,
  });
}

function locationOf({ bucket, key }: S3Place, { manifestVersion, etag }: JobFlags): PartialRequest {
  return defined({ ObjectArn: `arn:aws:s3:::${bucket}/${key}`, ObjectVersionId: manifestVersion, ETag: etag });
}

/** A listing of the bucket, kept with the job, and for the user where that is asked. */
function generatorOf(
  bucket: string,
  { prefix, suffix, manifestOutput }: JobFlags,
  filter: PartialRequest | undefined,
): PartialRequest {
  const names = defined({
    MatchAnyPrefix: prefix === undefined ? undefined : [prefix],
    MatchAnySuffix: suffix === undefined ? undefined : [suffix],
  });
  return {
    S3JobManifestGenerator: defined({
      SourceBucket: `arn:aws:s3:::${bucket}`,
      EnableManifestOutput: manifestOutput !== undefined,
      ManifestOutputLocation: manifestOutput === undefined ? undefined : outputOf(manifestOutput),
      Filter: Object.keys(names).length === 0 ? undefined : { KeyNameConstraint: names },
      Drover: filter,
    }),
  };
}

/** A slash stands between the prefix and what comes after it: one that the user wrote there would be a second. */
function outputOf({ bucket, key }: S3Place): PartialRequest {
  const prefix = key.replace(/\/$/, '');
  return defined({
    Bucket: `arn:aws:s3:::${bucket}`,
    ManifestPrefix: prefix === '' ? undefined : prefix,
    ManifestFormat: 'S3InventoryReport_CSV_20211130',
  });
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
  if (flags.manifest !== undefined && flags.bucket !== undefined) {
    throw new UsageError('--bucket stands instead of --manifest: give one of them.');
  }
  const orphans: readonly (readonly [given: unknown, flag: string, owner: unknown, ownerFlag: string])[] = [
    [flags.manifestFormat, '--manifest-format', flags.manifest, '--manifest'],
    [flags.etag, '--etag', flags.manifest, '--manifest'],
    [flags.manifestVersion, '--manifest-version', flags.manifest, '--manifest'],
    [flags.fields, '--fields', flags.manifest, '--manifest'],
    [flags.prefix, '--prefix', flags.bucket, '--bucket'],
    [flags.suffix, '--suffix', flags.bucket, '--bucket'],
    [flags.manifestOutput, '--manifest-output', flags.bucket, '--bucket'],
    [flags.filter, '--filter', flags.manifest ?? flags.bucket, '--manifest or --bucket'],
    [flags.parameters, '--parameters', flags.operation, '--operation'],
    [flags.set, '--set', flags.operation, '--operation'],
    ...shorthandsGiven(flags).map((flag) => [true, flag, flags.operation, '--operation'] as const),
    [flags.afterOn, '--after-on', flags.after, '--after'],
    [flags.afterTasks, '--after-tasks', flags.after, '--after'],
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
