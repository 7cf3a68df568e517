import { z } from 'zod';
import { JOB_TAGS_MAXIMUM } from '../../job/request.ts';
import { tagSet } from '../../job/scalars.ts';
import { check } from '../../validation/check.ts';
import { ApiError } from '../api-error.ts';
import { deleteJobTagging } from '../delete-job-tagging.ts';
import { getJobTagging } from '../get-job-tagging.ts';
import { putJobTagging } from '../put-job-tagging.ts';
import { emptyResult, getJobTaggingResult } from '../results.ts';
import { jobOnly } from './members.ts';
import type { Route } from './route.ts';

const tagsInput = z.strictObject({ Tags: tagSet(JOB_TAGS_MAXIMUM) });

/** The tags of jobs. */
export const TAGGING_ROUTES: readonly Route[] = [
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
];

function refuseTooManyTags(body: unknown): void {
  const tags: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'Tags') : undefined;
  if (Array.isArray(tags) && tags.length > JOB_TAGS_MAXIMUM) {
    throw new ApiError(
      'TooManyTagsException',
      `A job can have ${JOB_TAGS_MAXIMUM} tags, but ${tags.length} are given.`,
    );
  }
}
