import type { z } from 'zod';
import { getObjectTaggingRequest, putObjectTaggingRequest, sameTags, tagsIn } from '../s3/requests/object-tagging.ts';
import { counted } from './counted.ts';
import { SMALL_REQUESTS_IN_FLIGHT } from './in-flight.ts';
import type { Operation } from './operation.ts';
import { s3Failed, s3Result } from './s3-result.ts';
import { PARAMETERS } from './schema.ts';

const parameters = PARAMETERS.S3PutObjectTagging;

export const putObjectTagging: Operation<z.infer<typeof parameters>> = {
  name: 'S3PutObjectTagging',
  summary: 'Replaces all tags of each object.',
  schema: parameters,
  roleActions: ['s3:PutObjectTagging', 's3:PutObjectVersionTagging'],
  examineActions: ['s3:GetObjectTagging', 's3:GetObjectVersionTagging'],
  concurrency: SMALL_REQUESTS_IN_FLIGHT,
  invokesFunctions: false,
  repetition: 'Sets the same tags again: nothing changes, unless somebody else set others in between.',
  differences: [],
  knowsUnchanged: true,
  tasksPerShard: () => 5_000,
  requestsPerTask: () => ({ writes: 1 }),
  async examine(task, { TagSet }, { s3, signal }) {
    const reply = await s3.send(getObjectTaggingRequest(task), signal);
    if (!reply.ok) return { finding: 'failure', result: s3Failed(reply) };
    const tags = tagsIn(reply.body);
    if (sameTags(tags, TagSet)) return { finding: 'unchanged' };
    return { finding: 'change', says: `Would replace ${counted(tags.length, 'tag')} by ${TagSet.length}` };
  },
  async execute(task, { TagSet }, { s3, signal }) {
    return s3Result(await s3.send(putObjectTaggingRequest(task, TagSet), signal));
  },
};
