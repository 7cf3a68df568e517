import type { z } from 'zod';
import type { storageClass } from '../job/scalars.ts';

/** Where and of when the prices are. Shown with every estimate. */
export const PRICE_LIST = {
  Region: 'us-east-1',
  AsOf: '2026-09',
  Source:
    'AWS Price List and the pricing pages of the services: list prices, no free tier, no discounts; written down then, so check them',
} as const;

/**
 * Dollars, us-east-1, list prices without free tier or discounts (AWS Price List, September 2026; each service's own
 * pricing page says the same).
 */
export const PRICES = {
  /** A state transition of a Standard workflow (https://aws.amazon.com/step-functions/pricing/); a child of a Distributed Map begins with one. */
  transition: 25e-6,
  /** Lambda: a request, and a GB-second on arm64. */
  invocation: 0.2e-6,
  gigabyteSecond: 1.33334e-5,
  /** DynamoDB on demand: a write of 1 KB, a strongly consistent read of 4 KB. */
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  /** S3 Standard: PUT, COPY, POST and LIST, and what sets tags in any class; GET and all other. DELETE is free. */
  put: 5e-6,
  get: 0.4e-6,
  /** S3 Standard, a GB for a month (the first 50 TB). */
  gigabyteMonth: 0.023,
  /** CloudWatch Logs, a GB taken in. */
  logGigabyte: 0.5,
  /** KMS, a request with a symmetric key. */
  kms: 3e-6,
  /** S3 Batch Operations: a job, an object, a GB that a checksum is computed of. https://aws.amazon.com/s3/pricing/ */
  batchJob: 0.25,
  batchObject: 1e-6,
  batchChecksumGigabyte: 0.004,
  /** An object of the bucket that a generated manifest is made of. */
  batchListedObject: 0.015e-6,
} as const;

export type StorageClass = z.infer<typeof storageClass>;

/** What a storage class costs beside S3 Standard. */
export interface ClassPrices {
  /** A PUT, COPY or POST that puts an object into it. */
  readonly put: number;
  /** A GB for a month. INTELLIGENT_TIERING: its tier of frequent access, where objects begin. */
  readonly gigabyteMonth: number;
  /** A GB that is read, in classes that are read without a restore. */
  readonly retrievalGigabyte?: number;
  /** Days that are paid for at least (User Guide, "Understanding your billing and usage reports"). */
  readonly minimumDays?: number;
}

/** https://aws.amazon.com/s3/pricing/, September 2026. */
export const CLASS_PRICES: Readonly<Record<StorageClass, ClassPrices>> = {
  STANDARD: { put: PRICES.put, gigabyteMonth: PRICES.gigabyteMonth },
  INTELLIGENT_TIERING: { put: 5e-6, gigabyteMonth: 0.023 },
  STANDARD_IA: { put: 10e-6, gigabyteMonth: 0.0125, retrievalGigabyte: 0.01, minimumDays: 30 },
  ONEZONE_IA: { put: 10e-6, gigabyteMonth: 0.01, retrievalGigabyte: 0.01, minimumDays: 30 },
  GLACIER_IR: { put: 20e-6, gigabyteMonth: 0.004, retrievalGigabyte: 0.03, minimumDays: 90 },
  GLACIER: { put: 30e-6, gigabyteMonth: 0.0036, minimumDays: 90 },
  DEEP_ARCHIVE: { put: 50e-6, gigabyteMonth: 0.00099, minimumDays: 180 },
};

/**
 * What it costs to bring an object back: the request, and each GB. https://aws.amazon.com/s3/pricing/, September 2026;
 * GLACIER in STANDARD also in https://repost.aws/knowledge-center/s3-manage-data-retrieval.
 */
export const RESTORE_PRICES = {
  GLACIER: { STANDARD: { request: 50e-6, gigabyte: 0.01 }, BULK: { request: 0, gigabyte: 0 } },
  DEEP_ARCHIVE: { STANDARD: { request: 100e-6, gigabyte: 0.02 }, BULK: { request: 25e-6, gigabyte: 0.0025 } },
} as const;
