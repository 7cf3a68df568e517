import { forEachBounded } from '../engine/bounded.ts';
import type { EngineDependencies } from '../engine/dependencies.ts';
import { moveJob } from '../engine/job-changes.ts';
import { refreshTotals, SUM_EVERY_MILLISECONDS } from '../engine/totals.ts';
import { jobPrefix } from '../engine/work-keys.ts';
import { initialState } from '../job/initial-state.ts';
import type { JobState } from '../job/records.ts';
import { retentionStart } from '../job/retention.ts';
import { hasEnded, type JobStatus, stageOf } from '../job/status.ts';
import { nextEpoch } from '../job/transition.ts';
import type { Executions } from '../stores/executions.ts';
import { workersOf } from './capacity.ts';

export interface SweeperDependencies extends EngineDependencies {
  readonly executions: Executions;
  /** Concurrent Lambda executions that the account may have in this Region. */
  readonly accountConcurrency: () => Promise<number>;
}

/** A job that has not moved for so long, and whose execution has ended, is given a new one. */
const STANDSTILL_MILLISECONDS = 60_000;

/** Jobs that wait for confirmation fail after 30 days (User Guide, batch-ops-create-job). */
const CONFIRMATION_MILLISECONDS = 30 * 86_400_000;

/** A job whose creation was interrupted is completed after so long: its creator may still be at it. */
const CREATION_MILLISECONDS = 60_000;

/** For so long after the beginning of a pause its counts are added up again, in some sweeps. */
const COUNTED_AGAIN_MILLISECONDS = 3 * 60_000;

/** Jobs deleted in one sweep, and old news. */
const DELETIONS = 20;

/** News of all jobs are for those who follow them; a job's own log stays as long as the job. */
const NEWS_KEPT_MILLISECONDS = 7 * 86_400_000;

/**
 * What happens each minute: measures the account's capacity, puts jobs that stand still back on their way, fails what
 * waited too long for confirmation, deletes what is past its retention, and lets the scheduler look at everything.
 */
export async function sweep(deps: SweeperDependencies): Promise<void> {
  await attempt(deps, 'measure the capacity', async () => {
    await deps.jobs.putCapacity(workersOf(await deps.accountConcurrency()));
  });
  await attempt(deps, 'look at open jobs', async () => {
    const jobIds = await deps.jobs.openJobIds();
    await forEachBounded(jobIds, 8, (jobId) => attempt(deps, `sweep job ${jobId}`, () => sweepJob(deps, jobId)));
  });
  await deps.callScheduler();
  await deleteExpired(deps);
  await attempt(deps, 'forget old news', async () => {
    const before = new Date(deps.clock.now() - NEWS_KEPT_MILLISECONDS).toISOString();
    await deps.jobs.deleteNews(before, DELETIONS);
  });
}

/** What fails for one job, or in one step, must not keep the rest from theirs: the next minute brings another try. */
async function attempt(deps: SweeperDependencies, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    deps.log(`the sweeper could not ${what}`, { error: String(error) });
  }
}

function isPause(status: JobStatus): boolean {
  return status === 'Pausing' || status === 'Paused';
}

async function sweepJob(deps: SweeperDependencies, jobId: string): Promise<void> {
  const state = await deps.jobs.getState(jobId);
  if (state === undefined) return await completeCreation(deps, jobId);
  const now = deps.clock.now();
  // The scheduler, which the sweep calls, tells of its end and closes it.
  if (hasEnded(state.status)) return;
  if (state.status === 'Suspended' && now - Date.parse(state.statusSince) > CONFIRMATION_MILLISECONDS) {
    return await expire(deps, state);
  }
  if (isPause(state.status) && now - Date.parse(state.statusSince) < COUNTED_AGAIN_MILLISECONDS) {
    // Its last workers may have counted just after another had added up, and no turn follows before it is resumed.
    await refreshTotals(deps, state, SUM_EVERY_MILLISECONDS);
  }
  const stage = stageOf(state.status);
  // One that waits for others the scheduler looks at in each of its calls.
  if (stage === undefined || state.waitsFor !== undefined) return;
  const execution = await deps.executions.status(jobId, stage, state.epoch);
  if (execution === 'running') return;
  if (execution === 'ended') {
    const { summedAt } = await deps.jobs.getTotals(jobId);
    if (now - Math.max(Date.parse(state.statusSince), summedAt) < STANDSTILL_MILLISECONDS) return;
    deps.log('execution ended and its job did not: the next epoch takes over', { jobId, epoch: state.epoch });
    if (!(await deps.jobs.updateState(nextEpoch(state)))) return;
  }
  await deps.callScheduler(jobId);
}

/** CreateJob died between the request and the state: the request is there, so the job is. Without one there is none. */
async function completeCreation(deps: SweeperDependencies, jobId: string): Promise<void> {
  const stored = await deps.jobs.getRequest(jobId);
  if (stored === undefined) return;
  if (deps.clock.now() - Date.parse(stored.createdAt) < CREATION_MILLISECONDS) return;
  await deps.jobs.createJob(stored, initialState(stored), stored.request.Tags ?? []);
  await deps.callScheduler(jobId);
}

async function expire(deps: SweeperDependencies, state: JobState): Promise<void> {
  await moveJob(deps, state.jobId, state.epoch, 'Failed', {
    failureReasons: [
      { FailureCode: 'JobExpired', FailureReason: 'The job was not confirmed within 30 days of its suspension.' },
    ],
  });
}

async function deleteExpired(deps: SweeperDependencies): Promise<void> {
  const before = retentionStart(new Date(deps.clock.now())).toISOString();
  for (const closed of await deps.jobs.closedJobs(before, DELETIONS)) {
    await attempt(deps, `delete job ${closed.jobId}`, async () => {
      await deps.work.deletePrefix(jobPrefix(closed.jobId));
      await deps.progress.deleteBlocks(closed.jobId);
      await deps.jobs.deleteJob(closed);
    });
  }
}
