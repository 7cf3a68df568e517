/** The HTTP status of an error that the AWS SDK threw; undefined for one that has none (a network error). */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata as { httpStatusCode?: number } | undefined;
  return metadata?.httpStatusCode;
}

/** Codes of refusals that may pass by themselves, whatever their status (S3 API reference, error responses). */
const PASSING: ReadonlySet<string> = new Set([
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'ExpiredToken',
  'OperationAborted',
  'ConditionalRequestConflict',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** Whether S3 refused for good: asking again, as things are, brings the same answer. */
export function isFinal(error: unknown): boolean {
  const status = statusOf(error);
  if (status === undefined || status < 300 || status >= 500 || status === 408 || status === 429) return false;
  return !(error instanceof Error && PASSING.has(error.name));
}

/** Whether S3 said that the object (or its bucket) is not there. */
export function isMissing(error: unknown): boolean {
  return statusOf(error) === 404;
}
