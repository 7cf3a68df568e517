import type { OperationName } from '../job/operation-name.ts';
import type { JobState } from '../job/records.ts';
import { SHARDS_PER_BLOCK } from '../stores/progress-store.ts';
import type { EngineDependencies } from './dependencies.ts';
import { failJob, handOver, isFatal, moveJob, NO_PROGRESS, noteTrouble } from './job-changes.ts';
import { laneNeedsOf, lanesOf, type OperationNeeds } from './lanes.ts';
import { type PlannedShard, readPlan, shardsOf } from './plan.ts';
import { isWorkedOnBefore } from './suspicion.ts';
import { failAtThreshold, sumOf } from './totals.ts';
import { done, map, type TurnInput, type TurnOutput, wait } from './turn.ts';
import { guardTurn } from './turn-guard.ts';
import { strided, waveCsv, waveSize } from './wave.ts';
import { itemsKey, unfinishedKey } from './work-keys.ts';

export interface RunDependencies extends EngineDependencies {
  /** How the operation of a job runs. */
  readonly operation: (name: OperationName) => OperationNeeds;
}

/** An execution hands over to the next epoch after so many turns: its history ends at 25,000 events. */
export const TURNS_PER_EXECUTION = 200;

/** Waves of an execution that each have a line in the job's log; of those that follow, each one in so many. */
const LOGGED_WAVES = 20;

/** How long to wait after a wave that moved nothing, in seconds: workers that only wait cost more than the work. */
const STANDSTILL_SECONDS = 15;

/** A wave's workers give up their places after so long; what they did not finish comes back in the next wave. */
const WAVE_DEADLINE_MILLISECONDS = 15 * 60_000;

/**
 * One turn of RunJob: looks at the blocks and plans a wave of what is left, or, when nothing is, sends the job to its
 * report. What a turn decides follows from tables and files only.
 */
export async function runTurn(deps: RunDependencies, input: TurnInput): Promise<TurnOutput> {
  return await guardTurn(deps, input, () => takeTurn(deps, input));
}

async function takeTurn(deps: RunDependencies, input: TurnInput): Promise<TurnOutput> {
  const state = await deps.jobs.getState(input.jobId);
  if (state?.epoch !== input.epoch || state.status !== 'Active') return done(input);
  if (state.trouble !== undefined && isFatal(state.trouble, deps.clock.now())) {
    await failJob(deps, input.jobId, input.epoch, state.trouble);
    return done(input);
  }
  const left = await lookAtBlocks(deps, input);
  if (left.unfinished.length === 0) return await finish(deps, input, state);
  if (input.turn >= TURNS_PER_EXECUTION) {
    await handOver(deps, input.jobId, input.epoch);
    return done(input);
  }
  const last = await lastWave(deps, input);
  if (last?.counted === left.counted && !(await gotOn(deps, input.jobId, last.plannedAt))) {
    if (state.trouble === undefined) await noteTrouble(deps, input.jobId, input.epoch, NO_PROGRESS);
    return wait(input, STANDSTILL_SECONDS);
  }
  // A task that gives up long before its worker's time is over gets on little: waves must not follow each other for it.
  if (last?.counted === left.counted && deps.clock.now() - last.plannedAt < STANDSTILL_SECONDS * 1_000) {
    return wait(input, STANDSTILL_SECONDS);
  }
  return await planWave(deps, input, state, left, last);
}

/** What a job has still to do. */
interface Left {
  readonly unfinished: readonly PlannedShard[];
  /** Tasks counted so far. */
  readonly counted: number;
  /** On average. */
  readonly tasksPerShard: number;
  /** Workers of epochs before that still end their tasks. */
  readonly ending: number;
}

/** Looks at the blocks. Raises the totals as a worker would. */
async function lookAtBlocks(deps: EngineDependencies, { jobId, epoch }: TurnInput): Promise<Left> {
  const plan = await readPlan(deps.work, jobId);
  if (plan === undefined) throw new Error(`job ${jobId} is Active and has no plan`);
  const blocks = await deps.progress.listBlocks(jobId);
  const expected = Math.ceil(plan.shards / SHARDS_PER_BLOCK);
  if (blocks.length !== expected) throw new Error(`job ${jobId} has ${blocks.length} blocks, should have ${expected}`);
  const totals = sumOf(blocks, deps.clock.now());
  await deps.jobs.raiseTotals(jobId, totals);
  const finished = new Set(blocks.flatMap((block) => [...block.done]));
  const unfinished = [...shardsOf(jobId, plan)].filter(({ shard }) => !finished.has(shard));
  const positions = blocks.flatMap(({ parts }) => [...parts.values()]);
  const ending = positions.filter((position) => isWorkedOnBefore(position, epoch, deps.clock.now())).length;
  return { unfinished, counted: totals.succeeded + totals.failed, tasksPerShard: plan.tasks / plan.shards, ending };
}

