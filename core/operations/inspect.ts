import type { z } from 'zod';
import { explainHead } from '../s3/requests/explain-head.ts';
import { headObject } from '../s3/requests/head-object.ts';
import { getObjectTaggingRequest, type S3Tag, tagsIn } from '../s3/requests/object-tagging.ts';
import type { S3Refusal } from '../s3/s3-data-client.ts';
import { SMALL_REQUESTS_IN_FLIGHT } from './in-flight.ts';
import { describeObject } from './inspect/describe-object.ts';
import type { Operation, Task, TaskContext } from './operation.ts';
import { s3Failed } from './s3-result.ts';
import { PARAMETERS } from './schema.ts';

const parameters = PARAMETERS.Inspect;

export const inspect: Operation<z.infer<typeof parameters>> = {
  name: 'Inspect',
  summary: 'Writes what each object is into the report: size, storage class, encryption, tags, restore state and more.',
  schema: parameters,
  roleActions: [
    's3:GetObject',
    's3:GetObjectVersion',
    's3:GetObjectTagging',
    's3:GetObjectVersionTagging',
    's3:GetObjectRetention',
    's3:GetObjectLegalHold',
  ],
  concurrency: SMALL_REQUESTS_IN_FLIGHT,
  invokesFunctions: false,
  repetition: 'Reads the object again: nothing changes.',
  differences: [],
  knowsUnchanged: false,
  tasksPerShard: () => 5_000,
  // HEAD, and the tags of an object that has some.
  requestsPerTask: () => ({ reads: 2 }),
  async examine(task, _, context) {
    const found = await read(task, context);
    if (typeof found !== 'string') return { finding: 'failure', result: s3Failed(found) };
    return { finding: 'change', says: `Would report ${found}` };
  },
  async execute(task, _, context) {
    const found = await read(task, context);
    if (typeof found !== 'string') return s3Failed(found);
    // Not cut as other messages are: half a document is none. describeObject says how long it gets.
    return { status: 'succeeded', httpStatus: 200, errorCode: '', message: found };
  },
};

/** What the report says of the object. */
async function read(task: Task, { s3, signal }: TaskContext): Promise<string | S3Refusal> {
  const full = await headObject(s3, task, signal, { checksum: true });
  // Only its checksum needs the key of an object encrypted with KMS.
  const head = full.ok || full.httpStatus !== 403 ? full : await headObject(s3, task, signal);
  if (!head.ok) return await explainHead(s3, task, head, signal);
  let tags: readonly S3Tag[] = [];
  if (Number(head.headers['x-amz-tagging-count'] ?? 0) > 0) {
    // Of the version that was looked at, should another become the current one.
    const versionId = task.versionId ?? head.headers['x-amz-version-id'];
    const reply = await s3.send(
      getObjectTaggingRequest({ ...task, ...(versionId !== undefined && { versionId }) }),
      signal,
    );
    if (!reply.ok) return reply;
    tags = tagsIn(reply.body);
  }
  return describeObject(head.headers, tags);
}
