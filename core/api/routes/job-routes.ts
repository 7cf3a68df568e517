import { z } from 'zod';
import { checkEstimateInput, estimateInput } from '../../estimate/estimate-request.ts';
import { checkJobRequest } from '../../job/check-request.ts';
import { jobRequest } from '../../job/request.ts';
import { text } from '../../job/scalars.ts';
import { JOB_STATUSES } from '../../job/status.ts';
import { check } from '../../validation/check.ts';
import { completeClone } from '../clone-request.ts';
import { createJob } from '../create-job.ts';
import { describeJob } from '../describe-job.ts';
import { estimate } from '../estimate.ts';
import { listJobs, MAX_RESULTS } from '../list-jobs.ts';
import { createJobResult, describeJobResult, emptyResult, listJobsResult } from '../results.ts';
import { jobOnly, numeric, once, textual } from './members.ts';
import type { Route, RouteInput } from './route.ts';

const listInput = z.strictObject({
  JobStatuses: z.array(z.enum(JOB_STATUSES)),
  MaxResults: z.int().min(0).max(MAX_RESULTS).optional(),
  NextToken: text(1, 1024).optional(),
});

/** Jobs: to be estimated, made and looked at. */
export const JOB_ROUTES: readonly Route[] = [
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
    operation: 'Estimate',
    method: 'POST',
    path: '/estimates',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: ({ document }, context) => estimate(checkEstimateInput(document('EstimateRequest', estimateInput)), context),
  },
];

function listMembers(input: RouteInput): Record<string, unknown> {
  return {
    JobStatuses: input.query('jobStatuses'),
    ...numeric('MaxResults', once(input, 'maxResults')),
    ...textual('NextToken', once(input, 'nextToken')),
  };
}
