import { z } from 'zod';
import { checkEstimateInput, estimateInput } from '../estimate/estimate-request.ts';
import { checkJobRequest } from '../job/check-request.ts';
import { failureThreshold, JOB_TAGS_MAXIMUM, jobRequest, maxWorkers, rateLimit } from '../job/request.ts';
import { jobId, jobPriority, statusUpdateReason, tagSet, text } from '../job/scalars.ts';
import { JOB_STATUSES, REQUESTED_JOB_STATUSES } from '../job/status.ts';
import { triggerDefinition } from '../triggers/definition.ts';
import { check } from '../validation/check.ts';
import { InvalidInput } from '../validation/invalid-input.ts';
import { ApiError, type ErrorCode } from './api-error.ts';
import { completeClone } from './clone-request.ts';
import type { ServiceContext } from './context.ts';
import { createJob } from './create-job.ts';
import { deleteJobTagging } from './delete-job-tagging.ts';
import { describeJob } from './describe-job.ts';
import { estimate } from './estimate.ts';
import { getJobTagging } from './get-job-tagging.ts';
import { EVENTS_MAXIMUM, listEvents, listJobEvents } from './job-events.ts';
import { listJobs, MAX_RESULTS } from './list-jobs.ts';
import { pauseJob, resumeJob } from './pause-job.ts';
import { putJobTagging } from './put-job-tagging.ts';
import {
  createJobResult,
  describeJobResult,
  emptyResult,
  getJobTaggingResult,
  listJobsResult,
  updateJobPriorityResult,
  updateJobStatusResult,
} from './results.ts';
import {
  deleteTrigger,
  describeTrigger,
  enableTrigger,
  fireInput,
  fireTrigger,
  listTriggers,
  putTrigger,
  triggerOnly,
} from './triggers.ts';
import { updateJobLimits } from './update-job-limits.ts';
import { updateJobPriority } from './update-job-priority.ts';
import { updateJobStatus } from './update-job-status.ts';

/** What a route has of a request: members by their names in the model, read but not validated. */
export interface RouteInput {
  /** JobId, where the path has one. */
  readonly path: Readonly<Record<string, string>>;
  /** Members in the query, under the names that the query has them by; all values. */
  readonly query: (name: string) => readonly string[];
  /** The body. */
  readonly document: (root: string, schema: z.core.$ZodType) => unknown;
}

export interface Route {
  readonly operation: string;
  readonly method: string;
  /** Below `/v20180820`; `{JobId}` stands for one segment. */
  readonly path: string;
  /** The model's code for input that is not right. */
  readonly invalid: ErrorCode;
  /** Names of the XML root of the answer; none where the answer has no body. */
  readonly result?: string;
  /** Drover's own: S3 Control's clients do not know it, and it has no XML. */
  readonly jsonOnly?: true;
  readonly schema: z.core.$ZodType;
  readonly run: (input: RouteInput, context: ServiceContext) => Promise<unknown>;
}

const jobOnly = z.strictObject({ JobId: jobId });
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
const listInput = z.strictObject({
  JobStatuses: z.array(z.enum(JOB_STATUSES)),
  MaxResults: z.int().min(0).max(MAX_RESULTS).optional(),
  NextToken: text(1, 1024).optional(),
});
const eventsInput = z.strictObject({
  MaxResults: z.int().min(1).max(EVENTS_MAXIMUM).optional(),
  After: text(1, 256).optional(),
});
const tagsInput = z.strictObject({ Tags: tagSet(JOB_TAGS_MAXIMUM) });

