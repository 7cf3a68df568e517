import type { WorkStore } from '../stores/work-store.ts';
import type { ItemInput } from './turn.ts';

/** The shard that a worker is given: a row of the wave. */
export interface ShardInput {
  readonly jobId: string;
  readonly epoch: number;
  readonly shard: number;
  /** Key of the shard's file in the work bucket. */
  readonly file: string;
  readonly tasks: number;
  /** Tasks in flight at once: what the job's share allows one worker, if less than the operation wants. */
  readonly concurrency: number;
  /** Epoch milliseconds by which the worker should have given the shard up. */
  readonly deadline: number;
  /** Epoch milliseconds at which tasks still in flight are aborted, for the invocation's time is over. */
  readonly abortAt: number;
}

/** A row of the wave's CSV as its worker takes it. */
export function parseShard({ jobId, epoch, deadline, item }: ItemInput, abortAt: number): ShardInput {
  const number = (column: string): number => {
    const value = Number(item[column]);
    if (!Number.isInteger(value)) throw new Error(`the wave of job ${jobId} has a row without ${column}`);
    return value;
  };
  return {
    jobId,
    epoch,
    shard: number('shard'),
    file: item['file'] ?? '',
    tasks: number('tasks'),
    concurrency: number('concurrency'),
    deadline: Math.min(deadline, abortAt),
    abortAt,
  };
}

/** The shard's lines, as the manifest had them. A job of the first tasks of its manifest has fewer than the file. */
export async function readShard(work: WorkStore, input: ShardInput): Promise<readonly string[]> {
  const { file, tasks, jobId, shard } = input;
  const found = await work.get(file);
  const lines = found?.body.toString('utf8').split('\n');
  lines?.pop();
  if (lines !== undefined && lines.length >= tasks) return lines.length === tasks ? lines : lines.slice(0, tasks);
  throw new Error(
    `shard ${shard} of job ${jobId} should have ${tasks} tasks in ${file}, found ${lines?.length ?? 'none'}`,
  );
}
