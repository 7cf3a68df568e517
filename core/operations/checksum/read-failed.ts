import type { S3Refusal } from '../../s3/s3-data-client.ts';
import { s3Failed } from '../s3-result.ts';
import { failed, type TaskResult } from '../task-result.ts';

/** Why an object's bytes cannot be had. */
export class ReadFailed extends Error {
  override readonly name = 'ReadFailed';
  private refusal: S3Refusal | undefined;

  constructor(
    private readonly httpStatus: number,
    private readonly code: string,
    message: string,
  ) {
    super(message);
  }

  static refused(refusal: S3Refusal): ReadFailed {
    const error = new ReadFailed(refusal.httpStatus, refusal.code, refusal.message);
    error.refusal = refusal;
    return error;
  }

  /** The report line: in the words of S3's own for its three, and otherwise those of the request that failed. */
  result(taskId: string): TaskResult {
    const { refusal } = this;
    if (refusal === undefined) return failed(this.httpStatus, this.code, this.message);
    const known = KNOWN.find(({ fits }) => fits(refusal));
    if (known === undefined) return s3Failed(refusal);
    // Spaced as S3 spaces it.
    const message = JSON.stringify(`Task ${taskId} ${known.says}`);
    const details = `{"failureMessage":${message}, "errorCode": "${known.code}"}`;
    return failed(200, 'PermanentFailure', `error details: ${details}`);
  }
}

interface Known {
  readonly code: number;
  readonly says: string;
  fits(refusal: S3Refusal): boolean;
}

/** Source: User Guide, "Examples: S3 Batch Operations completion reports". */
const KNOWN: readonly Known[] = [
  { code: 404, says: 'Key not found', fits: ({ code }) => code === 'NoSuchKey' || code === 'NoSuchVersion' },
  {
    code: 400,
    says: 'SSE-C encryption type is not supported for this operation',
    // A HEAD has only its status to say so: nothing else of a HEAD can be wrong.
    fits: ({ httpStatus, code, message }) =>
      httpStatus === 400 && (code === 'BadRequest' || /form of Server Side Encryption/.test(message)),
  },
  { code: 500, says: 'Internal server error, please retry', fits: ({ httpStatus }) => httpStatus === 500 },
];
