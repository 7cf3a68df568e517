import { headObjectRequest } from '../../s3/requests/head-object.ts';
import {
  abortMultipartUploadRequest,
  completeMultipartUploadRequest,
  createMultipartUploadRequest,
  listPartsRequest,
  partsIn,
  type UploadedPart,
  uploadIdIn,
} from '../../s3/requests/multipart.ts';
import type { S3Refusal, S3Reply } from '../../s3/s3-data-client.ts';
import type { S3Request } from '../../s3/s3-request.ts';
import type { Clock } from '../../signed-http/clock.ts';
import type { Task, TaskContext } from '../operation.ts';
import { s3Failed } from '../s3-result.ts';
import { TaskUnfinished } from '../task-notes.ts';
import { failed, type TaskResult } from '../task-result.ts';
import type { Headers } from './copy-headers.ts';
import { type CopyLimits, type PartPlan, planParts, rangeOf } from './part-plan.ts';
import { PartPool } from './part-pool.ts';
import type { PartsCopy } from './parts-copy.ts';
import { preconditionFailed } from './source.ts';
import { completedETag, fingerprintOf, isCompletedBy, readUploadNote, type UploadNote } from './upload-note.ts';

/** What became of a copy. */
export type CopyOutcome =
  /** `versionId`: the target's, where its bucket has versions. */
  | { readonly copied: true; readonly versionId: string | undefined }
  | { readonly copied: false; readonly result: TaskResult };

/** What a copy in parts works with; tests make it small. */
export interface CopyTools {
  readonly clock: Clock;
  readonly limits: CopyLimits;
}

/** Uploads that may vanish under one task (a lifecycle rule, somebody's cleaning) before it is given up. */
const UPLOADS_LOST_MAXIMUM = 3;

/**
 * Copies an object part by part, and keeps what CopyObject would keep. The upload's id is noted as soon as there is one:
 * whoever carries the task out next, after a crash or because it takes longer than an invocation, goes on with it.
 */
export async function copyInParts(
  copy: PartsCopy,
  task: Task,
  context: TaskContext,
  tools: CopyTools,
): Promise<CopyOutcome> {
  return await new MultipartCopy(copy, task, context, tools).run();
}

/** An upload under way, and the parts that S3 has of it. */
interface Upload {
  readonly note: UploadNote;
  readonly parts: readonly UploadedPart[];
}

/** What the upload is to become. */
interface Wish {
  readonly headers: Headers;
  readonly plan: PartPlan;
  readonly fingerprint: string;
}

class MultipartCopy {
  /** Uploads that this task has lost. */
  private lost = 0;

  constructor(
    private readonly copy: PartsCopy,
    private readonly task: Task,
    private readonly context: TaskContext,
    private readonly tools: CopyTools,
  ) {}

  async run(): Promise<CopyOutcome> {
    const before = await this.findUpload();
    if ('copied' in before) return before;
    const wish = await this.wish(before.upload);
    const fits = 'fingerprint' in wish && before.upload?.note.fingerprint === wish.fingerprint;
    if (before.upload !== undefined && !fits) await this.abort(before.upload.note.uploadId);
    return 'copied' in wish ? wish : await this.fulfil(wish, fits ? before.upload : undefined);
  }

  /** The upload that an earlier invocation began, or what became of it. */
  private async findUpload(): Promise<{ readonly upload: Upload | undefined } | CopyOutcome> {
    const note = readUploadNote(await this.context.notes.read(this.task.taskId));
    const { bucket, key } = this.copy.target;
    if (note?.target.bucket !== bucket || note.target.key !== key) return { upload: undefined };
    this.lost = note.lost;
    const parts = await this.partsOf(note.uploadId);
    if (!('code' in parts)) return { upload: { note, parts } };
    if (parts.code !== 'NoSuchUpload') return failure(s3Failed(parts));
    this.lost += 1;
    return (await this.completedBy(note)) ?? { upload: undefined };
  }

  /** What is to be made, or why it must not be. */
  private async wish(upload: Upload | undefined): Promise<Wish | CopyOutcome> {
    const { source, target } = this.copy;
    const begun = upload?.note.source;
    // Parts of one object and parts of another are no object.
    if (begun !== undefined && (begun.etag !== source.etag || begun.versionId !== source.versionId)) {
      return failure(preconditionFailed());
    }
    const described = await this.copy.describe();
    if ('failure' in described) return failure(described.failure);
    const { headers } = described;
    const plan = planParts(source.size, this.tools.limits);
    if (plan === undefined) return failure(tooLarge(source.size));
    return { headers, plan, fingerprint: fingerprintOf(source, target, headers, plan) };
  }

  /** Makes the object by the upload that is given, else, or when that vanishes, by a new one. */
  private async fulfil(wish: Wish, given: Upload | undefined): Promise<CopyOutcome> {
    for (let upload = given; ; upload = undefined) {
      const current = upload ?? (await this.begin(wish));
      if ('copied' in current) return current;
      const outcome = await this.fill(wish, current);
      if (outcome !== 'lost') return outcome;
      this.lost += 1;
      if (this.lost > UPLOADS_LOST_MAXIMUM) return failure(vanished(this.lost));
    }
  }

