import { type CopyTarget, copyObjectRequest } from '../../s3/requests/copy-object.ts';
import { deleteObjectRequest } from '../../s3/requests/delete-objects.ts';
import { headObject } from '../../s3/requests/head-object.ts';
import type { S3Reply } from '../../s3/s3-data-client.ts';
import type { Task, TaskContext } from '../operation.ts';
import { s3Failed } from '../s3-result.ts';
import { failed, succeeded, type TaskResult } from '../task-result.ts';
import { copyLarge } from './copy-large.ts';
import { type CopyPlan, singleCopyHeaders } from './copy-plan.ts';
import { isMarkedFor, MOVE_MARK, moveMark } from './move-mark.ts';
import type { CopyOutcome, CopyTools } from './multipart-copy.ts';
import { findSource, metadataFailure, type PinnedSource, sourceFailure, sourceMetadata } from './source.ts';
import { differenceOf } from './verify-copy.ts';

/**
 * Copies an object, verifies the copy, and deletes the version that was copied. A second run finds by the copy's mark
 * what the first one did: it goes on from there, and moves no other object that has come to the source's key since.
 */
export async function moveObject(
  task: Task,
  target: CopyTarget,
  plan: CopyPlan,
  context: TaskContext,
  tools: CopyTools,
): Promise<TaskResult> {
  return await new Move(task, target, plan, context, tools).run();
}

class Move {
  constructor(
    private readonly task: Task,
    private readonly target: CopyTarget,
    private readonly plan: CopyPlan,
    private readonly context: TaskContext,
    private readonly tools: CopyTools,
  ) {}

  async run(): Promise<TaskResult> {
    const { task, plan } = this;
    const { jobId, s3, signal } = this.context;
    const [found, there] = await Promise.all([findSource(s3, task, plan, signal), this.headTarget(undefined)]);
    const moved = there.ok && isMarkedFor(jobId, task, there.headers) ? there.headers[MOVE_MARK] : undefined;
    if ('refusal' in found) {
      return moved !== undefined && found.refusal.httpStatus === 404 ? succeeded() : s3Failed(found.refusal);
    }
    const { source } = found;
    const mark = moveMark(jobId, task, source);
    // What was moved is gone, and another object has its key now.
    if (moved !== undefined && moved !== mark) return succeeded();
    const failure = sourceFailure(source, plan) ?? metadataFailure(source, plan);
    if (failure !== undefined) return failure;
    if (moved === undefined) return await this.copyAndDelete(source, mark);
    return await this.verifyAndDelete(source, mark, there);
  }

  private async copyAndDelete(source: PinnedSource, mark: string): Promise<TaskResult> {
    const copied = await this.copy(source, mark);
    if (copied.copied) return await this.verifyAndDelete(source, mark, await this.headTarget(copied.versionId));
    // Gone or changed under way: perhaps since a worker that was thought lost has moved it.
    if (![404, 412].includes(copied.result.httpStatus)) return copied.result;
    const there = await this.headTarget(undefined);
    const isMoved = there.ok && there.headers[MOVE_MARK] === mark;
    return isMoved ? await this.verifyAndDelete(source, mark, there) : copied.result;
  }

  private async copy(source: PinnedSource, mark: string): Promise<CopyOutcome> {
    const { target, task, context, tools } = this;
    const metadata = { ...(this.plan.metadata ?? sourceMetadata(source)), [MOVE_MARK]: mark };
    const plan = { ...this.plan, metadata };
    if (source.size > tools.limits.largestSingleCopy) {
      return await copyLarge(task, { source, target, plan }, context, tools);
    }
    const headers = {
      ...plan.attributes,
      ...singleCopyHeaders(plan),
      'x-amz-copy-source-if-match': source.etag,
    };
    const reply = await context.s3.send(copyObjectRequest(source, target, headers), context.signal);
    if (!reply.ok) return { copied: false, result: s3Failed(reply) };
    return { copied: true, versionId: reply.headers['x-amz-version-id'] };
  }

  private async verifyAndDelete(source: PinnedSource, mark: string, copy: S3Reply): Promise<TaskResult> {
    if (!copy.ok) {
      const { httpStatus, errorCode, message } = s3Failed(copy);
      return failed(httpStatus, errorCode, `${this.named} could not be looked at, and the source is kept: ${message}`);
    }
    const difference = differenceOf(source, copy.headers, mark);
    if (difference !== undefined) {
      return failed(200, 'MoveNotVerified', `${this.named} ${difference}. The source is kept.`);
    }
    return await this.deleteSource(source);
  }

  private async deleteSource(source: PinnedSource): Promise<TaskResult> {
    const { s3, signal } = this.context;
    const { versionId, etag, ...object } = source;
    const version = { bucket: object.bucket, key: object.key, ...(versionId !== undefined && { versionId }) };
    // A version's id is its own for good, but null is the id of whatever was written last without versioning.
    const isReusable = versionId === undefined || versionId === 'null';
    const byName = this.task.versionId === 'null';
    if (byName && !(await this.isStill(source))) return this.notDeleted(412, 'PreconditionFailed', 'it has changed');
    // S3 compares with the current version only, which the null version that a manifest names need not be.
    const condition = isReusable && !byName ? { 'if-match': etag } : {};
    const request = { ...deleteObjectRequest(version), headers: { ...this.plan.payer, ...condition } };
    const reply = await s3.send(request, signal);
    if (reply.ok || reply.httpStatus === 404) return succeeded();
    return this.notDeleted(reply.httpStatus, reply.code, s3Failed(reply).message);
  }

  private async isStill(source: PinnedSource): Promise<boolean> {
    const { s3, signal } = this.context;
    const found = await findSource(s3, this.task, this.plan, signal);
    return 'source' in found && found.source.etag === source.etag;
  }

  private notDeleted(httpStatus: number, code: string, why: string): TaskResult {
    return failed(httpStatus, code, `${this.named} is verified, but the source could not be deleted: ${why}`);
  }

  private headTarget(versionId: string | undefined): Promise<S3Reply> {
    const { s3, signal } = this.context;
    const requestPayer = 'x-amz-request-payer' in this.plan.payer;
    const object = { ...this.target, ...(versionId !== undefined && { versionId }) };
    return headObject(s3, object, signal, { checksum: true, requestPayer });
  }

  private get named(): string {
    return `The copy s3://${this.target.bucket}/${this.target.key}`;
  }
}
