import { parseBucketArn } from '../job/object-arn.ts';
import { globPattern } from '../manifest/filter/key-pattern.ts';
import type { TriggerDefinition } from './definition.ts';

/** The folder of a report (S3 User Guide, storage-inventory-location): its name is the time that the report is of. */
const REPORT_FOLDER = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)Z$/;

/** A report of an inventory, by its manifest.json. */
export interface Report {
  /** Of its manifest.json. */
  readonly key: string;
  /** `2026-01-31T01-00Z`. */
  readonly reportTime: string;
  /** Of the inventory configuration: the folder above the report's. */
  readonly configuration: string;
}

/** The report that an object belongs to whose arrival tells that the report is there: manifest.checksum is written last. */
export function reportOfEvent(
  { Bucket, Prefix = '' }: TriggerDefinition,
  bucket: string,
  key: string,
): Report | undefined {
  if (parseBucketArn(Bucket ?? '') !== bucket || !key.startsWith(folderOf(Prefix))) return undefined;
  return key.endsWith('/manifest.checksum') ? reportAt(key.slice(0, -'manifest.checksum'.length)) : undefined;
}

/** The report in a folder (`…/2026-01-31T01-00Z/`), if it is the folder of one. */
export function reportAt(folder: string): Report | undefined {
  const names = folder.split('/');
  const reportTime = names.at(-2) ?? '';
  if (!REPORT_FOLDER.test(reportTime)) return undefined;
  return { key: `${folder}manifest.json`, reportTime, configuration: names.at(-3) ?? '' };
}

/** The time in the name of a report's folder, in milliseconds since 1970. */
export function reportTimestamp({ reportTime }: Report): number {
  return Date.parse(reportTime.replace(REPORT_FOLDER, '$1T$2:$3Z'));
}

/** A prefix as the name of a folder: with a slash at its end. */
export function folderOf(prefix: string): string {
  return prefix.endsWith('/') ? prefix : `${prefix}/`;
}

/** Whether an object is one that the trigger waits for. A key that ends in a slash is a folder's mark, and no file. */
export function isWanted(definition: TriggerDefinition, bucket: string, key: string): boolean {
  const { Bucket, Prefix = '', Suffix = '', Pattern } = definition;
  if (parseBucketArn(Bucket ?? '') !== bucket || key.endsWith('/')) return false;
  if (key.length < Prefix.length + Suffix.length && Pattern === undefined) return false;
  if (!key.startsWith(Prefix) || !key.endsWith(Suffix)) return false;
  const pattern = Pattern === undefined ? undefined : globPattern(Pattern);
  return typeof pattern === 'function' ? pattern(key) : pattern === undefined;
}

/**
 * The pattern of the EventBridge rule that brings the events of an object trigger. What it lets through is looked at
 * again with `isWanted`.
 */
export function rulePattern(bucket: string, { Prefix, Suffix }: Pick<TriggerDefinition, 'Prefix' | 'Suffix'>) {
  const key = keyPattern(Prefix, Suffix);
  return {
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    detail: { bucket: { name: [bucket] }, ...(key === undefined ? {} : { object: { key: [key] } }) },
  };
}

/** A prefix, where there is one: `wildcard` could say both, but a bus has at most 30 rules with it (EventBridge quota). */
function keyPattern(prefix: string | undefined, suffix: string | undefined): object | undefined {
  if (prefix !== undefined) return { prefix };
  return suffix === undefined ? undefined : { suffix };
}
