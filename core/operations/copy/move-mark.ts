import { createHash } from 'node:crypto';
import type { Task } from '../operation.ts';
import type { Headers } from './copy-headers.ts';
import type { PinnedSource } from './source.ts';

/** User metadata of a moved object: by it a job knows its own copies again, when their sources are gone. */
export const MOVE_MARK = 'x-amz-meta-drover-moved';

const NO_VERSION = '-';

/**
 * What the copy of a source is marked with: job, ETag, size, task's object, version.
 * The object is that of the manifest, hashed: the version that a task without one means is another after the first run.
 */
export function moveMark(jobId: string, task: Task, { etag, size, versionId = NO_VERSION }: PinnedSource): string {
  return [jobId, bare(etag), size, idOf(task), versionId].join(' ');
}

/** Whether an object is what this job made of this task's object: marked so, and of the size that the mark says. */
export function isMarkedFor(jobId: string, task: Task, headers: Headers): boolean {
  const [job, etag, size, id] = (headers[MOVE_MARK] ?? '').split(' ');
  return job === jobId && etag !== '' && size === headers['content-length'] && id === idOf(task);
}

function idOf({ bucket, key, versionId = NO_VERSION }: Task): string {
  return createHash('sha256')
    .update(JSON.stringify([bucket, key, versionId]))
    .digest('hex')
    .slice(0, 16);
}

function bare(etag: string): string {
  return etag.replaceAll('"', '');
}
