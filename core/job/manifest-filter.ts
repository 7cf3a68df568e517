import { z } from 'zod';
import { storageClass, text, timestamp } from './scalars.ts';

/**
 * `Manifest.Drover.Filter` and `S3JobManifestGenerator.Drover.Filter`: which lines of a manifest become tasks. Members
 * that are there must all hold; of a list one must. Members that S3's manifest generator has too are named and meant as
 * there.
 */

/** Texts of one list at most. */
const MOST_TEXTS = 100;

/** Bytes that a pattern has at most; how much work it may be is looked at when it is read. */
const MOST_PATTERN = 1_024;

const texts = z.array(text(1, 1_024)).min(1).max(MOST_TEXTS);
const patterns = z.array(text(1, MOST_PATTERN)).min(1).max(MOST_TEXTS);

/** An age, like 90d: whole days, hours or minutes. */
const age = text(2, 10)
  .regex(/^[1-9]\d{0,7}[dhm]$/, { error: 'must be an age in days, hours or minutes, like 90d, 36h or 15m' })
  .meta({ inWords: 'an age in days, hours or minutes, like 90d, 36h or 15m' });

/** A tag; without a value, whatever its value. */
const tags = z
  .array(z.strictObject({ Key: text(1, 128), Value: text(0, 256).optional() }))
  .min(1)
  .max(MOST_TEXTS);

/** Bytes that an object has at most, and more: what a number holds exactly. */
const bytes = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** The encryption of objects, as inventories name it (S3 User Guide, storage-inventory). */
const ENCRYPTION_STATUSES = ['SSE-S3', 'SSE-KMS', 'DSSE-KMS', 'SSE-C', 'NOT-SSE'] as const;

export const manifestFilter = z.strictObject({
  KeyNameConstraint: z
    .strictObject({
      MatchAnyPrefix: texts.optional(),
      MatchAnySuffix: texts.optional(),
      MatchAnySubstring: texts.optional(),
      /** `*` and `?` do not match a slash, `**` does; `[a-z]`, `{jpg,png}`; the whole key must match. */
      MatchAnyGlob: patterns.optional(),
      /** RE2's syntax; found anywhere in the key unless `^` and `$` say otherwise. */
      MatchAnyRegex: patterns.optional(),
    })
    .optional(),
  CreatedAfter: timestamp.optional(),
  CreatedBefore: timestamp.optional(),
  /** By the time at which the job was created. */
  OlderThan: age.optional(),
  NewerThan: age.optional(),
  ObjectSizeGreaterThanBytes: bytes.optional(),
  ObjectSizeLessThanBytes: bytes.optional(),
  MatchAnyStorageClass: z
    .array(z.enum([...storageClass.options, 'REDUCED_REDUNDANCY']))
    .min(1)
    .optional(),
  MatchAnyEncryptionStatus: z.array(z.enum(ENCRYPTION_STATUSES)).min(1).optional(),
  /** NONE: the object is not replicated. */
  ObjectReplicationStatuses: z
    .array(z.enum(['PENDING', 'COMPLETED', 'FAILED', 'REPLICA', 'NONE']))
    .min(1)
    .optional(),
  /** Asks S3 for each object that all else lets through, where the manifest lacks a column that is filtered by. */
  Head: z.boolean().optional(),
  /** By an object's tags, for which S3 is asked. Lists that are there must all hold. */
  Tags: z.strictObject({ MatchAll: tags.optional(), MatchAny: tags.optional(), MatchNone: tags.optional() }).optional(),
  /** Some of the objects, the same ones each time: they are drawn by a hash of bucket, key and version. */
  Sample: z
    .strictObject({
      OneIn: z.int().min(2).max(1_000_000_000).optional(),
      Share: z.number().gt(0).lt(1).optional(),
      /** Another seed draws other objects. */
      Seed: text(1, 64).optional(),
    })
    .optional(),
  /** So many of the lines that all else lets through, in the manifest's order. */
  First: z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
});
export type ManifestFilter = z.infer<typeof manifestFilter>;
