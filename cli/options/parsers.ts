import { InvalidArgumentError } from 'commander';
import type { FailureThresholdRequest } from '../../core/job/request.ts';
import { JOB_STATUSES, type JobStatus } from '../../core/job/status.ts';
import { checkJobId } from './job-id.ts';

/**
 * Texts of the command line as values. Each throws commander's InvalidArgumentError, which it prints after the name of
 * the option, as a usage error.
 */

/** A place in S3: `s3://bucket/key`. */
export interface S3Place {
  readonly bucket: string;
  /** Empty for a bucket alone. */
  readonly key: string;
}

/** A name and a value, as tags have them. */
export interface Pair {
  readonly Key: string;
  readonly Value: string;
}

/** `s3://bucket/key`; the key is plain text and not URL-encoded. */
export function parseS3Object(text: string): S3Place {
  const place = parseS3Prefix(text);
  if (place.key === '') throw new InvalidArgumentError('It should name an object: s3://bucket/key');
  return place;
}

/** `s3://bucket` or `s3://bucket/prefix`. */
export function parseS3Prefix(text: string): S3Place {
  const match = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(text);
  if (match?.[1] === undefined) throw new InvalidArgumentError('It should look like s3://bucket/name');
  return { bucket: match[1], key: match[2] ?? '' };
}

/** `name=value`; the value may be empty and may hold further `=`. */
export function parsePair(text: string): Pair {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(`'${text}' should look like name=value`);
  return { Key: text.slice(0, at), Value: text.slice(at + 1) };
}

/** `name=value,name=value`. A comma is no character of S3's tags. The empty text is no pair at all. */
export function parsePairs(text: string): readonly Pair[] {
  return text === '' ? [] : text.split(',').map(parsePair);
}

/** `name,name`. The empty text is no name at all. */
export function parseNames(text: string): readonly string[] {
  return text === '' ? [] : text.split(',');
}

/** A structure as JSON. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError(`It should be JSON, like '{"StorageClass": "GLACIER"}'.`);
}

/** For an option that may be given several times. */
export function collect<T>(parse: (text: string) => T): (text: string, earlier?: readonly T[]) => readonly T[] {
  return (text, earlier = []) => [...earlier, parse(text)];
}

/** `Bucket,Key,VersionId`. Which columns make sense is for the API to say. */
export function parseFields(text: string): readonly string[] {
  return text.split(',').map((field) => field.trim());
}

/** A whole number between two bounds. */
export function parseWhole(smallest: number, largest: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= smallest && value <= largest) return value;
    throw new InvalidArgumentError(`It should be a whole number from ${smallest} to ${largest}.`);
  };
}

/** The API's largest limits of a job: tasks a second, and workers. */
export const HIGHEST_RATE = 1_000_000;
export const MOST_WORKERS = 10_000;

/** A failure threshold: `5` percent, or `5/200`, of 200 tasks at least. */
export function parseThreshold(text: string): FailureThresholdRequest {
  const [, percent, tasks] = /^(\d{1,3})(?:\/(\d{1,9}))?$/.exec(text) ?? [];
  if (percent === undefined || Number(percent) > 100 || Number(tasks ?? 1) < 1) {
    throw new InvalidArgumentError('It should be a percentage, like 5, or with the least number of tasks, like 5/200.');
  }
  return { Percent: Number(percent), ...(tasks === undefined ? {} : { MinimumTasks: Number(tasks) }) };
}

/** Ids of jobs, separated by commas. */
export function parseJobIds(text: string): readonly string[] {
  return text.split(',').map((id) => checkJobId(id.trim()));
}

/** Seconds, fractions allowed. */
export function parseSeconds(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (value > 0) return value;
  throw new InvalidArgumentError('It should be a number of seconds, such as 2 or 0.5.');
}

/** A status in any case: `active` is Active. */
export function parseStatus(text: string): JobStatus {
  const status = JOB_STATUSES.find((each) => each.toLowerCase() === text.toLowerCase());
  if (status !== undefined) return status;
  throw new InvalidArgumentError(`It should be one of ${JOB_STATUSES.join(', ')}.`);
}

/** Twelve digits. */
export function parseAccount(text: string): string {
  if (/^\d{12}$/.test(text)) return text;
  throw new InvalidArgumentError('An account id has twelve digits.');
}
