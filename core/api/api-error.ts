/** The errors of S3 Control's job API, and the HTTP status of each as the API reference prints it. */
const STATUS = {
  BadRequestException: 400,
  IdempotencyException: 400,
  InvalidNextTokenException: 400,
  InvalidRequestException: 400,
  JobStatusException: 400,
  NotFoundException: 400,
  TooManyRequestsException: 400,
  TooManyTagsException: 400,
  InternalServiceException: 500,
  // Not in the model; S3's own codes for what is not a matter of one operation.
  AccessDenied: 403,
  MethodNotAllowed: 405,
  NoSuchResource: 404,
} as const;

export type ErrorCode = keyof typeof STATUS;

/** An answer other than success. The message is for the caller. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  constructor(
    readonly code: ErrorCode,
    message: string,
    /** Headers that belong to the answer. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = STATUS[code];
  }
}

/** There is no such job, or it is past its retention. */
export function noSuchJob(jobId: string): ApiError {
  return new ApiError(
    'NotFoundException',
    `The specified job does not exist: ${jobId}. Jobs are kept for 90 days after they end.`,
  );
}
