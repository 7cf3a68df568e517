import { parseBucketArn } from '../job/object-arn.ts';
import type { JobRequest } from '../job/request.ts';
import { reportFileKey, reportFolder } from '../report/report-manifest.ts';
import type { TriggerDefinition } from './definition.ts';
import { isWanted } from './match.ts';

/** Any job's id: the names of reports' files are made of it. */
const SOME_JOB = '00000000-0000-4000-8000-000000000000';

/** Whether the report of a trigger's own job would be an object that the trigger waits for: it would fire for ever. */
export function firesItself(definition: TriggerDefinition, { Report: report }: JobRequest): boolean {
  const bucket = parseBucketArn(report.Bucket ?? '');
  if (definition.Kind !== 'Object' || !report.Enabled || bucket === undefined) return false;
  const folder = reportFolder(SOME_JOB, report.Prefix);
  const keys = [`${folder}/manifest.json`, `${folder}/manifest.json.md5`];
  for (const status of ['succeeded', 'failed'] as const) keys.push(reportFileKey(folder, SOME_JOB, 0, status));
  return keys.some((key) => isWanted(definition, bucket, key));
}

/** Follows the name of the member, or stands after a colon. */
export const FIRES_ITSELF = 'must be elsewhere: the trigger waits for objects like those of its own job’s report';
