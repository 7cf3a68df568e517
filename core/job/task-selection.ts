import { z } from 'zod';
import { jobId } from './scalars.ts';

/** Which tasks of a job that has ended: by how they ended, or those that were never reached. */
export const TASK_SELECTIONS = ['All', 'Succeeded', 'Failed', 'Unreached', 'NotSucceeded'] as const;
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
