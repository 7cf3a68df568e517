import { checkJobRequest } from '../job/check-request.ts';
import { parseBucketArn } from '../job/object-arn.ts';
import type { JobRequest } from '../job/request.ts';
import { globPattern } from '../manifest/filter/key-pattern.ts';
import { check } from '../validation/check.ts';
import { InvalidInput, type Problem } from '../validation/invalid-input.ts';
import { type TriggerDefinition, type TriggerKind, triggerDefinition } from './definition.ts';
import { isObject, requestOf, unpinnedManifest } from './job-template.ts';
import { FIRES_ITSELF, firesItself } from './own-report.ts';
import { isTimeZone, parseSchedule } from './schedule.ts';
import { hasVariable, SAMPLES, textsIn, unknownVariables, type Variables } from './variables.ts';

/** The members of a definition that belong to each kind, and those of them that it must have. */
const MEMBERS: Readonly<Record<TriggerKind, { readonly has: readonly string[]; readonly needs: readonly string[] }>> = {
  Inventory: { has: ['Bucket', 'Prefix'], needs: ['Bucket', 'Prefix'] },
  Object: { has: ['Bucket', 'Prefix', 'Suffix', 'Pattern'], needs: ['Bucket'] },
  Schedule: { has: ['Schedule', 'TimeZone'], needs: ['Schedule'] },
};
const OWN_MEMBERS = ['Bucket', 'Prefix', 'Suffix', 'Pattern', 'Schedule', 'TimeZone'] as const;

/** An ETag such as any manifest might have. */
const SAMPLE_ETAG = '60e460c9d1046e73f7dde5043ac3ae85';

/** A trigger that is right, and the request that it would make of a sample: for who checks roles. */
export interface CheckedTrigger {
  readonly definition: TriggerDefinition;
  readonly sample: JobRequest;
}

/**
 * The definition, when everything about it is right that can be known before the trigger fires: its job is checked as
 * CreateJob would, with sample values for what only a firing knows.
 *
 * @throws InvalidInput that names what is wrong.
 */
export function checkTrigger(name: string, raw: unknown): CheckedTrigger {
  const definition = check(triggerDefinition, raw);
  const problems = [...kindProblems(definition), ...sourceProblems(definition), ...variableProblems(definition)];
  if (problems.length > 0) throw new InvalidInput(problems);
  const sample = checkSample(name, definition);
  if (firesItself(definition, sample)) throw new InvalidInput([{ path: 'Job.Report', says: FIRES_ITSELF }]);
  return { definition, sample };
}

function kindProblems(definition: TriggerDefinition): Problem[] {
  const { Kind: kind } = definition;
  const { has, needs } = MEMBERS[kind];
  const strays = OWN_MEMBERS.filter((member) => definition[member] !== undefined && !has.includes(member));
  return [
    ...strays.map((path) => ({ path, says: `is not for triggers of the kind ${kind}, which have ${has.join(', ')}` })),
    ...OWN_MEMBERS.filter((member) => needs.includes(member) && definition[member] === undefined).map((path) => ({
      path,
      says: `is missing: a trigger of the kind ${kind} needs it`,
    })),
    ...bucketProblems(definition),
    ...patternProblems(definition),
    ...scheduleProblems(definition),
  ];
}

function bucketProblems({ Bucket: bucket }: TriggerDefinition): Problem[] {
  if (bucket === undefined || parseBucketArn(bucket) !== undefined) return [];
  return [{ path: 'Bucket', says: 'must be the ARN of a bucket and no more, like arn:aws:s3:::amzn-s3-demo-bucket' }];
}

function patternProblems({ Kind, Prefix, Suffix, Pattern }: TriggerDefinition): Problem[] {
  if (Kind !== 'Object') return [];
  if (Prefix === undefined && Suffix === undefined && Pattern === undefined) {
    return [{ path: '', says: 'must have Prefix, Suffix or Pattern: not every object of a bucket should make a job' }];
  }
  const parsed = Pattern === undefined ? undefined : globPattern(Pattern);
  return typeof parsed === 'object' ? [{ path: 'Pattern', says: parsed.problem }] : [];
}

