import type { EngineDependencies } from '../engine/dependencies.ts';
import { demandOf, laneNeedsOf, lanesOf, type OperationNeeds } from '../engine/lanes.ts';
import { LOOK_EVERY_MILLISECONDS } from '../engine/worker-times.ts';
import type { JobEvent } from '../job/job-event.ts';
import type { OperationName } from '../job/operation-name.ts';
import type { JobState, Schedule, Share } from '../job/records.ts';
import { hasEnded, type JobStatus, stageOf } from '../job/status.ts';
import { transition } from '../job/transition.ts';
import type { Executions } from '../stores/executions.ts';
import { allocate, type Contender } from './allocate.ts';
import { announce } from './announce.ts';
import { capacityOf } from './capacity.ts';
import { releaseWaiting } from './prerequisites.ts';

export interface SchedulerDependencies extends Omit<EngineDependencies, 'callScheduler' | 'work' | 'progress'> {
  readonly executions: Executions;
  /** Workers of all jobs together, as the operator set it. */
  readonly maxConcurrentWorkers: number;
  /** Jobs that have workers at once, as the operator set it; left out: as many as there is room for. */
  readonly maxActiveJobs?: number | undefined;
  /**
   * Tells the world of changes of a job's status. Answers, in words, who will never take them. Left out: nobody is told.
   */
  readonly tell?: (jobId: string, changes: readonly JobEvent[], topicArn?: string) => Promise<readonly string[]>;
  /** How the operation of a job runs. */
  readonly operation: (name: OperationName) => OperationNeeds;
}

/** A pausing job's workers have looked at it by then, and begin nothing new. */
const PAUSE_MILLISECONDS = LOOK_EVERY_MILLISECONDS + 1_000;

/** Least time between two raises of a job's share: UpdateMapRun refills at one call a second for the whole account. */
const RAISE_EVERY_MILLISECONDS = 15_000;

/** How long after a decision the sweeper's calls still apply it: some calls of the sweeper, one each minute. */
const APPLIED_AGAIN_MILLISECONDS = 3 * 60_000;

/** A share that moved by no more than this part of itself stays as it is. */
const TOLERANCE = 0.25;

const CONTENDING: ReadonlySet<JobStatus> = new Set(['Ready', 'Active', 'Pausing', 'Paused']);

/**
 * Brings the executions in line with the jobs: the one place that starts and stops them. Decides the shares of all open
 * jobs, in one conditional write, and applies them; all that it does after that write any later call does again.
 *
 * @param jobId The job that changed, if one did: its own execution is started, or the one it left is stopped.
 */
export async function schedule(deps: SchedulerDependencies, jobId?: string): Promise<void> {
  const own = new Set<string>();
  // A caller's request began that pause: this call, which it made, sees it through.
  if (jobId !== undefined && (await driveJob(deps, jobId)) === 'Pausing') own.add(jobId);
  for (;;) {
    const open = await openStates(deps);
    const states = open.filter((state) => CONTENDING.has(state.status));
    const decision = await decide(deps, states, jobId);
    // Another call decided in between: from what it did, this one decides anew.
    if (decision === undefined) continue;
    const pausing = await apply(deps, states, decision, { own, again: jobId === undefined });
    if (pausing === undefined) {
      // What another call decided meanwhile it applied to what it saw: what this one did since is held against it.
      if ((await deps.jobs.getSchedule()).version === decision.version) return await announceRest(deps, open);
      continue;
    }
    // The pause ends within seconds; the call that began it sees it through, and a later call does if this one dies.
    await deps.clock.sleep(Math.max(0, pausing - deps.clock.now()));
  }
}

/**
 * Starts the execution that the job's status asks for, and stops those of the epoch before, if it stops anything.
 * Answers the status.
 */
