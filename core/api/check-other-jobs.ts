import type { After } from '../job/after.ts';
import type { DroverOptions } from '../job/request.ts';
import { hasEnded } from '../job/status.ts';
import { selectedTasks, type TasksOf, USUAL_SELECTION } from '../job/task-selection.ts';
import { InvalidInput } from '../validation/invalid-input.ts';
import { ApiError } from './api-error.ts';
import type { ApiContext } from './context.ts';
import { shownJob } from './find-job.ts';

/**
 * Whether the jobs that a request names are there, and have the tasks that it takes from them.
 *
 * @throws ApiError NotFoundException, or JobStatusException where tasks are wanted of a job that goes on; InvalidInput
 *   where it has none of them.
 */
export async function checkOtherJobs(options: DroverOptions | undefined, context: ApiContext): Promise<void> {
  if (options?.TasksOf !== undefined) await checkTasksOf(options.TasksOf, context);
  if (options?.After !== undefined) await checkAfter(options.After, context);
}

async function checkAfter({ JobIds, Manifest: manifest }: After, context: ApiContext): Promise<void> {
  for (const [index, id] of JobIds.entries()) {
    const { stored } = shownJob(await context.jobs.getJob(id), id, context);
    if (manifest !== 'Report' || stored.request.Report.Enabled) continue;
    throw new InvalidInput([
      { path: `Drover.After.JobIds[${index}]`, says: `must have a report, for Manifest is Report: job ${id} has none` },
    ]);
  }
}

async function checkTasksOf({ JobId, Tasks = USUAL_SELECTION }: TasksOf, context: ApiContext): Promise<void> {
  const { state, totals } = shownJob(await context.jobs.getJob(JobId), JobId, context);
  if (!hasEnded(state.status)) {
    throw new ApiError(
      'JobStatusException',
      `Job ${JobId} is ${state.status}: which of its tasks failed, and which were never reached, is known once it has ended. Drover.After waits for that.`,
    );
  }
  const tasks = state.totalTasks ?? 0;
  if (tasks === 0) {
    throw noTasks('names a job that has no tasks: it ended before its manifest was read');
  }
  if (selectedTasks(state, totals, Tasks) === 0) {
    const counts = `of ${tasks} tasks ${totals.succeeded} succeeded and ${totals.failed} failed`;
    throw noTasks(`asks for the tasks ${Tasks} of a job that has none of them: ${counts}`);
  }
}

function noTasks(says: string): InvalidInput {
  return new InvalidInput([{ path: 'Drover.TasksOf', says }]);
}
