import type { ManifestFilter } from '../../job/manifest-filter.ts';
import { getObjectTaggingRequest, tagsIn } from '../../s3/requests/object-tagging.ts';
import type { S3DataClient } from '../../s3/s3-data-client.ts';
import type { S3Object } from '../../s3/s3-request.ts';
import type { LineForm } from '../line-form.ts';
import type { TaskLine } from '../task-line.ts';
import { lookedUp } from './filter-columns.ts';
import { HEAD_COLUMNS, recordOfLook } from './head-columns.ts';
import { type LooksBy, lookAtObject, lookFault } from './look-at-object.ts';
import { columnFilterOf } from './row-filter.ts';
import { hasWantedTags } from './tag-filter.ts';

/** Whether the object that a line names is wanted, by what S3 says of it. */
export type LookFilter = (task: TaskLine, signal: AbortSignal) => Promise<boolean>;

/** The code of a job that fails because an object cannot be looked at. */
const FAILED = 'ManifestFilterFailed';

/**
 * What of a filter only S3 tells, object by object: what the manifest lacks a column for, and tags. A line whose object
 * is gone stays a task, so that it is reported; a delete marker has nothing that a filter could want. Undefined where no
 * look is needed.
 * @param createdAt of the job, ISO 8601.
 */
export function lookFilterOf(
  s3: S3DataClient,
  filter: ManifestFilter | undefined,
  form: LineForm,
  createdAt: string,
): LookFilter | undefined {
  if (filter === undefined) return undefined;
  const heads = columnFilterOf(lookedUp(filter, form.columns), HEAD_COLUMNS, createdAt);
  const { Tags: tags } = filter;
  if (heads === undefined && tags === undefined) return undefined;
  return async (task, signal) => {
    const { bucket, key, versionId } = task;
    // The task fails for it, and is to be reported.
    if (versionId === '') return true;
    const object = { bucket, key, ...(versionId === undefined ? {} : { versionId }) };
    const by = { s3, signal, failure: FAILED };
    if (heads !== undefined) {
      const look = await lookAtObject(by, object);
      if (look === 'gone') return true;
      if (look === 'delete marker' || heads(recordOfLook(look), task) !== true) return false;
    }
    return tags === undefined || (await isTagged(by, object, tags));
  };
}

async function isTagged(by: LooksBy, object: S3Object, tags: NonNullable<ManifestFilter['Tags']>): Promise<boolean> {
  const reply = await by.s3.send(getObjectTaggingRequest(object), by.signal);
  if (reply.ok) return hasWantedTags(tags, tagsIn(reply.body));
  if (reply.httpStatus === 404) return true;
  if (reply.httpStatus === 405) return false;
  throw lookFault(
    by,
    object,
    reply,
    object.versionId === undefined ? 's3:GetObjectTagging' : 's3:GetObjectVersionTagging',
  );
}
