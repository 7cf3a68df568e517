import { selectionAfter } from './after.ts';
import type { StoredRequest } from './records.ts';
import type { JobRequest } from './request.ts';
import { type TaskSelection, USUAL_SELECTION } from './task-selection.ts';

/** An ended job, and those of its tasks that another takes instead of a manifest. */
export interface TaskSource {
  readonly jobId: string;
  readonly selection: TaskSelection;
}

/**
 * The jobs that a job's tasks come from; none where it has a manifest or a listing.
 *
 * @param requestOf of an earlier job: what `Report` means depends on what its report was to hold.
 */
export async function taskSourcesOf(
  { Drover: options }: JobRequest,
  requestOf: (jobId: string) => Promise<StoredRequest | undefined>,
): Promise<readonly TaskSource[]> {
  const { TasksOf: source, After: after } = options ?? {};
  if (source !== undefined) return [{ jobId: source.JobId, selection: source.Tasks ?? USUAL_SELECTION }];
  const { JobIds: jobIds = [], Manifest: manifest } = after ?? {};
  if (manifest === undefined) return [];
  const scopeOf = async (jobId: string) => (await requestOf(jobId))?.request.Report.ReportScope;
  return await Promise.all(
    jobIds.map(async (jobId) => ({ jobId, selection: selectionAfter(manifest, await scopeOf(jobId)) })),
  );
}
