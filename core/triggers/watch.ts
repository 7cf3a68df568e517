import { parseBucketArn } from '../job/object-arn.ts';
import type { ObjectHead } from '../stores/trigger-objects.ts';
import type { TriggerDependencies } from './dependencies.ts';
import { type FoundReport, findReports } from './find-reports.ts';
import { fire, fireFailed } from './fire.ts';
import { newFiring } from './firing-id.ts';
import { isWanted } from './match.ts';
import type { Subject, Trigger } from './records.ts';
import { windowStart } from './retention.ts';
import { parseSchedule } from './schedule.ts';

/** Firings of a trigger that a listing need not look at again. */
const KNOWN_FIRINGS = 200;

/** Triggers whose old reports are remembered. */
const MOST_REMEMBERED = 200;

/** Pages of a thousand keys that an object trigger's prefix may have for what it missed to be found. */
const MOST_PAGES = 10;

/** An object this much older than the last listing may have come into view since: clocks differ, uploads take time. */
const OVERLAP_MILLISECONDS = 15 * 60_000;

/** Once an hour it is this much: S3 dates a multipart upload by its beginning. */
const DEEP_OVERLAP_MILLISECONDS = 2 * 86_400_000;

/** Objects that one listing lets fire; the next goes on. */
const MOST_FIRINGS = 100;

/**
 * Fires what the trigger missed: S3's events are best effort, and for schedules this is the clock. What has fired is met
 * again and fires no more.
 *
 * @throws Error where the trigger cannot look at what it watches.
 */
export async function watch(deps: TriggerDependencies, trigger: Trigger): Promise<void> {
  if (!trigger.enabled) return;
  switch (trigger.definition.Kind) {
    case 'Inventory':
      return await watchReports(deps, trigger);
    case 'Object':
      return await watchObjects(deps, trigger);
    case 'Schedule':
      return await watchClock(deps, trigger);
    default:
      return trigger.definition.Kind satisfies never;
  }
}

async function watchReports(deps: TriggerDependencies, trigger: Trigger): Promise<void> {
  const now = deps.clock().getTime();
  const bucket = parseBucketArn(trigger.definition.Bucket ?? '') ?? '';
  const fired = await deps.triggers.recentFirings(trigger.name, KNOWN_FIRINGS);
  const old = oldReports(deps, trigger);
  const known = new Set(old);
  for (const { subject } of fired) if (subject.is === 'object' && subject.etag !== undefined) known.add(subject.key);
  const from = windowStart(trigger, now);
  const onOld = (key: string): unknown => old.add(key);
  const reports = await findReports(trigger.definition, deps.openObjects(trigger), { from, now, known, onOld });
  for (const report of reports) await fireReport(deps, trigger, bucket, report);
}

/** What a trigger was found to be too young for, as long as it watches the same. */
function oldReports({ oldReports: all }: TriggerDependencies, { name, createdAt, since }: Trigger): Set<string> {
  const key = JSON.stringify([name, createdAt, since]);
  const found = all.get(key) ?? new Set();
  if (all.size >= MOST_REMEMBERED && !all.has(key)) all.clear();
  all.set(key, found);
  return found;
}

async function fireReport(
  deps: TriggerDependencies,
  trigger: Trigger,
  bucket: string,
  { report: { key }, manifest }: FoundReport,
): Promise<void> {
  const subject: Subject = { is: 'object', bucket, key, ...(manifest === undefined ? {} : { etag: manifest.etag }) };
  const firing = newFiring(trigger.name, subject, 'Listing', deps.clock());
  if (manifest !== undefined) await fire(deps, trigger, firing);
  else await fireFailed(deps, firing, `There is a manifest.checksum, but no manifest.json at s3://${bucket}/${key}.`);
}

async function watchObjects(deps: TriggerDependencies, trigger: Trigger): Promise<void> {
  const { definition } = trigger;
  const now = deps.clock().getTime();
  const bucket = parseBucketArn(definition.Bucket ?? '') ?? '';
  const prefix = definition.Prefix ?? fixedPrefix(definition.Pattern ?? '');
  const { objects, truncated } = await deps
    .openObjects(trigger)
    .list(bucket, prefix, { folders: false, pages: MOST_PAGES });
  const from = Math.max(windowStart(trigger, now), await listedUpTo(deps, trigger, now));
  const fresh = objects
    .filter(({ key, lastModified }) => lastModified >= from && isWanted(definition, bucket, key))
    .sort((one, other) => one.lastModified - other.lastModified);
  const left = await fireMissed(deps, trigger, bucket, fresh);
  await deps.triggers.putListed(trigger.name, new Date(left === undefined ? now : left.lastModified).toISOString());
  if (truncated) {
    throw new Error(
      `There are more than ${MOST_PAGES * 1_000} objects under s3://${bucket}/${prefix}: those whose event never comes are not found.`,
    );
  }
}

async function listedUpTo(deps: TriggerDependencies, { name }: Trigger, now: number): Promise<number> {
  const listed = await deps.triggers.getListed(name);
  if (listed === undefined) return 0;
  const isDeep = now % 3_600_000 < 60_000;
  return Date.parse(listed) - (isDeep ? DEEP_OVERLAP_MILLISECONDS : OVERLAP_MILLISECONDS);
}

/** Fires those that have not fired; the first that is left for the next time, if there are so many. */
async function fireMissed(
  deps: TriggerDependencies,
  trigger: Trigger,
  bucket: string,
  objects: readonly ObjectHead[],
): Promise<ObjectHead | undefined> {
  let fired = 0;
  for (const object of objects) {
    const { key, etag } = object;
    const firing = newFiring(trigger.name, { is: 'object', bucket, key, etag }, 'Listing', deps.clock());
    // Most have fired long since: a read is a fraction of a write.
    if ((await deps.triggers.getFiring(trigger.name, firing.id)) !== undefined) continue;
    if (fired === MOST_FIRINGS) return object;
    await fire(deps, trigger, firing);
    fired += 1;
  }
  return undefined;
}

/** What every key that fits a glob begins with. */
function fixedPrefix(pattern: string): string {
  return /^[^*?[{\\]*/.exec(pattern)?.[0] ?? '';
}

/** The newest time of the schedule that has come and not fired; of those that were missed before it none. */
async function watchClock(deps: TriggerDependencies, trigger: Trigger): Promise<void> {
  const { Schedule: expression = '', TimeZone: zone = 'UTC' } = trigger.definition;
  const now = deps.clock().getTime();
  const since = Date.parse(trigger.since);
  const schedule = parseSchedule(expression, zone, since);
  if ('problem' in schedule) throw new Error(`Schedule ${schedule.problem}`);
  const due = schedule.lastBetween(Math.max(since, windowStart(trigger, now)), now);
  if (due === undefined) return;
  const firing = newFiring(trigger.name, { is: 'time', at: new Date(due).toISOString() }, 'Schedule', deps.clock());
  if ((await deps.triggers.getFiring(trigger.name, firing.id)) === undefined) await fire(deps, trigger, firing);
}
