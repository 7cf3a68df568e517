/** The HTTP status of an error that the AWS SDK threw; undefined for one that has none (a network error). */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata as { httpStatusCode?: number } | undefined;
  return metadata?.httpStatusCode;
}

/** Whether S3 said that the object (or its bucket) is not there. */
export function isMissing(error: unknown): boolean {
  return statusOf(error) === 404;
}
