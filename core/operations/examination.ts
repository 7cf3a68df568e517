import { succeeded, type TaskResult } from './task-result.ts';

/** What an operation finds when it looks at a task's object without changing anything. */
export type Examination =
  /** `says`: what the task would do, a sentence without its full stop: "Would replace 2 tags by 1". */
  | { readonly finding: 'change'; readonly says: string }
  /** The object already is as the task would leave it. `says`: what a dry run says of that, unless "Unchanged". */
  | { readonly finding: 'unchanged'; readonly says?: string }
  /** The task would fail, with this line in the report. */
  | { readonly finding: 'failure'; readonly result: TaskResult };

/** What a report says of a task that was left out because there was nothing to do. */
export const UNCHANGED: TaskResult = succeeded('Unchanged');

/** The report line of a dry run. */
export function dryRunResult(examination: Examination): TaskResult {
  switch (examination.finding) {
    case 'change':
      return succeeded(examination.says);
    case 'unchanged':
      return examination.says === undefined ? UNCHANGED : succeeded(examination.says);
    case 'failure':
      return examination.result;
  }
}
