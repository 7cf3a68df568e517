import { hasEnded } from '../job/status.ts';
import { type TaskSelection, type TasksOf, USUAL_SELECTION } from '../job/task-selection.ts';
import { InvalidInput } from '../validation/invalid-input.ts';
import { ApiError } from './api-error.ts';
import type { ApiContext } from './context.ts';
import { shownJob } from './find-job.ts';

/**
 * Whether a job can be made of these tasks of another.
 *
 * @throws ApiError NotFoundException, or JobStatusException while the job goes on; InvalidInput where it has none.
 */
export async function checkTasksOf({ JobId, Tasks = USUAL_SELECTION }: TasksOf, context: ApiContext): Promise<void> {
  const { state, totals } = shownJob(await context.jobs.getJob(JobId), JobId, context);
  if (!hasEnded(state.status)) {
    throw new ApiError(
      'JobStatusException',
      `Job ${JobId} is ${state.status}: which of its tasks failed, and which were never reached, is known once it has ended.`,
    );
  }
  const tasks = state.totalTasks ?? 0;
  if (tasks === 0) {
    throw notThere('names a job that has no tasks: it ended before its manifest was read');
  }
  const { succeeded, failed } = totals;
  const selected: Readonly<Record<TaskSelection, number>> = {
    All: tasks,
    Succeeded: succeeded,
    Failed: failed,
    Unreached: tasks - succeeded - failed,
    NotSucceeded: tasks - succeeded,
  };
  if (selected[Tasks] === 0) {
    const counts = `of ${tasks} tasks ${succeeded} succeeded and ${failed} failed`;
    throw notThere(`asks for the tasks ${Tasks} of a job that has none of them: ${counts}`);
  }
}

function notThere(says: string): InvalidInput {
  return new InvalidInput([{ path: 'Drover.TasksOf', says }]);
}
