import type { StoredRequest } from '../job/records.ts';
import { readCsvRecord } from '../manifest/csv-record.ts';
import type { LineColumns } from '../manifest/line-form.ts';
import { readTaskRecord, type TaskLine, UNBALANCED_QUOTES } from '../manifest/task-line.ts';
import { dryRunResult, UNCHANGED } from '../operations/examination.ts';
import type { Operation, Task, TaskContext } from '../operations/operation.ts';
import type { TaskFill } from '../operations/task-parameters/fill.ts';
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
  /** Makes each task's own parameters of them; left out where all tasks have the same. */
  readonly fill?: TaskFill | undefined;
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

/** A task, and what is to be done: its parameters, or the result of one that nothing is called for. */
interface Asked {
  readonly task: Task;
  readonly parameters: unknown;
  readonly refusal?: TaskResult;
}

/**
 * Carries out the tasks of consecutive lines: what became of each, in their order. A version column with nothing in it
 * fails its task, and nothing is called; so does a value that cannot be made of the line.
 */
export async function carryOut(
  job: WorkerJob,
  context: TaskContext,
  lines: readonly { readonly line: string; readonly taskId: string }[],
): Promise<FinishedTask[]> {
  const [only] = lines;
  // Most operations get their tasks one by one: those are spared what gathers many.
  if (only !== undefined && lines.length === 1 && batchSize(job) === 1) return [await carryOutOne(job, context, only)];
  const all = lines.map(({ line, taskId }) => asked(job, line, taskId));
  const called = all.filter(({ refusal }) => refusal === undefined);
  const results = (called.length === 0 ? [] : await resultsOf(job, context, called)).values();
  return all.map(({ task, refusal }) => {
    const result = refusal ?? results.next().value;
    if (result === undefined) throw new Error(`${job.operation.name} has no result for task ${task.taskId}`);
    return finished(task, result);
  });
}

async function carryOutOne(
  job: WorkerJob,
  context: TaskContext,
  { line, taskId }: { readonly line: string; readonly taskId: string },
): Promise<FinishedTask> {
  const one = asked(job, line, taskId);
  return finished(one.task, one.refusal ?? (await resultOf(job, context, one)));
}

function asked({ columns, parameters, fill }: WorkerJob, line: string, taskId: string): Asked {
  const record = recordOf(line);
  const task: Task = { ...read(record, columns), taskId };
  if (task.versionId === '') return { task, parameters, refusal: MISSING_VERSION };
  return fill === undefined ? { task, parameters } : { task, parameters, ...fill(task, record) };
}

async function resultsOf(job: WorkerJob, context: TaskContext, all: readonly Asked[]): Promise<readonly TaskResult[]> {
  const { batch } = job.operation;
  if (batch === undefined || batchSize(job) === 1) {
    return await Promise.all(all.map((one) => resultOf(job, context, one)));
  }
  const results = new Map<Asked, TaskResult>();
  // One after another: a batch is one of the worker's requests in flight, whatever its tasks are asked.
  for (const group of alike(job, all)) {
    const tasks = group.map(({ task }) => task);
    const found = await batch.execute(tasks, group[0]?.parameters, context);
    if (found.length !== tasks.length) {
      throw new Error(`${job.operation.name} has ${found.length} results for ${tasks.length} tasks`);
    }
    for (const [index, one] of group.entries()) results.set(one, found[index] as TaskResult);
  }
  return all.map((one) => results.get(one) as TaskResult);
}

/** Tasks that one request can be for: those whose parameters are the same. */
function alike({ fill }: WorkerJob, all: readonly Asked[]): Iterable<readonly Asked[]> {
  if (fill === undefined) return [all];
  const groups = new Map<string, Asked[]>();
  for (const one of all) {
    const parameters = JSON.stringify(one.parameters);
    const group = groups.get(parameters);
    if (group === undefined) groups.set(parameters, [one]);
    else group.push(one);
  }
  return groups.values();
}

function resultOf(job: WorkerJob, context: TaskContext, one: Asked): Promise<TaskResult> {
  const { DryRun, SkipUnchanged } = job.stored.request.Drover ?? {};
  if (DryRun === true || SkipUnchanged === true) return examined(job, context, one);
  return job.operation.execute(one.task, one.parameters, context);
}

async function examined(
  { stored, operation }: WorkerJob,
  context: TaskContext,
  { task, parameters }: Asked,
): Promise<TaskResult> {
  const examination = await operation.examine(task, parameters, context);
  if (stored.request.Drover?.DryRun === true) return dryRunResult(examination);
  if (examination.finding === 'unchanged') return UNCHANGED;
  return await operation.execute(task, parameters, context);
}

/** The task of a line, ended without being carried out. */
export function finish(line: string, columns: LineColumns, result: TaskResult): FinishedTask {
  return finished(read(recordOf(line), columns), result);
}

function finished(task: TaskLine, result: TaskResult): FinishedTask {
  return { succeeded: result.status === 'succeeded', row: reportRow(task, result) };
}

function recordOf(line: string): readonly string[] {
  const record = readCsvRecord(line);
  if (record === undefined) throw new Error(`a prepared line is not valid: ${UNBALANCED_QUOTES}`);
  return record;
}

function read(record: readonly string[], columns: LineColumns): TaskLine {
  const task = readTaskRecord(record, columns);
  if (typeof task === 'string') throw new Error(`a prepared line is not valid: ${task}`);
  return task;
}