  private async begin({ headers, plan, fingerprint }: Wish): Promise<Upload | CopyOutcome> {
    const { source, target } = this.copy;
    const sent = this.tools.clock.now();
    const reply = await this.send(createMultipartUploadRequest(target, headers));
    if (!reply.ok) return failure(s3Failed(reply));
    const uploadId = uploadIdIn(reply.body);
    if (uploadId === undefined) return failure(failed(200, 'InternalError', 'S3 began an upload without an id'));
    const note: UploadNote = {
      uploadId,
      target,
      source: { etag: source.etag, versionId: source.versionId, size: source.size },
      fingerprint,
      began: this.timeOfBeginning(reply.headers, sent),
      parts: plan.count,
      lost: this.lost,
    };
    await this.write(note);
    return { note, parts: [] };
  }

  /** S3's clock when the upload began, or a little before: HTTP's dates have whole seconds. */
  private timeOfBeginning({ date = '' }: Headers, sent: number): number {
    const now = this.tools.clock.now();
    const answered = Date.parse(date);
    return Math.floor(Number.isNaN(answered) ? sent : answered - (now - sent)) - 1_000;
  }

  /** Copies what the upload lacks and completes it. `lost` when S3 no longer knows it. */
  private async fill({ headers, plan }: Wish, { note, parts }: Upload): Promise<CopyOutcome | 'lost'> {
    const { uploadId } = note;
    const there = parts.filter((part) => isWhole(part, plan));
    const { parallelParts: parallel } = this.tools.limits;
    const pool = new PartPool(this.copy, { uploadId, plan, parallel }, there, this.context, this.tools.clock);
    const end = await pool.run().catch((error: unknown) => {
      // What was copied is there for the next invocation: the time's end is no death of this task.
      throw pool.copied > 0 && this.context.signal.aborted ? new TaskUnfinished() : error;
    });
    if (end === 'deadline') throw new TaskUnfinished();
    if (end !== 'all') return await this.refused(note, end);
    if (pool.copied > 0 && this.tools.clock.now() >= this.context.deadline) throw new TaskUnfinished();
    const inOrder = [...pool.parts.values()].sort((a, b) => a.number - b.number);
    return await this.complete(note, inOrder, 'x-amz-checksum-algorithm' in headers);
  }

  private async complete(
    begun: UploadNote,
    parts: readonly UploadedPart[],
    withChecksums: boolean,
  ): Promise<CopyOutcome | 'lost'> {
    const { target, payer, source } = this.copy;
    const note = { ...begun, completes: completedETag(parts) };
    await this.write(note);
    const named = withChecksums ? parts : parts.map((part) => ({ ...part, checksums: {} }));
    const headers = { ...payer, 'x-amz-mp-object-size': String(source.size) };
    const reply = await this.send(completeMultipartUploadRequest(target, note.uploadId, named, headers));
    if (reply.ok) return { copied: true, versionId: reply.headers['x-amz-version-id'] };
    return await this.refused(note, reply);
  }

  /** S3 refused a part, or to complete the upload: which may be because it has been completed. */
  private async refused(note: UploadNote, refusal: S3Refusal): Promise<CopyOutcome | 'lost'> {
    const completed = await this.completedBy(note);
    if (completed !== undefined) return completed;
    if (refusal.code === 'NoSuchUpload') return 'lost';
    await this.abort(note.uploadId);
    return failure(s3Failed(refusal));
  }

  /** The copy, if the upload has become the object at the target. */
  private async completedBy(note: UploadNote): Promise<CopyOutcome | undefined> {
    if (note.completes === undefined) return undefined;
    const { target, payer } = this.copy;
    const reply = await this.send(headObjectRequest(target, { requestPayer: 'x-amz-request-payer' in payer }));
    if (!reply.ok || !isCompletedBy(note, reply.headers)) return undefined;
    return { copied: true, versionId: reply.headers['x-amz-version-id'] };
  }

  /** All parts that S3 has of an upload. */
  private async partsOf(uploadId: string): Promise<readonly UploadedPart[] | S3Refusal> {
    const { target, payer } = this.copy;
    const parts: UploadedPart[] = [];
    let marker: string | undefined;
    do {
      const reply = await this.send(listPartsRequest(target, uploadId, marker, payer));
      if (!reply.ok) return reply;
      const page = partsIn(reply.body);
      if (page === undefined) return unreadable(reply.httpStatus);
      parts.push(...page.parts);
      marker = page.next;
    } while (marker !== undefined);
    return parts;
  }

  /** Best effort: what is left of it costs the bucket's owner, and no more. */
  private async abort(uploadId: string): Promise<void> {
    const { target, payer } = this.copy;
    await this.send(abortMultipartUploadRequest(target, uploadId, payer)).catch(() => undefined);
  }

  private async write(note: UploadNote): Promise<void> {
    await this.context.notes.write(this.task.taskId, note);
  }

  private send(request: S3Request): Promise<S3Reply> {
    return this.context.s3.send(request, this.context.signal);
  }
}

/** A part that was copied by another plan is not one of this upload's. */
function isWhole({ number, size }: UploadedPart, plan: PartPlan): boolean {
  if (number < 1 || number > plan.count) return false;
  const { first, last } = rangeOf(plan, number);
  return size === last - first + 1;
}

function failure(result: TaskResult): CopyOutcome {
  return { copied: false, result };
}

function tooLarge(size: number): TaskResult {
  return failed(400, 'EntityTooLarge', `The object has ${size} bytes, more than S3 can make an object of`);
}

function vanished(times: number): TaskResult {
  return failed(404, 'NoSuchUpload', `The multipart upload vanished ${times} times before it could be completed`);
}

function unreadable(httpStatus: number): S3Refusal {
  const message = 'S3 answered ListParts with what is no list of parts';
  return { ok: false, httpStatus, code: 'InternalError', message, requestId: '', extendedRequestId: '', headers: {} };
}
