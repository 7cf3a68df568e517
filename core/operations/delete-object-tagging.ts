import type { z } from 'zod';
import { deleteObjectTaggingRequest, getObjectTaggingRequest, tagsIn } from '../s3/requests/object-tagging.ts';
import { counted } from './counted.ts';
import { SMALL_REQUESTS_IN_FLIGHT } from './in-flight.ts';
import type { Operation } from './operation.ts';
import { s3Failed, s3Result } from './s3-result.ts';
import { PARAMETERS } from './schema.ts';

const parameters = PARAMETERS.S3DeleteObjectTagging;

export const deleteObjectTagging: Operation<z.infer<typeof parameters>> = {
  name: 'S3DeleteObjectTagging',
  summary: 'Takes all tags off each object.',
  schema: parameters,
  roleActions: ['s3:DeleteObjectTagging', 's3:DeleteObjectVersionTagging'],
  examineActions: ['s3:GetObjectTagging', 's3:GetObjectVersionTagging'],
  concurrency: SMALL_REQUESTS_IN_FLIGHT,
  invokesFunctions: false,
  repetition: 'Finds no tags to take off: nothing changes, unless somebody else set some in between.',
  differences: [],
  knowsUnchanged: true,
  tasksPerShard: () => 5_000,
  requestsPerTask: () => ({ deletes: 1 }),
  async examine(task, _, { s3, signal }) {
    const reply = await s3.send(getObjectTaggingRequest(task), signal);
    if (!reply.ok) return { finding: 'failure', result: s3Failed(reply) };
    const { length } = tagsIn(reply.body);
    return length === 0
      ? { finding: 'unchanged' }
      : { finding: 'change', says: `Would take off ${counted(length, 'tag')}` };
  },
  async execute(task, _, { s3, signal }) {
    return s3Result(await s3.send(deleteObjectTaggingRequest(task), signal));
  },
};
