import { writeCsvField } from '../manifest/csv-record.ts';
import { EMPTY_VERSION, type TaskLine } from '../manifest/task-line.ts';
import type { TaskResult } from '../operations/task-result.ts';

/** The result of a task whose manifest line has a version column and nothing in it: it fails, and nothing is called. */
export const MISSING_VERSION: TaskResult = {
  status: 'failed',
  httpStatus: 400,
  errorCode: 'InvalidRequest',
  message: 'Task failed due to missing VersionId',
};

/**
 * One line of the completion report, CRLF included: bucket, key and version as the manifest spelled them, then task
 * status, HTTP status, error code and message. The order of the two codes is the one that S3 writes, not the one that
 * its ReportSchema declares (User Guide, batch-ops-examples-reports).
 */
export function reportRow(line: TaskLine, result: TaskResult): string {
  return objectColumns(line) + resultColumns(result);
}

/** The columns of a report's line that name the task's object. */
export function objectColumns({ bucket, manifestKey, versionId }: Omit<TaskLine, 'key'>): string {
  const version = versionId === '' ? EMPTY_VERSION : (versionId ?? '');
  return `${writeCsvField(bucket)},${writeCsvField(manifestKey)},${writeCsvField(version)}`;
}

/** Nearly all tasks of a job have the very same result: what the last one's columns came to is kept. */
let last: { readonly result: TaskResult; readonly columns: string } | undefined;

function resultColumns(result: TaskResult): string {
  if (last?.result === result) return last.columns;
  const codes = `${result.status},${result.httpStatus},${writeCsvField(result.errorCode)}`;
  const columns = `,${codes},${writeCsvField(result.message)}\r\n`;
  last = { result, columns };
  return columns;
}
