import type { FailureThreshold } from './records.ts';
import type { FailureThresholdRequest } from './request.ts';

/** S3's own (User Guide, batch-ops-job-status): at least 1,000 tasks, more than 50 %. */
export const USUAL_FAILURE_THRESHOLD: FailureThreshold = { minimumTasks: 1_000, percent: 50 };

/** The threshold that a request asks for; a number that it leaves out is S3's. */
export function thresholdOf({ MinimumTasks, Percent }: FailureThresholdRequest): FailureThreshold {
  return {
    minimumTasks: MinimumTasks ?? USUAL_FAILURE_THRESHOLD.minimumTasks,
    percent: Percent ?? USUAL_FAILURE_THRESHOLD.percent,
  };
}
