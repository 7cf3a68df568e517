/**
 * The HTTP status that goes with an error code where S3 gives the code alone, as DeleteObjects does for each key: the
 * one that a request for that key by itself would have had. A code that is not here reads as a bad request.
 * Source: S3 API reference, "Error responses".
 */
export function statusOfCode(code: string): number {
  return STATUS[code] ?? 400;
}

const STATUS: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  AccountProblem: 403,
  AllAccessDisabled: 403,
  InvalidObjectState: 403,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchVersion: 404,
  MethodNotAllowed: 405,
  ConditionalRequestConflict: 409,
  OperationAborted: 409,
  PreconditionFailed: 412,
  TooManyRequests: 429,
  InternalError: 500,
  NotImplemented: 501,
  ServiceUnavailable: 503,
  SlowDown: 503,
};
