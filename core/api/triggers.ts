import { z } from 'zod';
import { mapBounded } from '../engine/bounded.ts';
import { parseBucketArn } from '../job/object-arn.ts';
import { text } from '../job/scalars.ts';
import { checkTrigger } from '../triggers/check-trigger.ts';
import { type TriggerDefinition, triggerName } from '../triggers/definition.ts';
import { newFiring, requestedFiringId } from '../triggers/firing-id.ts';
import type { Firing, Subject, Trigger, WatchProblem } from '../triggers/records.ts';
import { InvalidInput } from '../validation/invalid-input.ts';
import { ApiError } from './api-error.ts';
import type { ServiceContext } from './context.ts';
import { refuseForbidden } from './create-job.ts';

/** Each event reads all triggers of the deployment. */
const TRIGGERS_MAXIMUM = 100;

/** Firings that DescribeTrigger shows. */
const FIRINGS_SHOWN = 10;

/** Another write came first: looked at anew, so often. */
const ATTEMPTS = 5;

export const triggerOnly = z.strictObject({ Name: triggerName });
export const fireInput = z.strictObject({
  Name: triggerName,
  Key: text(1, 1024).optional(),
  ClientRequestToken: text(1, 64),
});

/** A firing, as the API shows it. */
export interface FiringDescriptor {
  readonly FiringId: string;
  readonly Status: Firing['status'];
  readonly Cause: Firing['cause'];
  readonly Time: string;
  readonly Bucket?: string;
  readonly Key?: string;
  readonly ScheduledTime?: string;
  readonly JobId?: string;
  readonly Reason?: string;
}

/** A trigger in a list. */
export interface TriggerListDescriptor extends Omit<TriggerDefinition, 'Job'> {
  readonly Name: string;
  readonly Enabled: boolean;
  /** `api`: by callers; `stack`: by the stack that it is declared in, which alone can change it. */
  readonly DefinedBy: 'api' | 'stack';
  readonly Deleting?: true;
  readonly CreationTime: string;
  readonly LastChangeTime: string;
  /** Why it cannot look at what it watches. */
  readonly Problem?: { readonly Since: string; readonly Reason: string };
  readonly LastFiring?: FiringDescriptor;
}

/** A trigger with its job and its last firings. */
export interface TriggerDescriptor extends Omit<TriggerListDescriptor, 'LastFiring'> {
  readonly Job: TriggerDefinition['Job'];
  /** Whether its bucket sends events, as last seen. Without them arrivals fire within two minutes, not seconds. */
  readonly Events?: 'On' | 'Off' | 'Unknown';
  /** Newest first. */
  readonly Firings: readonly FiringDescriptor[];
}

/**
 * Creates a trigger, or puts another in its place.
 *
 * @throws InvalidInput; ApiError AccessDenied for a role or a topic that jobs may not use, InvalidRequestException for a trigger
 *   that a stack declares, or one too many.
 */
export async function putTrigger(name: string, raw: unknown, context: ServiceContext): Promise<{ Name: string }> {
  const { definition, sample } = checkTrigger(name, raw);
  refuseForbidden(sample, context);
  await storeTrigger(name, definition, 'api', context);
  await context.callTriggers(name);
  return { Name: name };
}

/** Writes the definition; what it watches counts from now where it was not watched before. */
export async function storeTrigger(
  name: string,
  definition: TriggerDefinition,
  definedBy: Trigger['definedBy'],
  context: Pick<ServiceContext, 'triggers' | 'clock'>,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = await context.triggers.get(name);
    refuseOther(before, definedBy);
    if (before === undefined) await refuseTooMany(context);
    if (await context.triggers.put(nextTrigger(name, before, definition, definedBy, context.clock()))) return;
  }
  throw new ApiError('TooManyRequestsException', `The trigger ${name} is being changed by others; try again.`);
}

