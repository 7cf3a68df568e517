import type { OperationName } from '../job/operation-name.ts';
import type { JobState } from '../job/records.ts';
import type { Operation } from '../operations/operation.ts';
import { SHARDS_PER_BLOCK } from '../stores/progress-store.ts';
import type { EngineDependencies } from './dependencies.ts';
import { failJob, handOver, moveJob, troubledTooLong } from './job-changes.ts';
import { type PlannedShard, readPlan, shardsOf } from './plan.ts';
import { failAtThreshold, sumOf } from './totals.ts';
import { done, map, type TurnInput, type TurnOutput, wait } from './turn.ts';
import { lanesOf, strided, waveCsv, waveSize } from './wave.ts';
import { itemsKey } from './work-keys.ts';

export interface RunDependencies extends EngineDependencies {
  /** How the operation of a job runs. */
  readonly operation: (name: OperationName) => Pick<Operation, 'concurrency' | 'invokesFunctions'>;
}

/** An execution hands over to the next epoch after so many turns: its history ends at 25,000 events. */
export const TURNS_PER_EXECUTION = 200;

/** How long to wait after a wave that moved nothing, in seconds: workers that only wait cost more than the work. */
const STANDSTILL_SECONDS = 15;

/** A wave's workers give up their places after so long; what they did not finish comes back in the next wave. */
const WAVE_DEADLINE_MILLISECONDS = 15 * 60_000;

/**
 * One turn of RunJob: looks at the blocks and plans a wave of what is left, or, when nothing is, sends the job to its
 * report. What a turn decides follows from tables and files only.
 */
export async function runTurn(deps: RunDependencies, input: TurnInput): Promise<TurnOutput> {
  const state = await deps.jobs.getState(input.jobId);
  if (state?.epoch !== input.epoch || state.status !== 'Active') return done(input);
  if (state.trouble !== undefined && troubledTooLong(state.trouble, deps.clock.now())) {
    await failJob(deps, input.jobId, input.epoch, state.trouble);
    return done(input);
  }
  const { unfinished, counted } = await lookAtBlocks(deps, input);
  if (unfinished.length === 0) return await finish(deps, input);
  if (input.turn >= TURNS_PER_EXECUTION) {
    await handOver(deps, state);
    return done(input);
  }
  if (await stoodStill(deps, input, counted)) return wait(input, STANDSTILL_SECONDS);
  return await planWave(deps, input, state, unfinished, counted);
}

/** The shards that are not done, and the tasks counted so far. Raises the totals as a worker would. */
async function lookAtBlocks(
  deps: EngineDependencies,
  { jobId }: TurnInput,
): Promise<{ readonly unfinished: PlannedShard[]; readonly counted: number }> {
  const plan = await readPlan(deps.work, jobId);
  if (plan === undefined) throw new Error(`job ${jobId} is Active and has no plan`);
  const blocks = await deps.progress.listBlocks(jobId);
  const expected = Math.ceil(plan.shards / SHARDS_PER_BLOCK);
  if (blocks.length !== expected) throw new Error(`job ${jobId} has ${blocks.length} blocks, should have ${expected}`);
  const totals = sumOf(blocks, deps.clock.now());
  await deps.jobs.raiseTotals(jobId, totals);
  const finished = new Set(blocks.flatMap((block) => [...block.done]));
  const unfinished = [...shardsOf(jobId, plan)].filter(({ shard }) => !finished.has(shard));
  return { unfinished, counted: totals.succeeded + totals.failed };
}

/** All tasks are counted: to the report, as complete or, if the threshold was crossed at the very end, as failed. */
async function finish(deps: EngineDependencies, input: TurnInput): Promise<TurnOutput> {
  const totals = await deps.jobs.getTotals(input.jobId);
  if (await failAtThreshold(deps, input.jobId, input.epoch, totals)) return done(input);
  if ((await moveJob(deps, input.jobId, input.epoch, 'Completing')) !== undefined) {
    await deps.callScheduler(input.jobId);
  }
  return done(input);
}

/** Whether the turn before this one planned a wave and nothing was counted since. */
async function stoodStill(deps: EngineDependencies, input: TurnInput, counted: number): Promise<boolean> {
  if (input.turn === 0) return false;
  const before = await deps.work.head(itemsKey(input.jobId, 'run', input.epoch, input.turn - 1));
  return before !== undefined && Number(before.metadata['counted']) === counted;
}

async function planWave(
  deps: RunDependencies,
  input: TurnInput,
  state: JobState,
  unfinished: readonly PlannedShard[],
  counted: number,
): Promise<TurnOutput> {
  const { shares } = await deps.jobs.getSchedule();
  const lanes = lanesOf(shares[input.jobId]?.workers ?? 1, deps.operation(state.operation));
  // While something keeps the whole job from going on, one worker is enough to find out whether it still does.
  const workers = state.trouble === undefined ? lanes.workers : 1;
  const wave = strided(unfinished, workers).slice(0, state.trouble === undefined ? waveSize(workers) : 1);
  const items = itemsKey(input.jobId, 'run', input.epoch, input.turn);
  await deps.work.put(items, waveCsv(wave, lanes.concurrency), { counted: String(counted) });
  return map(input, { items, concurrency: workers, deadline: deps.clock.now() + WAVE_DEADLINE_MILLISECONDS });
}
