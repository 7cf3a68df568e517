import type { S3Request } from './s3-request.ts';

/** Sends the requests to S3 that tasks are made of (core/s3/requests), with the permissions of the job's role. */
export interface S3DataClient {
  /**
   * Tries a request until it succeeds or fails for good. Rejects with a JobTrouble when no task could succeed, and with
   * the signal's reason when it is aborted.
   */
  send(request: S3Request, signal: AbortSignal): Promise<S3Reply>;
}

/** The end of one S3 request, retries included. Failures are values: an operation turns them into a report line. */
export type S3Reply = S3Answer | S3Refusal;

export interface S3Answer {
  readonly ok: true;
  readonly httpStatus: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text; `bytes` as it came. */
  readonly body: string;
  readonly bytes: Buffer;
}

export interface S3Refusal {
  readonly ok: false;
  /** 0 when S3 gave no answer. */
  readonly httpStatus: number;
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
  readonly extendedRequestId: string;
  /** Empty when S3 gave no answer: a HEAD has nothing else to say why it failed (`x-amz-delete-marker`). */
  readonly headers: Readonly<Record<string, string>>;
}
