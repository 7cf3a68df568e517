import { ApiError } from '../api/api-error.ts';
import { createJob } from '../api/create-job.ts';
import { jobIdOf } from '../job/job-id.ts';
import { hasEnded } from '../job/status.ts';
import { InvalidInput } from '../validation/invalid-input.ts';
import { overlapOf } from './definition.ts';
import type { TriggerDependencies } from './dependencies.ts';
import { tokenOf } from './firing-id.ts';
import { FiringRefused, firingRequest } from './firing-request.ts';
import { type Firing, isOpen, type Trigger } from './records.ts';

/** What cannot be done for so long (a role that cannot be assumed, S3 that does not answer) makes a firing fail. */
const PATIENCE_MILLISECONDS = 15 * 60_000;

/** Open firings of one trigger at most; further ones are skipped. */
const MOST_OPEN = 100;

/** A reason is shown in lists and kept with the firing. */
const REASON_LENGTH = 1_000;

/** API errors that may pass. */
const PASSING_ERRORS: ReadonlySet<string> = new Set(['TooManyRequestsException', 'InternalServiceException']);

/**
 * Lets a trigger fire: the firing is written first, then its job is made. Whoever hears of the same thing again, in
 * whatever order and at the same moment, meets the firing, and a firing has one job: its token is made of it.
 */
export async function fire(deps: TriggerDependencies, trigger: Trigger, firing: Firing): Promise<Firing> {
  const kept = await deps.triggers.beginFiring(firing);
  return kept.status === 'Pending' ? await completeFiring(deps, trigger, kept) : kept;
}

/**
 * Does what is left to do for an open firing; again and again it does no more. What may pass by itself leaves it open
 * for the next sweep, until patience ends.
 */
export async function completeFiring(deps: TriggerDependencies, trigger: Trigger, firing: Firing): Promise<Firing> {
  if (!isOpen(firing)) return firing;
  if (trigger.deleting === true)
    return await settle(deps, firing, { status: 'Skipped', reason: 'The trigger was deleted.' });
  try {
    const busy = await enterLane(deps, trigger, firing);
    if (busy !== undefined) return await giveWay(deps, trigger, firing, busy);
  } catch (error) {
    return await failed(deps, trigger, firing, error);
  }
  const begun = await begin(deps, firing);
  return isOpen(begun) ? await makeJob(deps, trigger, begun) : begun;
}

/** An open firing that will have no job, for the reason. */
export async function settleWithoutJob(deps: TriggerDependencies, firing: Firing, reason: string): Promise<Firing> {
  return await settle(deps, firing, { status: 'Skipped', reason });
}

/** A firing that failed before there was anything to make a job of; told of once. */
export async function fireFailed(deps: TriggerDependencies, firing: Firing, reason: string): Promise<void> {
  const kept = await deps.triggers.beginFiring(firing);
  if (isOpen(kept)) await settle(deps, kept, { status: 'Failed', reason });
}

/** Before its job is made the firing is written once more: whoever would have skipped it a moment ago finds it changed. */
async function begin(deps: TriggerDependencies, { reason: _, ...firing }: Firing): Promise<Firing> {
  const next: Firing = { ...firing, status: 'Pending', version: firing.version + 1 };
  return (await deps.triggers.updateFiring(next)) ? next : await current(deps, firing);
}

async function makeJob(deps: TriggerDependencies, trigger: Trigger, firing: Firing): Promise<Firing> {
  try {
    const request = await firingRequest(trigger, firing, deps.openObjects(trigger), deps.identity);
    const { JobId: jobId } = await createJob(request, deps);
    return await settle(deps, firing, { status: 'Created', jobId });
  } catch (error) {
    return await failed(deps, trigger, firing, error);
  }
}

function jobIdFor({ identity }: TriggerDependencies, trigger: Trigger, firing: Firing): string {
  return jobIdOf(identity.account, identity.region, tokenOf(trigger, firing));
}

/** What a firing waits for, or would run beside: the words to follow "because". */
interface Busy {
  readonly reason: string;
}

/**
 * Makes this firing the one whose job is the trigger's newest. Undefined when it is; else why it is not its turn. The
 * lane names the job before there is one, so that of two firings at once only one goes on.
 */
async function enterLane(deps: TriggerDependencies, trigger: Trigger, firing: Firing): Promise<Busy | undefined> {
  const jobId = jobIdFor(deps, trigger, firing);
  const overlap = overlapOf(trigger.definition);
  for (;;) {
    const lane = await deps.triggers.getLane(trigger.name);
    if (lane?.jobId === jobId) return undefined;
    if (overlap !== 'Run') {
      const busy = lane === undefined ? undefined : await occupant(deps, trigger, lane);
      if (busy !== undefined) return busy;
      const earlier = overlap === 'Queue' ? await earlierOpen(deps, firing) : undefined;
      if (earlier !== undefined) return earlier;
    }
    const next = { version: (lane?.version ?? 0) + 1, firingId: firing.id, jobId };
    if (await deps.triggers.putLane(trigger.name, next)) return undefined;
  }
}

