import type { JobState, JobTotals } from '../job/records.ts';
import { activeMilliseconds } from '../job/transition.ts';
import type { ProgressSummary } from './results.ts';

/** The counts and timers of a job. Before the manifest has been read there are no tasks yet. */
export function progressOf(state: JobState, totals: JobTotals, now: Date): ProgressSummary {
  return {
    TotalNumberOfTasks: state.totalTasks ?? 0,
    NumberOfTasksSucceeded: totals.succeeded,
    NumberOfTasksFailed: totals.failed,
    Timers: { ElapsedTimeInActiveSeconds: Math.floor(activeMilliseconds(state, now) / 1000) },
  };
}
