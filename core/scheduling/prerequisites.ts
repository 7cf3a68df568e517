import { type After, type Condition, selectionAfter } from '../job/after.ts';
import type { JobState } from '../job/records.ts';
import { hasEnded, type JobStatus } from '../job/status.ts';
import { selectedTasks } from '../job/task-selection.ts';
import { change, transition } from '../job/transition.ts';
import type { SchedulerDependencies } from './schedule.ts';

/**
 * Lets the jobs go on that waited for others which have ended by now (`Drover.After`), and ends those that have nothing
 * to do: Cancelled, with the reason. One write decides; what follows from it any later call does again.
 */
export async function releaseWaiting(deps: SchedulerDependencies, open: readonly JobState[]): Promise<void> {
  for (const state of open) {
    if (state.waitsFor !== undefined) await release(deps, state, state.waitsFor);
  }
}

async function release(deps: SchedulerDependencies, state: JobState, after: After): Promise<void> {
  const needless = await needlessFor(deps, after);
  if (needless === 'unknown') return;
  const next =
    needless === undefined
      ? change(state, { waitsFor: undefined })
      : transition(state, 'Cancelling', new Date(deps.clock.now()), { statusUpdateReason: needless });
  if (!(await deps.jobs.updateState(next))) return;
  await deps.executions.start(state.jobId, needless === undefined ? 'prepare' : 'report', next.epoch);
}

/** Why a job has nothing to do; undefined where it has; unknown until all that it waits for have ended. */
async function needlessFor(deps: SchedulerDependencies, after: After): Promise<string | 'unknown' | undefined> {
  const { JobIds, On: condition = 'Complete', Manifest: manifest } = after;
  const before = await deps.jobs.getStates(JobIds);
  if (before.some(({ status }) => !hasEnded(status))) return 'unknown';
  const gone = JobIds.find((id) => !before.some(({ jobId }) => jobId === id));
  if (gone !== undefined) return `Nothing to do: job ${gone}, whose end it waited for, is not kept any more.`;
  const unmet = unmetBy(condition, before);
  if (unmet !== undefined) return unmet;
  return manifest === undefined ? undefined : await tasklessFor(deps, before, manifest);
}

function unmetBy(condition: Condition, before: readonly JobState[]): string | undefined {
  const other = (status: JobStatus): JobState | undefined => before.find((state) => state.status !== status);
  if (condition === 'Complete') {
    const unmet = other('Complete');
    return unmet && `Nothing to do: job ${unmet.jobId} ended ${unmet.status}, and Drover.After.On is Complete.`;
  }
  if (condition === 'Failed' && before.every(({ status }) => status !== 'Failed')) {
    return `Nothing to do: job ${before[0]?.jobId} ended ${before[0]?.status}, and Drover.After.On is Failed.`;
  }
  return undefined;
}

async function tasklessFor(
  deps: SchedulerDependencies,
  before: readonly JobState[],
  manifest: NonNullable<After['Manifest']>,
): Promise<string | undefined> {
  for (const state of before) {
    const stored = await deps.jobs.getRequest(state.jobId);
    const selection = selectionAfter(manifest, stored?.request.Report.ReportScope);
    if (selectedTasks(state, await deps.jobs.getTotals(state.jobId), selection) > 0) return undefined;
  }
  return `Nothing to do: job ${before[0]?.jobId} has none of the tasks that Drover.After.Manifest asks for, ${manifest}.`;
}