function nextTrigger(
  name: string,
  before: Trigger | undefined,
  definition: TriggerDefinition,
  definedBy: Trigger['definedBy'],
  time: Date,
): Trigger {
  const now = time.toISOString();
  const enabled = definition.Enabled ?? true;
  const goesOn = before?.enabled === true && enabled && watched(before.definition) === watched(definition);
  return {
    name,
    version: (before?.version ?? 0) + 1,
    definedBy,
    createdAt: before?.createdAt ?? now,
    changedAt: now,
    since: goesOn ? before.since : now,
    enabled,
    definition,
    ...(before?.rule === undefined ? {} : { rule: before.rule }),
  };
}

/** All that says what a trigger waits for. */
function watched({ Job: _job, Overlap: _overlap, Enabled: _enabled, ...rest }: TriggerDefinition): string {
  return JSON.stringify(Object.entries(rest).sort(([one], [other]) => (one < other ? -1 : 1)));
}

export async function listTriggers(context: ServiceContext): Promise<{ Triggers: TriggerListDescriptor[] }> {
  const Triggers = await mapBounded(await context.triggers.list(), 8, async (trigger) => {
    const [[last], problem] = await Promise.all([
      context.triggers.recentFirings(trigger.name, 1),
      context.triggers.getProblem(trigger.name),
    ]);
    return { ...descriptorOf(trigger, problem), ...(last === undefined ? {} : { LastFiring: firingOf(last) }) };
  });
  return { Triggers };
}

/** @throws ApiError NotFoundException */
export async function describeTrigger(name: string, context: ServiceContext): Promise<{ Trigger: TriggerDescriptor }> {
  const trigger = await requireTrigger(name, context);
  const [firings, problem, events] = await Promise.all([
    context.triggers.recentFirings(name, FIRINGS_SHOWN),
    context.triggers.getProblem(name),
    context.triggers.getEvents(name),
  ]);
  const { Job } = trigger.definition;
  const seen = events === undefined ? {} : { Events: events.sent };
  return { Trigger: { ...descriptorOf(trigger, problem), ...seen, Job, Firings: firings.map(firingOf) } };
}

/**
 * Deletes a trigger; its jobs stay. Answered when it fires no more: what was made for it goes within seconds.
 *
 * @throws ApiError NotFoundException; InvalidRequestException for one that a stack declares.
 */
export async function deleteTrigger(name: string, context: ServiceContext): Promise<object> {
  await changeTrigger(name, 'api', context, (before) => ({ ...before, enabled: false, deleting: true }));
  await context.callTriggers(name);
  return {};
}

/** As `deleteTrigger`, for the stack that declares it; nothing happens where there is none. */
export async function withdrawTrigger(name: string, context: ServiceContext): Promise<void> {
  const before = await context.triggers.get(name);
  if (before === undefined || before.definedBy !== 'stack') return;
  await changeTrigger(name, 'stack', context, (each) => ({ ...each, enabled: false, deleting: true }));
}

/**
 * Lets a trigger fire again, for what happens from now on, or no more.
 *
 * @throws ApiError NotFoundException; InvalidRequestException for one that a stack declares.
 */
export async function enableTrigger(
  name: string,
  enabled: boolean,
  context: ServiceContext,
): Promise<{ Name: string; Enabled: boolean }> {
  await changeTrigger(name, 'api', context, (before) => {
    if (before.enabled === enabled) return before;
    const since = enabled ? context.clock().toISOString() : before.since;
    return { ...before, enabled, since, definition: { ...before.definition, Enabled: enabled } };
  });
  await context.callTriggers(name);
  return { Name: name, Enabled: enabled };
}

/**
 * Lets a trigger fire now, whether or not anything arrived: for the key that is given, else for the newest report, or
 * for now. The same token again answers the same firing.
 *
 * @throws ApiError NotFoundException; InvalidInput where the key is missing or is none.
 */
export async function fireTrigger(
  { Name: name, Key: key, ClientRequestToken: token }: z.infer<typeof fireInput>,
  context: ServiceContext,
): Promise<{ Name: string; FiringId: string }> {
  const trigger = await requireTrigger(name, context);
  if (trigger.deleting === true) throw isBeingDeleted(name);
  const subject = requestedSubject(trigger, key, context.clock());
  const id = requestedFiringId(token);
  await context.triggers.beginFiring(newFiring(name, subject, 'Request', context.clock(), id));
  await context.callTriggers(name);
  return { Name: name, FiringId: id };
}

