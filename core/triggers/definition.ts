import { z } from 'zod';
import { bucketArn, text } from '../job/scalars.ts';

/** What makes a trigger fire: an inventory report, an object, or a time. */
const TRIGGER_KINDS = ['Inventory', 'Object', 'Schedule'] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

/**
 * What becomes of a firing while the job of an earlier one has not ended: no job (Skip), a job when that one has ended, in
 * the order of firings (Queue), or a job at once (Run).
 */
export const OVERLAPS = ['Skip', 'Queue', 'Run'] as const;
export type Overlap = (typeof OVERLAPS)[number];

/** Characters of a trigger's name: it is part of a rule's name, which has at most 64 (EventBridge, PutRule). */
const TRIGGER_NAME_MAXIMUM = 32;

export const triggerName = text(1, TRIGGER_NAME_MAXIMUM)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, {
    error: 'must be made of letters, digits, dots, hyphens and underscores, and begin with a letter or a digit',
  })
  .meta({ inWords: 'the name of a trigger, like nightly-tags' });

/**
 * What PutTrigger takes besides the name. The job is the template of a CreateJob request: its members are checked once the
 * variables in it are filled in, by what checks every request (check-trigger.ts).
 */
export const triggerDefinition = z.strictObject({
  Kind: z.enum(TRIGGER_KINDS),
  /** Where reports or objects arrive. */
  Bucket: bucketArn.optional(),
  /** Of inventories: the folder of a configuration's reports, or one above it. Of objects: how their keys begin. */
  Prefix: text(1, 1024).optional(),
  /** Of objects: how their keys end. */
  Suffix: text(1, 1024).optional(),
  /** Of objects: a glob that the whole key must match. */
  Pattern: text(1, 1024).optional(),
  /** `cron(…)` or `rate(…)`, as EventBridge has them. */
  Schedule: text(1, 256).optional(),
  /** IANA's name of a time zone; UTC where left out. */
  TimeZone: text(1, 50).optional(),
  Overlap: z.enum(OVERLAPS).optional(),
  Enabled: z.boolean().optional(),
  Job: z.record(z.string(), z.unknown()),
});
export type TriggerDefinition = z.infer<typeof triggerDefinition>;

/** Queue where nothing must be forgotten; a schedule fires again anyway. */
export function overlapOf({ Kind, Overlap: overlap }: TriggerDefinition): Overlap {
  return overlap ?? (Kind === 'Schedule' ? 'Skip' : 'Queue');
}
