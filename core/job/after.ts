import { z } from 'zod';
import type { JobState } from './records.ts';
import { jobId } from './scalars.ts';
import type { TaskSelection } from './task-selection.ts';

/** Jobs that one job waits for, at most. */
const JOBS_MAXIMUM = 20;

/** How the jobs before it must have ended for a job to begin. */
export const CONDITIONS = ['Complete', 'Failed', 'Any'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** Which of their tasks are its tasks, where it has no manifest of its own. */
export const AFTER_MANIFESTS = ['FailedTasks', 'SucceededTasks', 'NotSucceededTasks', 'Report', 'Same'] as const;
export type AfterManifest = (typeof AFTER_MANIFESTS)[number];

/** `Drover.After`: a job that begins when others have ended. */
export const after = z.strictObject({
  JobIds: z.array(jobId).min(1).max(JOBS_MAXIMUM),
  /** All of them Complete (where left out), at least one of them Failed, or however they ended. */
  On: z.enum(CONDITIONS).optional(),
  /** Instead of a manifest. */
  Manifest: z.enum(AFTER_MANIFESTS).optional(),
});
export type After = z.infer<typeof after>;

/**
 * The tasks of an ended job that its successor takes. `Report` is what a report's lines would be: those carried out, or
 * of a report of failed tasks those that failed.
 */
export function selectionAfter(
  manifest: AfterManifest,
  scope: 'AllTasks' | 'FailedTasksOnly' = 'AllTasks',
): TaskSelection {
  switch (manifest) {
    case 'FailedTasks':
      return 'Failed';
    case 'SucceededTasks':
      return 'Succeeded';
    case 'NotSucceededTasks':
      return 'NotSucceeded';
    case 'Report':
      return scope === 'AllTasks' ? 'Executed' : 'Failed';
    case 'Same':
      return 'All';
    default:
      return manifest satisfies never;
  }
}

/** Says on a job that waits for others which they are; undefined for any other. */
export function afterText({ waitsFor }: JobState): string | undefined {
  if (waitsFor === undefined) return undefined;
  const {
    JobIds: [first, ...others],
  } = waitsFor;
  const more = others.length === 0 ? '' : ` and of ${others.length} more`;
  return `Waits for the end of job ${first}${more} (Drover.After)`;
}
