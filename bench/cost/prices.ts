/**
 * Dollars, us-east-1, list prices without free tier or discounts (AWS Price List, September 2026; each service's own
 * pricing page says the same).
 */
export const PRICES = {
  /** A state transition of a Standard workflow; a child of a Distributed Map begins with one. */
  transition: 25e-6,
  /** Lambda: a request, and a GB-second on arm64. */
  invocation: 0.2e-6,
  gigabyteSecond: 1.33334e-5,
  /** DynamoDB on demand: a write of 1 KB, a strongly consistent read of 4 KB. */
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  /** S3 Standard: PUT, COPY, POST and LIST; GET and all other. */
  put: 5e-6,
  get: 0.4e-6,
  /** S3 Standard, a GB for a month. */
  gigabyteMonth: 0.023,
  /** CloudWatch Logs, a GB taken in. */
  logGigabyte: 0.5,
  /** S3 Batch Operations: a job, and an object. */
  batchJob: 0.25,
  batchObject: 1e-6,
} as const;
