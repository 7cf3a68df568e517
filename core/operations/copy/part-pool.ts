import { copiedPartIn, type UploadedPart, uploadPartCopyRequest } from '../../s3/requests/multipart.ts';
import type { S3Refusal } from '../../s3/s3-data-client.ts';
import type { Clock } from '../../signed-http/clock.ts';
import type { TaskContext } from '../operation.ts';
import { type PartPlan, rangeOf } from './part-plan.ts';
import type { PartsCopy } from './parts-copy.ts';

/** How a run of parts ended: all are there, the time was up, or S3 refused one. */
export type PoolOutcome = 'all' | 'deadline' | S3Refusal;

const UNREADABLE: S3Refusal = {
  ok: false,
  httpStatus: 200,
  code: 'InternalError',
  message: 'S3 answered UploadPartCopy without an ETag',
  requestId: '',
  extendedRequestId: '',
  headers: {},
};

/** Copies the parts that an upload lacks, a few at a time, as long as there is time. */
export class PartPool {
  /** Parts by their numbers: those that were there, and those that this pool copied. */
  readonly parts: Map<number, UploadedPart>;
  /** Parts that this pool copied. */
  copied = 0;
  private next = 1;
  /** Milliseconds of the slowest part so far. */
  private slowest = 0;
  private refusal: S3Refusal | undefined;
  private timeIsUp = false;

  constructor(
    private readonly copy: PartsCopy,
    private readonly upload: { readonly uploadId: string; readonly plan: PartPlan; readonly parallel: number },
    there: readonly UploadedPart[],
    private readonly context: Pick<TaskContext, 's3' | 'signal' | 'deadline'>,
    private readonly clock: Clock,
  ) {
    this.parts = new Map(there.map((part) => [part.number, part]));
  }

  /** Ends with no part in flight. Rejects with what the client threw. */
  async run(): Promise<PoolOutcome> {
    const lanes = Array.from({ length: this.upload.parallel }, () => this.lane());
    for (const lane of await Promise.allSettled(lanes)) if (lane.status === 'rejected') throw lane.reason;
    if (this.refusal !== undefined) return this.refusal;
    return this.parts.size === this.upload.plan.count ? 'all' : 'deadline';
  }

  private async lane(): Promise<void> {
    for (;;) {
      const number = this.take();
      if (number === undefined) return;
      try {
        await this.copyPart(number);
      } catch (error) {
        this.timeIsUp = true;
        throw error;
      }
    }
  }

  /** The next part to copy; undefined when no more should begin. */
  private take(): number | undefined {
    while (this.parts.has(this.next)) this.next += 1;
    if (this.refusal !== undefined || this.timeIsUp || this.next > this.upload.plan.count) return undefined;
    // Before a part has ended nothing has been gained, and to stop would be for nothing.
    if (this.copied > 0 && this.clock.now() + this.slowest >= this.context.deadline) {
      this.timeIsUp = true;
      return undefined;
    }
    const number = this.next;
    this.next += 1;
    return number;
  }

  private async copyPart(number: number): Promise<void> {
    const { source, target, payer } = this.copy;
    const { uploadId, plan } = this.upload;
    const began = this.clock.now();
    const headers = { ...payer, 'x-amz-copy-source-if-match': source.etag };
    const part = { uploadId, number, ...rangeOf(plan, number) };
    const reply = await this.context.s3.send(uploadPartCopyRequest(source, target, part, headers), this.context.signal);
    const copied = reply.ok ? copiedPartIn(reply.body, number) : undefined;
    if (copied === undefined) {
      this.refusal ??= reply.ok ? UNREADABLE : reply;
      return;
    }
    this.parts.set(number, copied);
    this.copied += 1;
    this.slowest = Math.max(this.slowest, this.clock.now() - began);
  }
}