function requestedSubject({ definition }: Trigger, key: string | undefined, now: Date): Subject {
  const { Kind: kind, Bucket: arn = '' } = definition;
  if (kind === 'Schedule') {
    if (key !== undefined) throw new InvalidInput([{ path: 'Key', says: 'is not for a trigger of the kind Schedule' }]);
    return { is: 'time', at: now.toISOString() };
  }
  if (key === undefined) {
    if (kind === 'Inventory') return { is: 'newest' };
    throw new InvalidInput([{ path: 'Key', says: 'is missing: it must say which object the trigger should fire for' }]);
  }
  if (kind === 'Inventory' && !key.endsWith('/manifest.json')) {
    throw new InvalidInput([{ path: 'Key', says: 'must be that of a report, and end in /manifest.json' }]);
  }
  return { is: 'object', bucket: parseBucketArn(arn) ?? '', key };
}

async function changeTrigger(
  name: string,
  by: Trigger['definedBy'],
  context: Pick<ServiceContext, 'triggers' | 'clock'>,
  change: (before: Trigger) => Trigger,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = await requireTrigger(name, context);
    refuseOther(before, by);
    const after = change(before);
    if (after === before) return;
    const changedAt = context.clock().toISOString();
    if (await context.triggers.put({ ...after, changedAt, version: before.version + 1 })) return;
  }
  throw new ApiError('TooManyRequestsException', `The trigger ${name} is being changed by others; try again.`);
}

async function requireTrigger(name: string, { triggers }: Pick<ServiceContext, 'triggers'>): Promise<Trigger> {
  const trigger = await triggers.get(name);
  if (trigger === undefined) throw new ApiError('NotFoundException', `There is no trigger ${name}.`);
  return trigger;
}

function refuseOther(before: Trigger | undefined, by: Trigger['definedBy']): void {
  if (before === undefined) return;
  const { name, definedBy } = before;
  if (before.deleting === true) throw isBeingDeleted(name);
  if (definedBy === by) return;
  throw new ApiError(
    'InvalidRequestException',
    definedBy === 'stack'
      ? `The trigger ${name} is declared by a stack, and only a deployment of the stack can change it.`
      : `There is a trigger ${name} already, made over the API: delete it, or give this one another name.`,
  );
}

function isBeingDeleted(name: string): ApiError {
  return new ApiError('InvalidRequestException', `The trigger ${name} is being deleted: try again in a minute.`);
}

async function refuseTooMany({ triggers }: Pick<ServiceContext, 'triggers'>): Promise<void> {
  if ((await triggers.list()).length < TRIGGERS_MAXIMUM) return;
  throw new ApiError(
    'InvalidRequestException',
    `There are ${TRIGGERS_MAXIMUM} triggers already, the most there can be.`,
  );
}

function descriptorOf(trigger: Trigger, problem: WatchProblem | undefined): Omit<TriggerListDescriptor, 'LastFiring'> {
  const { name, definition, enabled, definedBy, deleting, createdAt, changedAt } = trigger;
  const { Job: _job, ...rest } = definition;
  return {
    Name: name,
    ...rest,
    Enabled: enabled,
    DefinedBy: definedBy,
    ...(deleting === undefined ? {} : { Deleting: deleting }),
    CreationTime: createdAt,
    LastChangeTime: changedAt,
    ...(problem === undefined ? {} : { Problem: { Since: problem.since, Reason: problem.reason } }),
  };
}

function firingOf({ id, status, cause, at, subject, jobId, reason }: Firing): FiringDescriptor {
  return {
    FiringId: id,
    Status: status,
    Cause: cause,
    Time: at,
    ...(subject.is === 'object' ? { Bucket: subject.bucket, Key: subject.key } : {}),
    ...(subject.is === 'time' ? { ScheduledTime: subject.at } : {}),
    ...(jobId === undefined ? {} : { JobId: jobId }),
    ...(reason === undefined ? {} : { Reason: reason }),
  };
}