/** All tasks are counted: to the report, as complete or, if the threshold was crossed at the very end, as failed. */
async function finish(deps: EngineDependencies, input: TurnInput, state: JobState): Promise<TurnOutput> {
  const totals = await deps.jobs.getTotals(input.jobId);
  if (await failAtThreshold(deps, state, totals)) return done(input);
  if ((await moveJob(deps, input.jobId, input.epoch, 'Completing')) !== undefined) {
    await deps.callScheduler(input.jobId);
  }
  return done(input);
}

/** What a turn leaves with its wave for the turn after it, as the CSV's metadata. */
interface WaveNotes {
  /** Tasks of the job counted when the wave was planned. */
  readonly counted: number;
  /** Epoch milliseconds. */
  readonly plannedAt: number;
  readonly workers: number;
}

/** The notes of the wave that the turn before this one planned; undefined if it planned none. */
async function lastWave(deps: EngineDependencies, input: TurnInput): Promise<WaveNotes | undefined> {
  if (input.turn === 0) return undefined;
  const before = await deps.work.head(itemsKey(input.jobId, 'run', input.epoch, input.turn - 1));
  if (before === undefined) return undefined;
  const number = (name: string): number => Number(before.metadata[name]);
  return { counted: number('counted'), plannedAt: number('planned-at'), workers: number('workers') };
}

/** Whether a task that takes longer than an invocation got on since then: that moves the job, and counts nothing yet. */
async function gotOn(deps: EngineDependencies, jobId: string, since: number): Promise<boolean> {
  const mark = await deps.work.head(unfinishedKey(jobId));
  return Number(mark?.metadata['at'] ?? 0) >= since;
}

/** Milliseconds that a shard took a worker in the last wave; undefined where that was not to be seen. */
function shardMilliseconds(last: WaveNotes | undefined, left: Left, now: number): number | undefined {
  if (last === undefined || left.counted <= last.counted) return undefined;
  const shards = (left.counted - last.counted) / left.tasksPerShard;
  return ((now - last.plannedAt) * last.workers) / shards;
}

/** A line for the wave: each of the first, and then some, for a log is read by people. */
async function logWave(deps: EngineDependencies, { jobId, epoch, turn }: TurnInput, text: string): Promise<void> {
  if (turn >= LOGGED_WAVES && turn % LOGGED_WAVES !== 0) return;
  const at = new Date(deps.clock.now()).toISOString();
  await deps.jobs.putEvents(jobId, [{ id: `w${epoch}-${turn}`, at, kind: 'Wave', text: `Wave ${turn + 1}: ${text}` }]);
}

async function planWave(
  deps: RunDependencies,
  input: TurnInput,
  state: JobState,
  left: Left,
  last: WaveNotes | undefined,
): Promise<TurnOutput> {
  const now = deps.clock.now();
  const { shares } = await deps.jobs.getSchedule();
  const lanes = lanesOf(shares[input.jobId]?.workers ?? 1, laneNeedsOf(deps.operation(state.operation), state));
  // While something keeps the whole job from going on, one worker is enough to find out whether it still does.
  const mayHave = state.trouble === undefined ? lanes.workers : 1;
  // Invocations that a worker of an epoch before waits for count too, and last minutes; all else ends at once.
  const workers = state.mostInvocations === undefined ? mayHave : mayHave - left.ending;
  if (workers < 1) return wait(input, STANDSTILL_SECONDS);
  const size = state.trouble === undefined ? waveSize(workers, shardMilliseconds(last, left, now)) : 1;
  const wave = strided(left.unfinished, workers).slice(0, size);
  const items = itemsKey(input.jobId, 'run', input.epoch, input.turn);
  const notes = { counted: String(left.counted), 'planned-at': String(now), workers: String(workers) };
  await deps.work.put(items, waveCsv(wave, lanes.concurrency), notes);
  await logWave(
    deps,
    input,
    `${wave.length} of ${left.unfinished.length} unfinished shards, workers at most: ${workers}`,
  );
  return map(input, { items, concurrency: workers, deadline: now + WAVE_DEADLINE_MILLISECONDS });
}
