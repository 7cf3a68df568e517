import type { StoredRequest } from '../job/records.ts';
import type { LineColumns } from '../manifest/line-form.ts';
import { readTaskLine, type TaskLine } from '../manifest/task-line.ts';
import { dryRunResult, UNCHANGED } from '../operations/examination.ts';
import type { Operation, Task, TaskContext } from '../operations/operation.ts';
import type { TaskResult } from '../operations/task-result.ts';
import { MISSING_VERSION, reportRow } from '../report/report-row.ts';
import type { FinishedTask } from './part-file.ts';

/** The job as a worker carries it out. */
export interface WorkerJob {
  readonly stored: StoredRequest;
  /** How the lines of its shards are read. */
  readonly columns: LineColumns;
  readonly operation: Operation;
  readonly parameters: unknown;
  /** All of it but what the shard's worker adds. */
  readonly context: Omit<TaskContext, 'notes' | 'deadline'>;
  /** Attempts that S3 throttled, ever, by bucket. */
  readonly throttles?: () => ReadonlyMap<string, number>;
}

/** Tasks that the job's operation carries out at once: 1 where each is a call of its own. */
export function batchSize({ stored, operation, parameters }: WorkerJob): number {
  const { DryRun, SkipUnchanged } = stored.request.Drover ?? {};
  // To look at an object is a request of its own.
  return DryRun === true || SkipUnchanged === true ? 1 : (operation.batch?.size(parameters) ?? 1);
}

/**
 * Carries out the tasks of consecutive lines: what became of each, in their order. A version column with nothing in it
 * fails its task, and nothing is called.
 */
export async function carryOut(
  job: WorkerJob,
  context: TaskContext,
  lines: readonly { readonly line: string; readonly taskId: string }[],
): Promise<FinishedTask[]> {
  const [only] = lines;
  // Most operations get their tasks one by one: those are spared what gathers many.
  if (only !== undefined && lines.length === 1 && batchSize(job) === 1) return [await carryOutOne(job, context, only)];
  const tasks = lines.map(({ line, taskId }): Task => ({ ...parse(line, job.columns), taskId }));
  const called = tasks.filter(({ versionId }) => versionId !== '');
  const results = (called.length === 0 ? [] : await resultsOf(job, context, called)).values();
  return tasks.map((task) => {
    const result = task.versionId === '' ? MISSING_VERSION : results.next().value;
    if (result === undefined) throw new Error(`${job.operation.name} has no result for task ${task.taskId}`);
    return finished(task, result);
  });
}

async function carryOutOne(
  job: WorkerJob,
  context: TaskContext,
  { line, taskId }: { readonly line: string; readonly taskId: string },
): Promise<FinishedTask> {
  const task = { ...parse(line, job.columns), taskId };
  return finished(task, task.versionId === '' ? MISSING_VERSION : await resultOf(job, context, task));
}

async function resultsOf(job: WorkerJob, context: TaskContext, tasks: readonly Task[]): Promise<readonly TaskResult[]> {
  const { batch } = job.operation;
  if (batch !== undefined && batchSize(job) > 1) {
    const results = await batch.execute(tasks, job.parameters, context);
    if (results.length === tasks.length) return results;
    throw new Error(`${job.operation.name} has ${results.length} results for ${tasks.length} tasks`);
  }
  return await Promise.all(tasks.map((task) => resultOf(job, context, task)));
}

function resultOf(job: WorkerJob, context: TaskContext, task: Task): Promise<TaskResult> {
  const { DryRun, SkipUnchanged } = job.stored.request.Drover ?? {};
  if (DryRun === true || SkipUnchanged === true) return examined(job, context, task);
  return job.operation.execute(task, job.parameters, context);
}

async function examined(
  { stored, operation, parameters }: WorkerJob,
  context: TaskContext,
  task: Task,
): Promise<TaskResult> {
  const examination = await operation.examine(task, parameters, context);
  if (stored.request.Drover?.DryRun === true) return dryRunResult(examination);
  if (examination.finding === 'unchanged') return UNCHANGED;
  return await operation.execute(task, parameters, context);
}

/** The task of a line, ended without being carried out. */
export function finish(line: string, columns: LineColumns, result: TaskResult): FinishedTask {
  return finished(parse(line, columns), result);
}

function finished(task: TaskLine, result: TaskResult): FinishedTask {
  return { succeeded: result.status === 'succeeded', row: reportRow(task, result) };
}

function parse(line: string, columns: LineColumns): TaskLine {
  const task = readTaskLine(line, columns);
  if (typeof task === 'string') throw new Error(`a prepared line is not valid: ${task}`);
  return task;
}
