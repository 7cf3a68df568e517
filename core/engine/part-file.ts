import type { WorkMetadata, WorkStore } from '../stores/work-store.ts';
import { resultsKey } from './work-keys.ts';

/** A finished task of a part: how it ended, and its line of the report. */
export interface FinishedTask {
  readonly succeeded: boolean;
  /** With its CRLF. */
  readonly row: string;
}

/** What a results file says of itself, in its metadata. */
export interface PartRecord {
  /** The task of the shard after the part's last. */
  readonly end: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Bytes of the lines of tasks that succeeded; they stand first, so that a report is made without parsing a line. */
  readonly succeededBytes: number;
}

/** A part whose results file is there. */
export interface WrittenPart {
  readonly record: PartRecord;
  /** The lines of its tasks that failed. */
  readonly failed: Buffer;
}

/**
 * Writes the results of a part that begins at task `from`, unless a file of that part is there already. Answers the
 * record of the file that counts, this one's or the winner's, with the lines of its tasks that failed.
 */
export async function writePart(
  work: WorkStore,
  part: { readonly jobId: string; readonly shard: number; readonly from: number },
  tasks: readonly FinishedTask[],
): Promise<WrittenPart> {
  const succeeded = tasks.filter((task) => task.succeeded);
  const failed = tasks.filter((task) => !task.succeeded);
  const successes = Buffer.from(succeeded.map(({ row }) => row).join(''));
  const record: PartRecord = {
    end: part.from + tasks.length,
    succeeded: succeeded.length,
    failed: failed.length,
    succeededBytes: successes.length,
  };
  const failures = Buffer.from(failed.map(({ row }) => row).join(''));
  const body = Buffer.concat([successes, failures]);
  const key = resultsKey(part.jobId, part.shard, part.from);
  if ((await work.putIfAbsent(key, body, toMetadata(record))) === 'written') return { record, failed: failures };
  const winner = await findPart(work, part.jobId, part.shard, part.from);
  if (winner === undefined) throw new Error(`results file ${key} is there and cannot be read`);
  return winner;
}

/** The part that begins at task `from`, if its results were written. The file of one without failures is not read. */
export async function findPart(
  work: WorkStore,
  jobId: string,
  shard: number,
  from: number,
): Promise<WrittenPart | undefined> {
  const found = await work.head(resultsKey(jobId, shard, from));
  if (found === undefined) return undefined;
  const record = fromMetadata(found.metadata, resultsKey(jobId, shard, from));
  return record.failed === 0 ? { record, failed: Buffer.alloc(0) } : await readPart(work, jobId, shard, from);
}

/** The lines of a part, those of tasks that succeeded and those that failed apart. */
export async function readPart(
  work: WorkStore,
  jobId: string,
  shard: number,
  from: number,
): Promise<{ readonly record: PartRecord; readonly succeeded: Buffer; readonly failed: Buffer }> {
  const key = resultsKey(jobId, shard, from);
  const found = await work.get(key);
  if (found === undefined) throw new Error(`results file ${key} was counted and is not there`);
  const record = fromMetadata(found.metadata, key);
  return {
    record,
    succeeded: found.body.subarray(0, record.succeededBytes),
    failed: found.body.subarray(record.succeededBytes),
  };
}

function toMetadata(record: PartRecord): WorkMetadata {
  return {
    end: String(record.end),
    succeeded: String(record.succeeded),
    failed: String(record.failed),
    'succeeded-bytes': String(record.succeededBytes),
  };
}

function fromMetadata(metadata: WorkMetadata, key: string): PartRecord {
  const number = (name: string): number => {
    const value = Number(metadata[name]);
    if (!Number.isInteger(value)) throw new Error(`results file ${key} has no ${name} in its metadata`);
    return value;
  };
  return {
    end: number('end'),
    succeeded: number('succeeded'),
    failed: number('failed'),
    succeededBytes: number('succeeded-bytes'),
  };
}
