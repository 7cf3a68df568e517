import { S3_COPY_LIMITS } from '../../../../core/operations/copy/part-plan.ts';
import type { TaskNotes } from '../../../../core/operations/task-notes.ts';
import type { S3DataClient, S3Reply } from '../../../../core/s3/s3-data-client.ts';
import type { S3Request } from '../../../../core/s3/s3-request.ts';
import { refusal } from '../task-context.ts';

const MIB = 1024 ** 2;

/** S3's limits, made so small that an object of a few mebibytes has several parts: S3 takes none below five. */
export const SMALL_LIMITS = { ...S3_COPY_LIMITS, largestSingleCopy: 5 * MIB, usualPart: 5 * MIB, parallelParts: 2 };

/** What a request is to the tests: `UploadPartCopy`, `HEAD`. */
export function kindOf({ method, query = {}, headers = {} }: S3Request): string {
  if ('partNumber' in query) return 'UploadPartCopy';
  if ('uploads' in query) return 'CreateMultipartUpload';
  if ('uploadId' in query) {
    return (
      { POST: 'CompleteMultipartUpload', GET: 'ListParts', DELETE: 'AbortMultipartUpload' }[method as 'GET'] ?? method
    );
  }
  if ('tagging' in query) return 'GetObjectTagging';
  return 'x-amz-copy-source' in headers ? 'CopyObject' : method;
}

export class Killed extends Error {}

type Meddling = (request: S3Request, send: () => Promise<S3Reply>, kind: string) => Promise<S3Reply>;

/**
 * Lets requests through to a real S3 and keeps them; refuses CopyObject as for an object that is too large, unless told
 * otherwise; and lets a test meddle.
 */
export class MeddlingS3 implements S3DataClient {
  readonly requests: S3Request[] = [];
  meddle: Meddling = (_, send) => send();
  /** Whether CopyObject refuses its source as too large. */
  refusesCopies = true;

  constructor(private readonly real: S3DataClient) {}

  get kinds(): string[] {
    return this.requests.map(kindOf);
  }

  count(kind: string): number {
    return this.kinds.filter((other) => other === kind).length;
  }

  async send(request: S3Request, signal: AbortSignal): Promise<S3Reply> {
    this.requests.push(request);
    const kind = kindOf(request);
    if (kind === 'CopyObject' && this.refusesCopies) {
      const says = 'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120';
      return refusal(400, 'InvalidRequest', says);
    }
    return await this.meddle(request, () => this.real.send(request, signal), kind);
  }
}

/** Notes that outlive the invocations of a test. */
export class MemoryNotes implements TaskNotes {
  readonly kept = new Map<string, string>();
  onWrite: () => void = () => undefined;

  async read(taskId: string): Promise<unknown> {
    const found = this.kept.get(taskId);
    return found === undefined ? undefined : JSON.parse(found);
  }

  async write(taskId: string, value: unknown): Promise<void> {
    this.kept.set(taskId, JSON.stringify(value));
    this.onWrite();
  }
}
