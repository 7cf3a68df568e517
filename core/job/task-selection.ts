import { z } from 'zod';
import type { JobState, JobTotals } from './records.ts';
import { jobId } from './scalars.ts';

/** Which tasks of a job that has ended: by how they ended (Executed: either way), or those that were never reached. */
const TASK_SELECTIONS = ['All', 'Succeeded', 'Failed', 'Executed', 'Unreached', 'NotSucceeded'] as const;
export type TaskSelection = (typeof TASK_SELECTIONS)[number];

/** What a retry is: what failed, and what was never reached. */
export const USUAL_SELECTION: TaskSelection = 'NotSucceeded';

/** `Drover.TasksOf`: instead of a manifest, tasks of a job that has ended. */
export const tasksOf = z.strictObject({
  JobId: jobId,
  /** NotSucceeded where left out. */
  Tasks: z.enum(TASK_SELECTIONS).optional(),
});
export type TasksOf = z.infer<typeof tasksOf>;

/** How many tasks of a job that has ended are selected. None where it ended before its manifest was read. */
export function selectedTasks(state: JobState, { succeeded, failed }: JobTotals, selection: TaskSelection): number {
  const tasks = state.totalTasks ?? 0;
  const counts: Readonly<Record<TaskSelection, number>> = {
    All: tasks,
    Succeeded: succeeded,
    Failed: failed,
    Executed: succeeded + failed,
    Unreached: tasks - succeeded - failed,
    NotSucceeded: tasks - succeeded,
  };
  return counts[selection];
}