async function driveJob(deps: SchedulerDependencies, jobId: string): Promise<JobStatus | undefined> {
  const state = await deps.jobs.getState(jobId);
  if (state === undefined) return undefined;
  if (state.status === 'Cancelling' || state.status === 'Failing' || state.status === 'Pausing') {
    await deps.executions.stop(jobId, 'run', state.epoch - 1);
    await deps.executions.stop(jobId, 'prepare', state.epoch - 1);
  }
  const stage = state.waitsFor === undefined ? stageOf(state.status) : undefined;
  if (stage !== undefined) await deps.executions.start(jobId, stage, state.epoch);
  await oneByOne(deps, state, () => announce(deps, state));
  return state.status;
}

/** What is left to tell of any job, and jobs that have ended and are not closed: their own calls may have died. */
async function announceRest(deps: SchedulerDependencies, open: readonly JobState[]): Promise<void> {
  for (const state of open) {
    if (state.outbox !== undefined || hasEnded(state.status)) await oneByOne(deps, state, () => announce(deps, state));
  }
}

/** All open jobs. On the way, those that waited for jobs which have ended go on. */
async function openStates(deps: SchedulerDependencies): Promise<readonly JobState[]> {
  const states = await deps.jobs.getStates(await deps.jobs.openJobIds());
  await releaseWaiting(deps, states);
  return states;
}

interface Decision {
  readonly version: number;
  readonly shares: Schedule['shares'];
  /** The shares before it. */
  readonly before: Schedule['shares'];
}

/** The decision: shares of all contending jobs, written if they changed; undefined if another call wrote first. */
async function decide(
  deps: SchedulerDependencies,
  states: readonly JobState[],
  asked?: string,
): Promise<Decision | undefined> {
  const before = await deps.jobs.getSchedule();
  const contenders = await Promise.all(states.map((state) => contender(deps, state)));
  const capacity = capacityOf(deps.maxConcurrentWorkers, await deps.jobs.getCapacity());
  const shares = settled(before.shares, allocate(contenders, capacity, deps.maxActiveJobs), deps.clock.now(), asked);
  if (sameShares(before.shares, shares)) return { version: before.version, shares, before: before.shares };
  const version = before.version + 1;
  return (await deps.jobs.putSchedule({ version, shares })) ? { version, shares, before: before.shares } : undefined;
}

async function contender(deps: SchedulerDependencies, state: JobState): Promise<Contender> {
  const { shardsDone } = await deps.jobs.getTotals(state.jobId);
  const shards = Math.max(1, (state.shards ?? 1) - shardsDone);
  return {
    jobId: state.jobId,
    priority: state.priority,
    served: state.status === 'Active',
    demand: state.held === undefined ? demandOf(shards, laneNeedsOf(deps.operation(state.operation), state)) : 0,
  };
}

/**
 * What was wanted, less changes that are not worth an UpdateMapRun: small ones, and raises that come too soon. A job that
 * somebody asked something of gets what it wants.
 */
export function settled(
  before: Schedule['shares'],
  wanted: ReadonlyMap<string, number>,
  now: number,
  asked?: string,
): Record<string, Share> {
  const shares: Record<string, Share> = {};
  for (const [jobId, workers] of wanted) {
    const had = before[jobId];
    shares[jobId] = had !== undefined && keeps(had, workers, now, jobId === asked) ? had : { workers, since: now };
  }
  return shares;
}

/** A cut always counts, for another job has been given the workers; only a raise can wait. */
function keeps(had: Share, workers: number, now: number, asked: boolean): boolean {
  if (workers < had.workers) return false;
  if (workers === had.workers) return true;
  if (asked) return false;
  return now - had.since < RAISE_EVERY_MILLISECONDS || workers - had.workers <= had.workers * TOLERANCE;
}

function sameShares(a: Schedule['shares'], b: Schedule['shares']): boolean {
  const ids = Object.keys(a);
  return ids.length === Object.keys(b).length && ids.every((id) => a[id]?.workers === b[id]?.workers);
}

/**
 * Applies the decision: first to the jobs that give up workers, and, once none of them is pausing any more, to those
 * that wait for some. Until then the old workers still run, and both together would leave the control plane no room.
 *
 * @returns When this call has to look again; undefined if it need not.
 */
