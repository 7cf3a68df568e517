import { forEachBounded } from '../engine/bounded.ts';
import { parseBucketArn } from '../job/object-arn.ts';
import type { TriggerDependencies } from './dependencies.ts';
import { completeFiring, settleWithoutJob } from './fire.ts';
import { rulePattern } from './match.ts';
import type { Trigger } from './records.ts';
import { FIRINGS_KEPT_MILLISECONDS } from './retention.ts';
import { watch } from './watch.ts';

/** Triggers that are looked at side by side. */
const TRIGGERS_AT_ONCE = 8;

/** Open firings of one trigger that a sweep takes up. */
const OPEN_FIRINGS = 100;

/** How long it is believed that a bucket sends events, or does not. */
const EVENTS_MILLISECONDS = 15 * 60_000;

/** Old firings of one trigger that a sweep deletes. */
const DELETIONS = 100;

/**
 * What happens each minute to every trigger, or at once to the one that is named: its rule is made, what it missed fires,
 * firings that stand half done are completed, and those that have had their turn to wait make their jobs.
 */
export async function sweepTriggers(deps: TriggerDependencies, name?: string): Promise<void> {
  const triggers = await deps.triggers.list();
  const wanted = triggers.filter((trigger) => name === undefined || trigger.name === name);
  await forEachBounded(wanted, TRIGGERS_AT_ONCE, (trigger) => sweepTrigger(deps, trigger));
}

async function sweepTrigger(deps: TriggerDependencies, trigger: Trigger): Promise<void> {
  const attempt = async (what: string, work: () => Promise<void>): Promise<string | undefined> => {
    try {
      await work();
      return undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      deps.log(`a trigger could not ${what}`, { trigger: trigger.name, error: reason });
      return reason;
    }
  };
  if (trigger.deleting === true) return void (await attempt('be deleted', () => remove(deps, trigger)));
  const problems = [
    await attempt('make its rule', () => makeRule(deps, trigger)),
    await attempt('look for what it missed', () => watch(deps, trigger)),
  ];
  await attempt('see whether its bucket sends events', () => lookAtEvents(deps, trigger));
  await attempt('note its problem', () =>
    noteProblem(
      deps,
      trigger,
      problems.filter((one) => one !== undefined),
    ),
  );
  await attempt('complete its firings', () => completeOpen(deps, trigger));
  await attempt('forget old firings', () => forgetOld(deps, trigger));
}

/** Only object triggers that callers made need a rule of their own: see docs/adr/0012. */
async function makeRule(deps: TriggerDependencies, trigger: Trigger): Promise<void> {
  const { name, definedBy, definition, enabled } = trigger;
  const needed = definedBy === 'api' && definition.Kind === 'Object' && enabled;
  const bucket = parseBucketArn(definition.Bucket ?? '') ?? '';
  const rule = needed ? JSON.stringify(rulePattern(bucket, definition)) : undefined;
  if (rule === trigger.rule) return;
  if (rule === undefined) await deps.rules.remove(name);
  else await deps.rules.put(name, rule);
  const { rule: _, ...rest } = trigger;
  await deps.triggers.put({ ...rest, version: trigger.version + 1, ...(rule === undefined ? {} : { rule }) });
}

/** Without events all is found by the listing, later: whoever wonders why is to be told. */
async function lookAtEvents(deps: TriggerDependencies, trigger: Trigger): Promise<void> {
  const bucket = parseBucketArn(trigger.definition.Bucket ?? '');
  if (bucket === undefined || !trigger.enabled) return;
  const now = deps.clock();
  const before = await deps.triggers.getEvents(trigger.name);
  const isNew = before === undefined || before.at < trigger.changedAt;
  if (!isNew && now.getTime() - Date.parse(before.at) < EVENTS_MILLISECONDS) return;
  const sends = await deps.openObjects(trigger).sendsEvents(bucket);
  const sent = sends === undefined ? 'Unknown' : sends ? 'On' : 'Off';
  await deps.triggers.putEvents(trigger.name, { sent, at: now.toISOString() });
}

async function noteProblem(deps: TriggerDependencies, { name }: Trigger, reasons: readonly string[]): Promise<void> {
  const before = await deps.triggers.getProblem(name);
  const reason = reasons.join(' ').slice(0, 1_000);
  if ((before?.reason ?? '') === reason) return;
  await deps.triggers.putProblem(name, reason === '' ? undefined : { since: deps.clock().toISOString(), reason });
}

/** In the order of firings: those that wait for the job before them go on as soon as it has ended. */
async function completeOpen(deps: TriggerDependencies, trigger: Trigger): Promise<void> {
  for (const firing of await deps.triggers.openFirings(trigger.name, OPEN_FIRINGS)) {
    if (trigger.enabled || firing.cause === 'Request') await completeFiring(deps, trigger, firing);
    else await settleWithoutJob(deps, firing, 'The trigger was disabled.');
  }
}

async function forgetOld(deps: TriggerDependencies, { name }: Trigger): Promise<void> {
  const before = new Date(deps.clock().getTime() - FIRINGS_KEPT_MILLISECONDS).toISOString();
  for (const firing of await deps.triggers.firingsBefore(name, before, DELETIONS)) {
    await deps.triggers.deleteFiring(firing);
  }
}

/** The trigger goes last: until then the next sweep goes on. */
async function remove(deps: TriggerDependencies, trigger: Trigger): Promise<void> {
  // Whether or not it is noted: it may have been made just before the trigger was changed.
  if (trigger.definedBy === 'api') await deps.rules.remove(trigger.name);
  for (const firing of await deps.triggers.openFirings(trigger.name, OPEN_FIRINGS)) {
    await settleWithoutJob(deps, firing, 'The trigger was deleted.');
  }
  for (;;) {
    const firings = await deps.triggers.anyFirings(trigger.name, DELETIONS);
    for (const firing of firings) await deps.triggers.deleteFiring(firing);
    if (firings.length === 0) break;
  }
  await deps.triggers.remove(trigger);
}