/** The one table of what the API answers. */
export const ROUTES: readonly Route[] = [
  {
    operation: 'CreateJob',
    method: 'POST',
    path: '/jobs',
    invalid: 'BadRequestException',
    result: 'CreateJobResult',
    schema: createJobResult,
    run: async ({ document }, context) => {
      const raw = await completeClone(document('CreateJobRequest', jobRequest), context);
      return await createJob(checkJobRequest(raw), context);
    },
  },
  {
    operation: 'ListJobs',
    method: 'GET',
    path: '/jobs',
    invalid: 'InvalidRequestException',
    result: 'ListJobsResult',
    schema: listJobsResult,
    run: (input, context) => listJobs(check(listInput, listMembers(input)), context),
  },
  {
    operation: 'DescribeJob',
    method: 'GET',
    path: '/jobs/{JobId}',
    invalid: 'BadRequestException',
    result: 'DescribeJobResult',
    schema: describeJobResult,
    run: ({ path }, context) => describeJob(check(jobOnly, path), context),
  },
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
  {
    operation: 'ListJobEvents',
    method: 'GET',
    path: '/jobs/{JobId}/events',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: ({ path }, context) => listJobEvents(check(jobOnly, path), context),
  },
  {
    operation: 'ListEvents',
    method: 'GET',
    path: '/events',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: (input, context) => {
      const members = {
        ...numeric('MaxResults', once(input, 'maxResults')),
        ...textual('After', once(input, 'after')),
      };
      return listEvents(check(eventsInput, members), context);
    },
  },
  {
    operation: 'GetJobTagging',
    method: 'GET',
    path: '/jobs/{JobId}/tagging',
    invalid: 'BadRequestException',
    result: 'GetJobTaggingResult',
    schema: getJobTaggingResult,
    run: ({ path }, context) => getJobTagging(check(jobOnly, path), context),
  },
  {
    operation: 'PutJobTagging',
    method: 'PUT',
    path: '/jobs/{JobId}/tagging',
    invalid: 'BadRequestException',
    schema: emptyResult,
    run: ({ path, document }, context) => {
      const job = check(jobOnly, path);
      const body = document('PutJobTaggingRequest', tagsInput);
      refuseTooManyTags(body);
      return putJobTagging({ ...job, ...check(tagsInput, body) }, context);
    },
  },
  {
    operation: 'DeleteJobTagging',
    method: 'DELETE',
    path: '/jobs/{JobId}/tagging',
    invalid: 'BadRequestException',
    schema: emptyResult,
    run: ({ path }, context) => deleteJobTagging(check(jobOnly, path), context),
  },
  {
    operation: 'Estimate',
    method: 'POST',
    path: '/estimates',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: ({ document }, context) => estimate(checkEstimateInput(document('EstimateRequest', estimateInput)), context),
  },
  {
    operation: 'PutTrigger',
    method: 'PUT',
    path: '/triggers/{Name}',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: ({ path, document }, context) =>
      putTrigger(check(triggerOnly, path).Name, document('PutTriggerRequest', triggerDefinition), context),
  },
  {
    operation: 'ListTriggers',
    method: 'GET',
    path: '/triggers',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: (_input, context) => listTriggers(context),
  },
  {
    operation: 'DescribeTrigger',
    method: 'GET',
    path: '/triggers/{Name}',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: ({ path }, context) => describeTrigger(check(triggerOnly, path).Name, context),
  },
  {
    operation: 'DeleteTrigger',
    method: 'DELETE',
    path: '/triggers/{Name}',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: ({ path }, context) => deleteTrigger(check(triggerOnly, path).Name, context),
  },
  {
    operation: 'EnableTrigger',
    method: 'POST',
    path: '/triggers/{Name}/enable',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: ({ path }, context) => enableTrigger(check(triggerOnly, path).Name, true, context),
  },
  {
    operation: 'DisableTrigger',
    method: 'POST',
    path: '/triggers/{Name}/disable',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: ({ path }, context) => enableTrigger(check(triggerOnly, path).Name, false, context),
  },
  {
    operation: 'FireTrigger',
    method: 'POST',
    path: '/triggers/{Name}/fire',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: (input, context) => {
      const members = {
        ...input.path,
        ...textual('Key', once(input, 'key')),
        ...textual('ClientRequestToken', once(input, 'clientRequestToken')),
      };
      return fireTrigger(check(fireInput, members), context);
    },
  },
];

function listMembers(input: RouteInput): Record<string, unknown> {
  return {
    JobStatuses: input.query('jobStatuses'),
    ...numeric('MaxResults', once(input, 'maxResults')),
    ...textual('NextToken', once(input, 'nextToken')),
  };
}

function statusMembers(input: RouteInput): Record<string, unknown> {
  return {
    ...input.path,
    ...textual('RequestedJobStatus', once(input, 'requestedJobStatus')),
    ...textual('StatusUpdateReason', once(input, 'statusUpdateReason')),
  };
}

function once({ query }: RouteInput, name: string): string | undefined {
  const values = query(name);
  if (values.length > 1) throw new InvalidInput([{ path: name, says: `is given ${values.length} times` }]);
  return values[0];
}

function textual(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}

/** A text that is no whole number stays one, for the check to refuse. */
function numeric(name: string, value: string | undefined): Record<string, unknown> {
  if (value === undefined) return {};
  return { [name]: /^[+-]?\d{1,20}$/.test(value) ? Number(value) : value };
}

function refuseTooManyTags(body: unknown): void {
  const tags: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'Tags') : undefined;
  if (Array.isArray(tags) && tags.length > JOB_TAGS_MAXIMUM) {
    throw new ApiError(
      'TooManyTagsException',
      `A job can have ${JOB_TAGS_MAXIMUM} tags, but ${tags.length} are given.`,
    );
  }
}
