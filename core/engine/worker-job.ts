import type { StoredRequest } from '../job/records.ts';
import type { ManifestField } from '../job/request.ts';
import { readTaskLine } from '../manifest/task-line.ts';
import type { Operation, TaskContext, TaskResult } from '../operations/operation.ts';
import { MISSING_VERSION, reportRow } from '../report/report-row.ts';
import type { FinishedTask } from './part-file.ts';

/** The job as a worker carries it out. */
export interface WorkerJob {
  readonly stored: StoredRequest;
  readonly fields: readonly ManifestField[];
  readonly operation: Operation;
  readonly parameters: unknown;
  readonly context: TaskContext;
}

/** Carries out the task of a line. A version column with nothing in it fails the task, and nothing is called. */
export async function carryOut(job: WorkerJob, line: string, taskId: string): Promise<FinishedTask> {
  const task = readTaskLine(line, job.fields);
  if (typeof task === 'string') throw new Error(`a prepared line is not valid: ${task}`);
  if (task.versionId === '') return finish(line, job.fields, MISSING_VERSION);
  const result = await job.operation.execute({ ...task, taskId }, job.parameters, job.context);
  return { succeeded: result.status === 'succeeded', row: reportRow(task, result) };
}

/** The task of a line, ended without being carried out. */
export function finish(line: string, fields: readonly ManifestField[], result: TaskResult): FinishedTask {
  const task = readTaskLine(line, fields);
  if (typeof task === 'string') throw new Error(`a prepared line is not valid: ${task}`);
  return { succeeded: result.status === 'succeeded', row: reportRow(task, result) };
}
