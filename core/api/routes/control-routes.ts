import { z } from 'zod';
import { failureThreshold, maxWorkers, rateLimit } from '../../job/request.ts';
import { jobId, jobPriority, statusUpdateReason } from '../../job/scalars.ts';
import { REQUESTED_JOB_STATUSES } from '../../job/status.ts';
import { check } from '../../validation/check.ts';
import { pauseJob, resumeJob } from '../pause-job.ts';
import { emptyResult, updateJobPriorityResult, updateJobStatusResult } from '../results.ts';
import { updateJobLimits } from '../update-job-limits.ts';
import { updateJobPriority } from '../update-job-priority.ts';
import { updateJobStatus } from '../update-job-status.ts';
import { jobOnly, numeric, once, textual } from './members.ts';
import type { Route, RouteInput } from './route.ts';

const priorityInput = z.strictObject({ JobId: jobId, Priority: jobPriority });
const statusInput = z.strictObject({
  JobId: jobId,
  RequestedJobStatus: z.enum(REQUESTED_JOB_STATUSES),
  StatusUpdateReason: statusUpdateReason.optional(),
});
const pauseInput = z.strictObject({ JobId: jobId, StatusUpdateReason: statusUpdateReason.optional() });
/** What is left out stays as it is; null takes a limit away. */
const limitsInput = z.strictObject({
  RateLimit: rateLimit.nullable().optional(),
  MaxWorkers: maxWorkers.nullable().optional(),
  FailureThreshold: failureThreshold.nullable().optional(),
});

/** What callers ask of a job that is there. */
export const CONTROL_ROUTES: readonly Route[] = [
  {
    operation: 'UpdateJobPriority',
    method: 'POST',
    path: '/jobs/{JobId}/priority',
    invalid: 'BadRequestException',
    result: 'UpdateJobPriorityResult',
    schema: updateJobPriorityResult,
    run: (input, context) =>
      updateJobPriority(
        check(priorityInput, { ...input.path, ...numeric('Priority', once(input, 'priority')) }),
        context,
      ),
  },
  {
    operation: 'UpdateJobStatus',
    method: 'POST',
    path: '/jobs/{JobId}/status',
    invalid: 'BadRequestException',
    result: 'UpdateJobStatusResult',
    schema: updateJobStatusResult,
    run: (input, context) => updateJobStatus(check(statusInput, statusMembers(input)), context),
  },
  {
    operation: 'PauseJob',
    method: 'POST',
    path: '/jobs/{JobId}/pause',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: updateJobStatusResult,
    run: (input, context) => {
      const reason = textual('StatusUpdateReason', once(input, 'statusUpdateReason'));
      return pauseJob(check(pauseInput, { ...input.path, ...reason }), context);
    },
  },
  {
    operation: 'ResumeJob',
    method: 'POST',
    path: '/jobs/{JobId}/resume',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: updateJobStatusResult,
    run: ({ path }, context) => resumeJob(check(jobOnly, path), context),
  },
  {
    operation: 'UpdateJobLimits',
    method: 'POST',
    path: '/jobs/{JobId}/limits',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: ({ path, document }, context) => {
      const limits = check(limitsInput, document('UpdateJobLimitsRequest', limitsInput));
      return updateJobLimits({ ...check(jobOnly, path), ...limits }, context);
    },
  },
];

function statusMembers(input: RouteInput): Record<string, unknown> {
  return {
    ...input.path,
    ...textual('RequestedJobStatus', once(input, 'requestedJobStatus')),
    ...textual('StatusUpdateReason', once(input, 'statusUpdateReason')),
  };
}
