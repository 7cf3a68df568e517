import { randomUUID } from 'node:crypto';
import { UsageError } from '../errors.ts';
import type { PartialRequest } from './partial-request.ts';

/** Where jobs stand that say nothing about it: the AWS console's default. */
const USUAL_PRIORITY = 10;

/** Looks up the ETag of an object, or says that it is not there. */
export type EtagLookup = (objectArn: string, versionId?: string) => Promise<string>;

/**
 * The request to send: what the file says, changed by what the flags say, and what both leave out filled in (priority,
 * token, ETag of the manifest; confirmation is asked for unless told otherwise, as S3 has it).
 */
export async function completeRequest(
  file: PartialRequest,
  flags: PartialRequest,
  findEtag: EtagLookup,
): Promise<PartialRequest> {
  const merged = mergedRequest(file, flags);
  requireMembers(merged);
  return {
    ConfirmationRequired: true,
    ClientRequestToken: randomUUID(),
    Priority: USUAL_PRIORITY,
    ...merged,
    ...(merged['Manifest'] === undefined ? {} : { Manifest: await withEtag(merged['Manifest'], findEtag) }),
  };
}

/** The request to send for a job like another: what file and flags say; all else the API takes from that job's. */
export async function cloneRequest(
  jobId: string,
  file: PartialRequest,
  flags: PartialRequest,
  findEtag: EtagLookup,
): Promise<PartialRequest> {
  const merged = mergedRequest(file, flags);
  const options = isObject(merged['Drover']) ? merged['Drover'] : {};
  return {
    ClientRequestToken: randomUUID(),
    ...merged,
    ...(merged['Manifest'] === undefined ? {} : { Manifest: await withEtag(merged['Manifest'], findEtag) }),
    Drover: { ...options, CloneOf: jobId },
  };
}

/** What the file says, changed by what the flags say. */
export function mergedRequest(file: PartialRequest, flags: PartialRequest): PartialRequest {
  // The AWS CLI's own JSON names the account; here it goes into a header.
  const { AccountId: _account, ...given } = file;
  return { ...given, ...flags, ...droverOf(given, flags) };
}

/** A flag such as --dry-run leaves the file's other options as they are. */
function droverOf({ Drover: given }: PartialRequest, { Drover: told }: PartialRequest): PartialRequest {
  return isObject(given) && isObject(told) ? { Drover: { ...given, ...told } } : {};
}

function requireMembers(request: PartialRequest): void {
  const given = (member: string): boolean => request[member] !== undefined;
  const needed: readonly (readonly [given: boolean, flag: string])[] = [
    [
      given('Manifest') || given('ManifestGenerator') || hasTasksOfJobs(request),
      '--manifest s3://bucket/key or --bucket',
    ],
    [given('Operation'), '--operation'],
    [given('Report'), '--report s3://bucket/prefix or --no-report'],
    [given('RoleArn'), '--role-arn'],
  ];
  const missing = needed.filter(([isGiven]) => !isGiven).map(([, flag]) => flag);
  if (missing.length > 0)
    throw new UsageError(`Still needed: ${missing.join('; ')}. Or the whole job: --file job.yaml`);
}

/** Whether its tasks are those of other jobs. */
function hasTasksOfJobs({ Drover: options }: PartialRequest): boolean {
  if (!isObject(options)) return false;
  const { TasksOf, After } = options;
  return TasksOf !== undefined || (isObject(After) && After['Manifest'] !== undefined);
}

/** The manifest with its ETag; a prefix has none. A manifest of a shape not understood here goes to the API as it is, which explains. */
async function withEtag(manifest: unknown, findEtag: EtagLookup): Promise<unknown> {
  if (!isObject(manifest) || !isObject(manifest['Location'])) return manifest;
  const location = manifest['Location'];
  const { ObjectArn: objectArn, ObjectVersionId: versionId } = location;
  if (location['ETag'] !== undefined || typeof objectArn !== 'string' || /\/\*?$/.test(objectArn)) return manifest;
  const etag = await findEtag(objectArn, typeof versionId === 'string' ? versionId : undefined);
  return { ...manifest, Location: { ...location, ETag: etag } };
}

function isObject(value: unknown): value is PartialRequest {
  return typeof value === 'object' && value !== null;
}
