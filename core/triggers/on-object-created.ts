import { z } from 'zod';
import { JobTrouble } from '../job/job-trouble.ts';
import type { ObjectHead } from '../stores/trigger-objects.ts';
import type { TriggerDependencies } from './dependencies.ts';
import { fire, fireFailed } from './fire.ts';
import { newFiring } from './firing-id.ts';
import { isWanted, type Report, reportOfEvent } from './match.ts';
import type { Trigger } from './records.ts';
import { windowStart } from './retention.ts';

/**
 * An "Object Created" event of S3, as EventBridge delivers it. Members that are not known are not looked at, and new ones
 * may come (S3 User Guide, ev-events).
 */
export const objectCreated = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.literal('Object Created'),
  time: z.string(),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string(), etag: z.string(), 'version-id': z.string().optional() }),
  }),
});
export type ObjectCreated = z.infer<typeof objectCreated>;

/**
 * Fires the triggers that wait for the object.
 *
 * @throws Error where one of them could not be fired for now: the event is to be delivered again.
 */
export async function onObjectCreated(deps: TriggerDependencies, event: ObjectCreated): Promise<void> {
  const failures: unknown[] = [];
  for (const trigger of await deps.triggers.list()) {
    if (!isAwake(trigger, event, deps)) continue;
    await (trigger.definition.Kind === 'Inventory' ? onReport : onObject)(deps, trigger, event).catch(
      (error: unknown) => failures.push(error),
    );
  }
  if (failures.length > 0) throw failures[0];
}

/** What arrived before the trigger was made, or so long ago that its firing is forgotten, does not fire it. */
function isAwake(trigger: Trigger, { time }: ObjectCreated, { clock }: TriggerDependencies): boolean {
  return trigger.enabled && trigger.deleting !== true && Date.parse(time) >= windowStart(trigger, clock().getTime());
}

async function onObject(deps: TriggerDependencies, trigger: Trigger, { detail }: ObjectCreated): Promise<void> {
  const {
    bucket: { name: bucket },
    object: { key, etag, 'version-id': version },
  } = detail;
  if (!isWanted(trigger.definition, bucket, key)) return;
  const versionId = version === undefined ? {} : { versionId: version };
  const subject = { is: 'object', bucket, key, etag, ...versionId } as const;
  await fire(deps, trigger, newFiring(trigger.name, subject, 'Event', deps.clock()));
}

async function onReport(deps: TriggerDependencies, trigger: Trigger, { detail }: ObjectCreated): Promise<void> {
  const bucket = detail.bucket.name;
  const report = reportOfEvent(trigger.definition, bucket, detail.object.key);
  if (report === undefined) return;
  const manifest = await lookAt(deps, trigger, bucket, report);
  // Without a manifest.json yet: the sweep sees it when it comes, or tells that it did not.
  if (manifest === undefined) return;
  const subject = { is: 'object', bucket, key: report.key, etag: manifest.etag } as const;
  await fire(deps, trigger, newFiring(trigger.name, subject, 'Event', deps.clock()));
}

/** A role that cannot be assumed is told of at once: the listing will not get further. */
async function lookAt(
  deps: TriggerDependencies,
  trigger: Trigger,
  bucket: string,
  { key }: Report,
): Promise<ObjectHead | undefined> {
  try {
    return await deps.openObjects(trigger).head(bucket, key);
  } catch (error) {
    if (!(error instanceof JobTrouble)) throw error;
    const firing = newFiring(trigger.name, { is: 'object', bucket, key }, 'Event', deps.clock());
    await fireFailed(deps, firing, error.message);
    return undefined;
  }
}
