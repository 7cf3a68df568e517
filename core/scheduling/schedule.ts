import type { EngineDependencies } from '../engine/dependencies.ts';
import { LOOK_EVERY_MILLISECONDS } from '../engine/worker.ts';
import type { OperationName } from '../job/operation-name.ts';
import type { JobState, Schedule, Share } from '../job/records.ts';
import { type JobStatus, stageOf } from '../job/status.ts';
import { transition } from '../job/transition.ts';
import type { Executions } from '../stores/executions.ts';
import { allocate, type Contender } from './allocate.ts';
import { capacityOf } from './capacity.ts';

export interface SchedulerDependencies extends Omit<EngineDependencies, 'callScheduler' | 'work' | 'progress'> {
  readonly executions: Executions;
  /** Workers of all jobs together, as the operator set it. */
  readonly maxConcurrentWorkers: number;
  /** Invocations that one worker of this operation makes use of, itself included. */
  readonly slotsPerWorker: (operation: OperationName) => number;
}

/** A pausing job's workers have looked at it by then, and begin nothing new. */
const PAUSE_MILLISECONDS = LOOK_EVERY_MILLISECONDS + 1_000;

/** Least time between two raises of a job's share: UpdateMapRun refills at one call a second for the whole account. */
const RAISE_EVERY_MILLISECONDS = 15_000;

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
  if (jobId !== undefined) await driveJob(deps, jobId);
  const own = new Set<string>();
  for (;;) {
    const states = await openStates(deps);
    const pausing = await apply(deps, states, await decide(deps, states), own);
    if (pausing === undefined) return;
    // The pause ends within seconds; the call that began it sees it through, and a later call does if this one dies.
    await deps.clock.sleep(Math.max(0, pausing - deps.clock.now()));
  }
}

/** Starts the execution that the job's status asks for, and stops those of the epoch before, if it stops anything. */
async function driveJob(deps: SchedulerDependencies, jobId: string): Promise<void> {
  const state = await deps.jobs.getState(jobId);
  if (state === undefined) return;
  if (state.status === 'Cancelling' || state.status === 'Failing' || state.status === 'Pausing') {
    await deps.executions.stop(jobId, 'run', state.epoch - 1);
    await deps.executions.stop(jobId, 'prepare', state.epoch - 1);
  }
  const stage = stageOf(state.status);
  if (stage !== undefined) await deps.executions.start(jobId, stage, state.epoch);
}

async function openStates(deps: SchedulerDependencies): Promise<JobState[]> {
  const states = await deps.jobs.getStates(await deps.jobs.openJobIds());
  return states.filter((state) => CONTENDING.has(state.status));
}

interface Decision {
  readonly shares: Schedule['shares'];
  /** The shares before it. */
  readonly before: Schedule['shares'];
}

/** The decision: shares of all contending jobs, written if they changed. */
async function decide(deps: SchedulerDependencies, states: readonly JobState[]): Promise<Decision> {
  const contenders = await Promise.all(states.map((state) => contender(deps, state)));
  const capacity = capacityOf(deps.maxConcurrentWorkers, await deps.jobs.getCapacity());
  const wanted = allocate(contenders, capacity);
  for (;;) {
    const before = await deps.jobs.getSchedule();
    const shares = settled(before.shares, wanted, deps.clock.now());
    const decision = { shares, before: before.shares };
    if (sameShares(before.shares, shares)) return decision;
    if (await deps.jobs.putSchedule({ version: before.version + 1, shares })) return decision;
  }
}

async function contender(deps: SchedulerDependencies, state: JobState): Promise<Contender> {
  const { shardsDone } = await deps.jobs.getTotals(state.jobId);
  const shards = Math.max(1, (state.shards ?? 1) - shardsDone);
  return { jobId: state.jobId, priority: state.priority, demand: shards * deps.slotsPerWorker(state.operation) };
}

/** What was wanted, less changes that are not worth an UpdateMapRun: small ones, and raises that come too soon. */
export function settled(
  before: Schedule['shares'],
  wanted: ReadonlyMap<string, number>,
  now: number,
): Record<string, Share> {
  const shares: Record<string, Share> = {};
  for (const [jobId, workers] of wanted) {
    const had = before[jobId];
    shares[jobId] = had !== undefined && keeps(had, workers, now) ? had : { workers, since: now };
  }
  return shares;
}

/** A cut always counts, for another job has been given the workers; only a raise can wait. */
function keeps(had: Share, workers: number, now: number): boolean {
  if (workers < had.workers) return false;
  if (workers === had.workers) return true;
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
 * @param own The jobs whose pause this call has begun; it adds to them.
 * @returns When this call has to look again; undefined if it need not.
 */
async function apply(
  deps: SchedulerDependencies,
  states: readonly JobState[],
  decision: Decision,
  own: Set<string>,
): Promise<number | undefined> {
  const waiting = states.filter(({ status }) => status === 'Ready' || status === 'Paused');
  const pauses: Pause[] = [];
  for (const state of states.filter((each) => !waiting.includes(each))) {
    const pause = await applyToServed(deps, state, decision, own);
    if (pause !== undefined) pauses.push(pause);
  }
  if (pauses.length === 0) for (const state of waiting) await applyToWaiting(deps, state, decision);
  const looks = pauses.filter(({ looksAgain }) => looksAgain).map(({ ends }) => ends);
  return looks.length === 0 ? undefined : Math.min(...looks);
}

/** A job's pause, as this call found or made it. */
interface Pause {
  /** Epoch milliseconds. */
  readonly ends: number;
  /** Whether this call looks again then; if not, the one that began the pause does. */
  readonly looksAgain: boolean;
}

async function applyToWaiting(deps: SchedulerDependencies, state: JobState, { shares }: Decision): Promise<void> {
  if (shares[state.jobId] === undefined) return;
  const active = await move(deps, state, 'Active');
  if (active !== undefined) await deps.executions.start(state.jobId, 'run', active.epoch);
}

/** Applies the share of a job that has workers. Answers its pause, while it is pausing. */
async function applyToServed(
  deps: SchedulerDependencies,
  state: JobState,
  { shares, before }: Decision,
  own: Set<string>,
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
    if (share.workers === before[jobId]?.workers) return undefined;
    await deps.executions.setConcurrency(jobId, 'run', state.epoch, share.workers);
  } else if (status === 'Pausing') {
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
  return (await deps.jobs.updateState(next)) ? next : undefined;
}
