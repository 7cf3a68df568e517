import type { JobRequest } from '../../job/request.ts';

/** Where a request says that its operation's values have placeholders. */
export const TASK_PARAMETERS = 'Drover.TaskParameters';

/** Whether `${…}` in the operation's values stands for what the manifest says of each task. */
export function hasTaskParameters({ Drover: options }: Pick<JobRequest, 'Drover'>): boolean {
  return options?.TaskParameters === true;
}