async function apply(
  deps: SchedulerDependencies,
  states: readonly JobState[],
  decision: Decision,
  call: Call,
): Promise<number | undefined> {
  const waiting = states.filter(({ status }) => status === 'Ready' || status === 'Paused');
  const pauses: Pause[] = [];
  for (const state of states.filter((each) => !waiting.includes(each))) {
    const pause = await oneByOne(deps, state, () => applyToServed(deps, state, decision, call));
    if (pause !== undefined) pauses.push(pause);
  }
  if (pauses.length === 0) {
    for (const state of waiting) await oneByOne(deps, state, () => applyToWaiting(deps, state, decision));
  }
  const looks = pauses.filter(({ looksAgain }) => looksAgain).map(({ ends }) => ends);
  return looks.length === 0 ? undefined : Math.min(...looks);
}

/** What fails for one job must not keep the others from theirs: it is tried again by the next call. */
async function oneByOne<Result>(
  deps: SchedulerDependencies,
  { jobId }: JobState,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    deps.log('a job could not be given its share', { jobId, error: String(error) });
    return undefined;
  }
}

/** One call of the scheduler. */
interface Call {
  /** The jobs whose pause it has begun. */
  readonly own: Set<string>;
  /** Whether it applies again what was decided lately: the sweeper's calls do, lest an effect be lost with its call. */
  readonly again: boolean;
}

/** A job's pause, as this call found or made it. */
interface Pause {
  /** Epoch milliseconds. */
  readonly ends: number;
  /** Whether this call looks again then; if not, the one that began the pause does. */
  readonly looksAgain: boolean;
}

async function applyToWaiting(deps: SchedulerDependencies, state: JobState, { shares }: Decision): Promise<void> {
  if (state.held !== undefined && state.status === 'Ready') await move(deps, state, 'Paused');
  if (shares[state.jobId] === undefined) return;
  const active = await move(deps, state, 'Active');
  if (active !== undefined) await deps.executions.start(state.jobId, 'run', active.epoch);
}

/** Applies the share of a job that has workers. Answers its pause, while it is pausing. */
async function applyToServed(
  deps: SchedulerDependencies,
  state: JobState,
  { shares, before }: Decision,
  { own, again }: Call,
): Promise<Pause | undefined> {
  const { jobId, status } = state;
  const share = shares[jobId];
  if (status === 'Active' && share === undefined) {
    const pausing = await move(deps, state, 'Pausing');
    // Somebody else changed the job, perhaps to pausing: what that means for the others, the next look decides.
    if (pausing === undefined) return { ends: deps.clock.now(), looksAgain: true };
    own.add(jobId);
    await deps.executions.stop(jobId, 'run', state.epoch);
    return { ends: pauseEnd(pausing), looksAgain: true };
  }
  if (status === 'Active' && share !== undefined) {
    const recent = again && deps.clock.now() - share.since < APPLIED_AGAIN_MILLISECONDS;
    if (share.workers === before[jobId]?.workers && !recent) return undefined;
    const { workers } = lanesOf(share.workers, laneNeedsOf(deps.operation(state.operation), state));
    await deps.executions.setConcurrency(jobId, 'run', state.epoch, workers);
  } else if (status === 'Pausing') {
    // The call that began the pause may have died before it stopped the execution.
    if (!own.has(jobId)) await deps.executions.stop(jobId, 'run', state.epoch - 1);
    const ends = pauseEnd(state);
    if (deps.clock.now() < ends) return { ends, looksAgain: own.has(jobId) };
    await move(deps, state, 'Paused');
    // Others wait for its workers, or it is served again at once: the next look, which is now, decides.
    return { ends, looksAgain: true };
  }
  return undefined;
}

function pauseEnd(pausing: JobState): number {
  return Date.parse(pausing.statusSince) + PAUSE_MILLISECONDS;
}

async function move(deps: SchedulerDependencies, state: JobState, to: JobStatus): Promise<JobState | undefined> {
  const next = transition(state, to, new Date(deps.clock.now()));
  if (!(await deps.jobs.updateState(next))) return undefined;
  await oneByOne(deps, next, () => announce(deps, next));
  return next;
}
