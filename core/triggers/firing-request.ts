import { checkJobRequest } from '../job/check-request.ts';
import { parseObjectArn } from '../job/object-arn.ts';
import type { JobRequest } from '../job/request.ts';
import type { ObjectHead, TriggerObjects } from '../stores/trigger-objects.ts';
import { findNewestReport } from './find-reports.ts';
import { tokenOf } from './firing-id.ts';
import { type FoundManifest, isObject, requestOf, unpinnedManifest } from './job-template.ts';
import { reportAt } from './match.ts';
import { FIRES_ITSELF, firesItself } from './own-report.ts';
import type { Firing, Subject, Trigger } from './records.ts';
import { fillIn, type Variables } from './variables.ts';

/** A firing that makes no job, for good: the message says why. */
export class FiringRefused extends Error {
  override readonly name = 'FiringRefused';
  constructor(
    reason: string,
    /** Nothing is wrong: there is merely nothing to do. */
    readonly isSkip = false,
  ) {
    super(reason);
  }
}

/** Where this Drover is, for ARNs. */
export interface Place {
  readonly partition: string;
}

type ObjectSubject = Extract<Subject, { is: 'object' }>;

/**
 * The job of a firing, checked as CreateJob would: what arrived is looked at with the role of the job.
 *
 * @throws FiringRefused; InvalidInput where the template, filled in, is no request.
 */
export async function firingRequest(
  trigger: Trigger,
  firing: Firing,
  objects: TriggerObjects,
  place: Place,
): Promise<JobRequest> {
  const token = tokenOf(trigger, firing);
  const common = commonVariables(trigger, firing);
  const { Kind: kind } = trigger.definition;
  if (kind === 'Schedule')
    return checkJobRequest(await scheduledRequest(trigger, { token, variables: common }, objects));
  const subject = await subjectOf(trigger, firing, objects);
  const head = await lookAt(subject, objects);
  const named = { ...common, bucket: subject.bucket, key: subject.key };
  const location = locationOf(subject.bucket, head, place);
  if (kind === 'Object') {
    const variables = { ...named, fileName: subject.key.slice(subject.key.lastIndexOf('/') + 1) };
    const request = checkJobRequest(requestOf(trigger, { token, variables, manifest: { location } }));
    if (firesItself(trigger.definition, request)) throw new FiringRefused(`Report ${FIRES_ITSELF}.`);
    return request;
  }
  const { format, sourceBucket } = await readReport(subject.bucket, head, objects);
  const report = reportAt(subject.key.slice(0, subject.key.lastIndexOf('/') + 1));
  const variables = {
    ...named,
    sourceBucket,
    reportDate: report?.reportTime.slice(0, 10) ?? common['date'] ?? '',
    reportTime: report?.reportTime ?? '',
    configuration: report?.configuration ?? '',
  };
  return checkJobRequest(requestOf(trigger, { token, variables, manifest: { location, format } }));
}

/** What every kind has: the time is that of the schedule, or of the firing; in UTC. */
function commonVariables({ name }: Trigger, { subject, at }: Firing): Variables {
  const time = subject.is === 'time' ? subject.at : at;
  return { name, date: time.slice(0, 10), time: time.slice(11, 16).replace(':', '-') };
}

async function subjectOf(trigger: Trigger, { subject }: Firing, objects: TriggerObjects): Promise<ObjectSubject> {
  if (subject.is === 'object') return subject;
  const newest = await findNewestReport(trigger.definition, objects);
  if (newest === undefined) {
    throw new FiringRefused(`There is no report under ${trigger.definition.Bucket}/${trigger.definition.Prefix} yet.`);
  }
  return newest;
}

/** @throws FiringRefused where it is gone, or is another by now. */
async function lookAt({ bucket, key, etag, versionId }: ObjectSubject, objects: TriggerObjects): Promise<ObjectHead> {
  const named = `s3://${bucket}/${key}`;
  const head = await objects.head(bucket, key, versionId);
  if (head === undefined) throw new FiringRefused(`${named} is not there: it was deleted, or never written.`);
  if (etag !== undefined && head.etag !== etag) {
    throw new FiringRefused(`${named} was written anew since: what it is now fires for itself.`, true);
  }
  return head;
}

function locationOf(bucket: string, { key, etag, versionId }: ObjectHead, place: Place): FoundManifest['location'] {
  const location = { ObjectArn: `arn:${place.partition}:s3:::${bucket}/${key}`, ETag: etag };
  return versionId === undefined ? location : { ...location, ObjectVersionId: versionId };
}

async function readReport(
  bucket: string,
  { key, etag }: ObjectHead,
  objects: TriggerObjects,
): Promise<{ readonly format: 'CSV' | 'Parquet'; readonly sourceBucket: string }> {
  const named = `s3://${bucket}/${key}`;
  const text = await objects.read(bucket, key, etag);
  if (text === undefined) throw new FiringRefused(`${named} was written anew while it was read.`, true);
  const report = parseJson(text);
  if (!isObject(report) || !Array.isArray(report['files'])) {
    throw new FiringRefused(`${named} is not the manifest.json of an inventory: it has no list of files.`);
  }
  const { fileFormat: format, sourceBucket } = report;
  if (format !== 'CSV' && format !== 'Parquet') {
    throw new FiringRefused(
      `The inventory ${named} is in ${JSON.stringify(format)}: Drover reads inventories in CSV and in Parquet.`,
    );
  }
  return { format, sourceBucket: typeof sourceBucket === 'string' ? sourceBucket : '' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A job whose template names the object that is its manifest, and not the ETag, has the one that is there now. */
async function scheduledRequest(
  trigger: Trigger,
  firing: { readonly token: string; readonly variables: Variables },
  objects: TriggerObjects,
): Promise<unknown> {
  const request = requestOf(trigger, firing);
  const unpinned = unpinnedManifest(trigger.definition);
  if (unpinned === undefined) return request;
  const arn = String((fillIn(unpinned, firing.variables) as { ObjectArn: unknown }).ObjectArn);
  const parsed = parseObjectArn(arn);
  const head = parsed && (await objects.head(parsed.bucket, parsed.key));
  if (head === undefined) throw new FiringRefused(`There is no manifest at ${arn}.`);
  const manifest = isObject(request['Manifest']) ? request['Manifest'] : {};
  const location = isObject(manifest['Location']) ? manifest['Location'] : {};
  return { ...request, Manifest: { ...manifest, Location: { ...location, ETag: head.etag } } };
}
