import type { z } from 'zod';
import { getObjectTaggingRequest, putObjectTaggingRequest, type S3Tag, tagsIn } from '../s3/requests/object-tagging.ts';
import type { S3Refusal } from '../s3/s3-data-client.ts';
import type { S3Object } from '../s3/s3-request.ts';
import type { Problem } from '../validation/invalid-input.ts';
import { counted } from './counted.ts';
import { UNCHANGED } from './examination.ts';
import { SMALL_REQUESTS_IN_FLIGHT } from './in-flight.ts';
import type { Operation, Task, TaskContext } from './operation.ts';
import { s3Failed, s3Result } from './s3-result.ts';
import { OBJECT_TAGS, PARAMETERS } from './schema.ts';
import { failed, type TaskResult } from './task-result.ts';

const parameters = PARAMETERS.MergeTags;
type Parameters = z.infer<typeof parameters>;

const PATH = 'Operation.Drover.MergeTags';

export const mergeTags: Operation<Parameters> = {
  name: 'MergeTags',
  summary: 'Adds, changes and takes off some tags of each object, and keeps the others.',
  schema: parameters,
  roleActions: [
    's3:GetObjectTagging',
    's3:GetObjectVersionTagging',
    's3:PutObjectTagging',
    's3:PutObjectVersionTagging',
  ],
  concurrency: SMALL_REQUESTS_IN_FLIGHT,
  invokesFunctions: false,
  repetition:
    'Finds the tags as they should be and writes nothing. Tags that somebody else sets between the read and the ' +
    'write of one task are lost.',
  differences: [],
  knowsUnchanged: true,
  // Two requests each.
  tasksPerShard: () => 2_500,
  requestsPerTask: () => ({ reads: 1, writes: 1 }),
  checkRequest: (_, merge) => problemsOf(merge),
  async examine(task, merge, context) {
    const found = await read(task, context);
    if ('refusal' in found) return { finding: 'failure', result: s3Failed(found.refusal) };
    const merged = mergedTags(found.tags, merge);
    if (!merged.changes) return { finding: 'unchanged' };
    if (merged.tags.length > OBJECT_TAGS) return { finding: 'failure', result: tooMany(found.tags, merged) };
    return { finding: 'change', says: `Would ${inWords(merged)} of ${counted(found.tags.length, 'tag')}` };
  },
  async execute(task, merge, context) {
    const found = await read(task, context);
    if ('refusal' in found) return s3Failed(found.refusal);
    const merged = mergedTags(found.tags, merge);
    // Also where nobody asked to skip what is so: there is nothing to write.
    if (!merged.changes) return UNCHANGED;
    if (merged.tags.length > OBJECT_TAGS) return tooMany(found.tags, merged);
    return s3Result(await context.s3.send(putObjectTaggingRequest(found.object, merged.tags), context.signal));
  },
};

function problemsOf({ TagSet = [], RemoveKeys = [] }: Parameters): Problem[] {
  if (TagSet.length + RemoveKeys.length === 0) {
    return [{ path: PATH, says: 'must have TagSet, RemoveKeys or both, with something in them' }];
  }
  const given = new Set(TagSet.map(({ Key }) => Key));
  return RemoveKeys.flatMap((key, index) =>
    given.has(key)
      ? [{ path: `${PATH}.RemoveKeys[${index}]`, says: `is ${JSON.stringify(key)}, which TagSet has as well` }]
      : [],
  );
}

/**
 * The tags of the task's object, and the object as they are to be written: the version that was read, where the bucket
 * has versions, for another may become the current one before the write.
 */
async function read(
  task: Task,
  { s3, signal }: TaskContext,
): Promise<{ tags: S3Tag[]; object: S3Object } | { refusal: S3Refusal }> {
  const reply = await s3.send(getObjectTaggingRequest(task), signal);
  if (!reply.ok) return { refusal: reply };
  const { bucket, key } = task;
  const versionId = task.versionId ?? reply.headers['x-amz-version-id'];
  return { tags: tagsIn(reply.body), object: { bucket, key, ...(versionId !== undefined && { versionId }) } };
}

interface Merged {
  readonly tags: readonly S3Tag[];
  readonly added: number;
  readonly replaced: number;
  readonly removed: number;
  readonly changes: boolean;
}

function mergedTags(before: readonly S3Tag[], { TagSet = [], RemoveKeys = [] }: Parameters): Merged {
  const tags = new Map(before.map(({ Key, Value }) => [Key, Value]));
  let added = 0;
  let replaced = 0;
  let removed = 0;
  for (const key of RemoveKeys) if (tags.delete(key)) removed += 1;
  for (const { Key, Value } of TagSet) {
    const old = tags.get(Key);
    if (old === undefined) added += 1;
    else if (old !== Value) replaced += 1;
    tags.set(Key, Value);
  }
  return {
    tags: Array.from(tags, ([Key, Value]) => ({ Key, Value })),
    added,
    replaced,
    removed,
    changes: added + replaced + removed > 0,
  };
}

function inWords({ added, replaced, removed }: Merged): string {
  return `add ${added}, change ${replaced} and take off ${removed}`;
}

/** The code and the first words are S3's, for a set of more tags than an object can have. */
function tooMany(before: readonly S3Tag[], { tags, added, removed }: Merged): TaskResult {
  const sum = `${before.length} and ${added} more${removed === 0 ? '' : ` less ${removed}`} make ${tags.length}`;
  return failed(400, 'BadRequest', `Object tags cannot be greater than ${OBJECT_TAGS}: ${sum}`);
}