function scheduleProblems({ Kind, Schedule: expression, TimeZone: zone = 'UTC' }: TriggerDefinition): Problem[] {
  if (Kind !== 'Schedule' || expression === undefined) return [];
  if (!isTimeZone(zone)) return [{ path: 'TimeZone', says: 'must be the name of a time zone, like Europe/Berlin' }];
  const schedule = parseSchedule(expression, zone, 0);
  return 'problem' in schedule ? [{ path: 'Schedule', says: schedule.problem }] : [];
}

/** What of the job the trigger itself fills in, or cannot use. */
function sourceProblems({ Kind, Job: job }: TriggerDefinition): Problem[] {
  const { Manifest: manifest, ManifestGenerator: generator, Drover: options } = job;
  const members = isObject(options) ? options : {};
  const problems: Problem[] = [];
  const refuse = (given: unknown, path: string, says: string): void => {
    if (given !== undefined) problems.push({ path: `Job.${path}`, says });
  };
  refuse(job['ClientRequestToken'], 'ClientRequestToken', 'must not be there: each firing has a token of its own');
  refuse(members['CloneOf'], 'Drover.CloneOf', 'is not supported in the job of a trigger: say here what the job is');
  if (Kind === 'Schedule') return problems;
  const filled = `must not be there: the manifest is ${Kind === 'Inventory' ? 'the report' : 'the object'} that arrived`;
  refuse(isObject(manifest) ? manifest['Location'] : undefined, 'Manifest.Location', filled);
  refuse(generator, 'ManifestGenerator', filled);
  refuse(members['TasksOf'], 'Drover.TasksOf', filled);
  refuse(isObject(members['After']) ? members['After']['Manifest'] : undefined, 'Drover.After.Manifest', filled);
  return problems;
}

function variableProblems({ Kind, Job: job }: TriggerDefinition): Problem[] {
  const known = SAMPLES[Kind];
  return [...textsIn(job)].flatMap(({ path, text }): Problem[] => {
    const [unknown] = unknownVariables(text, known);
    if (unknown !== undefined) {
      const names = Object.keys(known).map((name) => `\${trigger.${name}}`);
      const says = `has \${trigger.${unknown.slice(0, 60)}}, which there is not; a trigger of the kind ${Kind} has ${names.join(', ')}`;
      return [{ path: `Job.${path}`, says }];
    }
    // Whoever can name an object must not thereby choose what the job may do.
    if (/(^|\.)(RoleArn|FunctionArn|NotificationTopicArn)$/.test(path) && hasVariable(text)) {
      return [
        { path: `Job.${path}`, says: 'must have no variables: what a job acts with is not for a firing to choose' },
      ];
    }
    return [];
  });
}

function checkSample(name: string, definition: TriggerDefinition): JobRequest {
  const { Kind, Bucket: bucket = '' } = definition;
  const variables: Variables = { ...SAMPLES[Kind], name };
  const firing = { token: 'sample', variables };
  const location = { ObjectArn: `${bucket}/${variables['key'] ?? ''}`, ETag: SAMPLE_ETAG };
  try {
    if (Kind === 'Inventory') {
      return checkJobRequest(requestOf({ name, definition }, { ...firing, manifest: { location, format: 'CSV' } }));
    }
    if (Kind === 'Object')
      return checkJobRequest(requestOf({ name, definition }, { ...firing, manifest: { location } }));
    const unpinned = unpinnedManifest(definition);
    const request = requestOf({ name, definition }, firing);
    if (unpinned === undefined) return checkJobRequest(request);
    const manifest = isObject(request['Manifest']) ? request['Manifest'] : {};
    return checkJobRequest({ ...request, Manifest: { ...manifest, Location: { ...unpinned, ETag: SAMPLE_ETAG } } });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new InvalidInput(
      error.problems.map(({ path, says }) => ({ path: path === '' ? 'Job' : `Job.${path}`, says })),
    );
  }
}
