import type { S3Tag } from './requests/put-object-tagging.ts';
import type { S3Object } from './s3-request.ts';

/**
 * The requests to S3 that tasks are made of, with the permissions of the job's role. Each is tried until it succeeds or
 * fails for good. All of them reject with a JobTrouble when no task could succeed, and with the signal's reason when it
 * is aborted.
 */
export interface S3DataClient {
  /** Replaces all tags of an object. */
  putObjectTagging(object: S3Object, tags: readonly S3Tag[], signal: AbortSignal): Promise<S3Reply>;
}

/** The end of one S3 request, retries included. Failures are values: an operation turns them into a report line. */
export type S3Reply =
  | {
      readonly ok: true;
      readonly httpStatus: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | {
      readonly ok: false;
      /** 0 when S3 gave no answer. */
      readonly httpStatus: number;
      readonly code: string;
      readonly message: string;
      readonly requestId: string;
      readonly extendedRequestId: string;
    };
