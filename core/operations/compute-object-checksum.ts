import type { z } from 'zod';
import type { JobRequest } from '../job/request.ts';
import { isArchived } from '../s3/archived.ts';
import { headObject } from '../s3/requests/head-object.ts';
import { type Clock, systemClock } from '../signed-http/clock.ts';
import type { Problem } from '../validation/invalid-input.ts';
import { type WantedChecksum, wantedChecksum } from './checksum/checksum-algorithm.ts';
import { checksumMessage } from './checksum/checksum-message.ts';
import {
  type OpenObject,
  objectBytes,
  openObject,
  partOf,
  RANGE_BYTES,
  type ReadContext,
} from './checksum/object-bytes.ts';
import { ReadFailed } from './checksum/read-failed.ts';
import { type RunningChecksum, type SavedChecksum, withChecksum } from './checksum/running-checksum.ts';
import type { Operation, Task, TaskContext } from './operation.ts';
import { PARAMETERS } from './schema.ts';
import { TaskUnfinished } from './task-notes.ts';
import { failed, succeeded, type TaskResult } from './task-result.ts';

/** Objects of this many bytes or more may take more than an invocation: at 10 MB/s it would be half a minute. */
const LARGE = 256 * 1024 * 1024;

/** Milliseconds before the deadline in which a note is written. */
const NOTE_BEFORE = 5_000;

/** What S3 would say of a GET. */
const ARCHIVED = failed(403, 'InvalidObjectState', "The operation is not valid for the object's storage class");

const parameters = PARAMETERS.S3ComputeObjectChecksum;
type Parameters = z.infer<typeof parameters>;

export const computeObjectChecksum: Operation<Parameters> = createComputeObjectChecksum(systemClock);

/** @param clock holds a task to its deadline. */
export function createComputeObjectChecksum(clock: Pick<Clock, 'now'>): Operation<Parameters> {
  return {
    name: 'S3ComputeObjectChecksum',
    summary: 'Computes a checksum of each object from its bytes and writes it into the report.',
    schema: parameters,
    roleActions: ['s3:GetObject', 's3:GetObjectVersion'],
    // Objects in flight; see RANGE_BYTES for the memory that they take.
    concurrency: 12,
    invokesFunctions: false,
    repetition: 'Reads the object again.',
    differences: [
      'S3 reads objects where they are stored, in any storage class; Drover reads them with GetObject, which is paid for ' +
        'as such, and an archived object fails with InvalidObjectState unless it has been restored.',
      'Without ChecksumAlgorithm it is CRC64NVME, and without ChecksumType FULL_OBJECT: S3 does not say what it takes.',
      'A COMPOSITE checksum ends in the number of parts, in base64 and in hex, as S3 writes it elsewhere; that of an ' +
        'object that was not uploaded in parts is one of a single part.',
      'Failures that S3 has no documented line for have the line of the GetObject request that failed.',
    ],
    knowsUnchanged: false,
    tasksPerShard: () => 500,
    requestsPerTask: (_, bytes = 0) => ({ reads: Math.max(1, Math.ceil(bytes / RANGE_BYTES)), bytesRead: bytes }),
    checkRequest: (request, wanted) => problemsOf(request, wantedChecksum(wanted)),
    async examine(task, _, { s3, signal }) {
      const reply = await headObject(s3, task, signal);
      if (!reply.ok) return { finding: 'failure', result: ReadFailed.refused(reply).result(task.taskId) };
      if (isArchived(reply.headers)) return { finding: 'failure', result: ARCHIVED };
      return { finding: 'change', says: `Would read ${reply.headers['content-length']} bytes` };
    },
    async execute(task, wanted, context) {
      try {
        return await compute(task, wantedChecksum(wanted), context, clock);
      } catch (error) {
        if (error instanceof ReadFailed) return error.result(task.taskId);
        throw error;
      }
    },
  };
}

function problemsOf({ Report }: JobRequest, { algorithm, type }: WantedChecksum): Problem[] {
  const problems: Problem[] = [];
  if (!Report.Enabled) {
    problems.push({ path: 'Report.Enabled', says: 'must be true: the report is where the checksums are' });
  }
  if (algorithm === 'CRC64NVME' && type === 'COMPOSITE') {
    const says = 'must be FULL_OBJECT for CRC64NVME, which has no composite checksums';
    problems.push({ path: 'Operation.S3ComputeObjectChecksum.ChecksumType', says });
  }
  return problems;
}

async function compute(task: Task, wanted: WantedChecksum, context: TaskContext, clock: Pick<Clock, 'now'>) {
  const opened = await openObject(task, context);
  const saved = opened.size < LARGE ? undefined : usable(await context.notes.read(task.taskId), wanted, opened);
  const lookup = (number: number) => partOf(opened, number, context);
  return await withChecksum(wanted, saved, lookup, async (checksum): Promise<TaskResult> => {
    if (await readOn(opened, checksum, context, () => clock.now() < context.deadline - NOTE_BEFORE)) {
      return succeeded(checksumMessage(wanted, opened.etag, await checksum.end()));
    }
    await context.notes.write(task.taskId, noteOf(checksum, wanted, opened));
    throw new TaskUnfinished();
  });
}

/** Reads as long as there is time; true at the object's end. */
async function readOn(
  opened: OpenObject,
  checksum: RunningChecksum,
  context: ReadContext,
  hasTime: () => boolean,
): Promise<boolean> {
  const began = checksum.at;
  for await (const bytes of objectBytes(opened, checksum.at, context)) {
    await checksum.take(bytes);
    // An invocation that gets no further than the last one would be followed by others without end.
    const mayStop = opened.size >= LARGE && checksum.at > began && checksum.at < opened.size;
    if (mayStop && !hasTime()) return false;
  }
  return true;
}

/** What an invocation leaves for the next. */
interface Note extends WantedChecksum {
  readonly etag: string;
  readonly versionId?: string | undefined;
  readonly checksum: SavedChecksum;
}

function noteOf(checksum: RunningChecksum, wanted: WantedChecksum, { etag, object }: OpenObject): Note {
  return { ...wanted, etag, versionId: object.versionId, checksum: checksum.save() };
}

/** Where the last invocation got to, if it read the same object. */
function usable(note: unknown, wanted: WantedChecksum, { etag, object }: OpenObject): SavedChecksum | undefined {
  if (note === undefined) return undefined;
  // Only noteOf writes them.
  const left = note as Note;
  const same = left.etag === etag && left.versionId === object.versionId;
  return same && left.algorithm === wanted.algorithm && left.type === wanted.type ? left.checksum : undefined;
}
