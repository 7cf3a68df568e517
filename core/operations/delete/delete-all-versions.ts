import type { S3Refusal } from '../../s3/s3-data-client.ts';
import type { S3Object } from '../../s3/s3-request.ts';
import { s3Failed } from '../s3-result.ts';
import { TaskUnfinished } from '../task-notes.ts';
import { succeeded, type TaskResult } from '../task-result.ts';
import { type DeleteTools, deleteMany } from './delete-many.ts';
import { VersionCount, versionsOfKey } from './key-versions.ts';

/**
 * Deletes every version and delete marker of one key. What could not be deleted is left, the rest is gone all the same.
 *
 * @param deadline epoch milliseconds after which it leaves the rest to the next invocation, which finds it in the bucket.
 */
export async function deleteAllVersions(object: S3Object, deadline: number, tools: DeleteTools): Promise<TaskResult> {
  const deleted = new VersionCount();
  const refusals: S3Refusal[] = [];
  for await (const page of versionsOfKey(object, tools)) {
    if (!page.ok) return s3Failed(page);
    if (deleted.total > 0 && tools.clock.now() >= deadline) throw new TaskUnfinished();
    const outcomes = await deleteMany(object.bucket, page.versions, tools);
    deleted.add(page.versions.filter((_, index) => outcomes[index] === undefined));
    refusals.push(...outcomes.filter((outcome) => outcome !== undefined));
  }
  const [first] = refusals;
  if (first !== undefined) {
    const all = deleted.total + refusals.length;
    return s3Failed({ ...first, message: `${refusals.length} of ${all} versions are left: ${first.message}` });
  }
  return succeeded(deleted.total === 0 ? 'Nothing to delete' : `Deleted ${deleted}`);
}