async function occupant(
  deps: TriggerDependencies,
  trigger: Trigger,
  lane: { readonly firingId: string; readonly jobId: string },
): Promise<Busy | undefined> {
  const state = await deps.jobs.getState(lane.jobId);
  if (state !== undefined) {
    return hasEnded(state.status) ? undefined : { reason: `Job ${lane.jobId} of this trigger is ${state.status}` };
  }
  const other = await deps.triggers.getFiring(trigger.name, lane.firingId);
  return other !== undefined && isOpen(other)
    ? { reason: `Another firing is about to make job ${lane.jobId}` }
    : undefined;
}

async function earlierOpen(deps: TriggerDependencies, firing: Firing): Promise<Busy | undefined> {
  const [first] = await deps.triggers.openFirings(firing.trigger, 1);
  if (first === undefined || first.id === firing.id || `${first.at}${first.id}` > `${firing.at}${firing.id}`)
    return undefined;
  return { reason: 'Another firing of this trigger is before it' };
}

async function giveWay(deps: TriggerDependencies, trigger: Trigger, firing: Firing, { reason }: Busy): Promise<Firing> {
  if (overlapOf(trigger.definition) === 'Skip') {
    return await settle(deps, firing, { status: 'Skipped', reason: `${reason}, and Overlap is Skip.` });
  }
  if (firing.status === 'Queued') return firing;
  const open = await deps.triggers.openFirings(trigger.name, MOST_OPEN + 1);
  if (open.length > MOST_OPEN) {
    return await settle(deps, firing, {
      status: 'Skipped',
      reason: `${reason}, and ${MOST_OPEN} firings wait already.`,
    });
  }
  return await write(deps, firing, { status: 'Queued', reason: `${reason}.` });
}

async function failed(deps: TriggerDependencies, trigger: Trigger, firing: Firing, error: unknown): Promise<Firing> {
  // The job may be there: made a moment ago by another, or from a template that was changed since.
  const jobId = jobIdFor(deps, trigger, firing);
  if ((await deps.jobs.getRequest(jobId)) !== undefined)
    return await settle(deps, firing, { status: 'Created', jobId });
  const reason = (error instanceof Error ? error.message : String(error)).slice(0, REASON_LENGTH);
  if (error instanceof FiringRefused && error.isSkip) return await settle(deps, firing, { status: 'Skipped', reason });
  const isFinal =
    error instanceof FiringRefused ||
    error instanceof InvalidInput ||
    (error instanceof ApiError && !PASSING_ERRORS.has(error.code));
  const isLate = deps.clock().getTime() - Date.parse(firing.at) > PATIENCE_MILLISECONDS;
  deps.log('a firing made no job', {
    trigger: firing.trigger,
    firing: firing.id,
    error: reason,
    final: isFinal || isLate,
  });
  if (isFinal || isLate) return await settle(deps, firing, { status: 'Failed', reason });
  return await write(deps, firing, { status: 'Pending', reason });
}

async function settle(
  deps: TriggerDependencies,
  firing: Firing,
  outcome: Pick<Firing, 'jobId' | 'reason'> & { readonly status: 'Created' | 'Skipped' | 'Failed' },
): Promise<Firing> {
  const { reason: _, ...rest } = firing;
  const settled = { ...rest, ...outcome, settledAt: deps.clock().toISOString(), version: firing.version + 1 };
  // Whoever was first counts it: both came to the same end.
  if (!(await deps.triggers.updateFiring(settled))) return await current(deps, firing);
  const counted = { Created: 'JobCreated', Skipped: 'FiringSkipped', Failed: 'FiringFailed' } as const;
  deps.count(counted[outcome.status], firing.trigger);
  return settled;
}

async function write(
  deps: TriggerDependencies,
  firing: Firing,
  change: Pick<Firing, 'status' | 'reason'>,
): Promise<Firing> {
  if (firing.status === change.status && firing.reason === change.reason) return firing;
  const next = { ...firing, ...change, version: firing.version + 1 };
  return (await deps.triggers.updateFiring(next)) ? next : await current(deps, firing);
}

async function current(deps: TriggerDependencies, firing: Firing): Promise<Firing> {
  return (await deps.triggers.getFiring(firing.trigger, firing.id)) ?? firing;
}
