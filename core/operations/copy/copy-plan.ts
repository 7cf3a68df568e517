import { parseBucketArn } from '../../job/object-arn.ts';
import type { CopyTarget } from '../../s3/requests/copy-object.ts';
import type { S3Tag } from '../../s3/requests/object-tagging.ts';
import type { Task } from '../operation.ts';
import { failed, type TaskResult } from '../task-result.ts';
import {
  attributeHeaders,
  type Headers,
  httpDate,
  metadataHeaders,
  payerHeaders,
  taggingHeader,
} from './copy-headers.ts';
import { type CopyParameters, replacesMetadata } from './copy-parameters.ts';
import { expandTargetKey, parseTargetKey, type TargetKeyTemplate } from './target-key.ts';

/** UTF-8 bytes of a key (S3 User Guide, "Naming Amazon S3 objects"). */
const KEY_BYTES = 1_024;

/** A job's parameters as its tasks need them, worked out once. */
export interface CopyPlan {
  readonly parameters: CopyParameters;
  readonly bucket: string;
  readonly template: TargetKeyTemplate | undefined;
  /** What the target is to have, besides metadata and tags. */
  readonly attributes: Headers;
  /** In place of the source's; undefined where the source's are kept. */
  readonly metadata: Headers | undefined;
  readonly tags: readonly S3Tag[] | undefined;
  readonly payer: Headers;
  /** All headers of a CopyObject that takes its source as it finds it. */
  readonly singleCopy: Headers;
  /** Epoch milliseconds. */
  readonly modifiedSince: number | undefined;
  readonly unmodifiedSince: number | undefined;
}

const plans = new WeakMap<CopyParameters, CopyPlan>();

/** @param parameters that passed CreateJob; the same object for all tasks of a job. */
export function copyPlan(parameters: CopyParameters): CopyPlan {
  const known = plans.get(parameters);
  if (known !== undefined) return known;
  const plan = makePlan(parameters);
  plans.set(parameters, plan);
  return plan;
}

function makePlan(parameters: CopyParameters): CopyPlan {
  const { TargetResource = '', TargetKey, NewObjectMetadata, NewObjectTagging } = parameters;
  const bucket = parseBucketArn(TargetResource);
  const template = TargetKey === undefined ? undefined : parseTargetKey(TargetKey);
  if (bucket === undefined || (template !== undefined && 'problem' in template)) {
    throw new Error('a copy without a target passed validation');
  }
  const attributes = attributeHeaders(parameters);
  const metadata = replacesMetadata(parameters) ? metadataHeaders(NewObjectMetadata) : undefined;
  return {
    parameters,
    bucket,
    template,
    attributes,
    metadata,
    tags: NewObjectTagging,
    payer: payerHeaders(parameters),
    singleCopy: {
      ...attributes,
      ...constraintHeaders(parameters),
      ...singleCopyHeaders({ metadata, tags: NewObjectTagging, parameters }),
    },
    modifiedSince: timeOf(parameters.ModifiedSinceConstraint),
    unmodifiedSince: timeOf(parameters.UnModifiedSinceConstraint),
  };
}

/** What CopyObject is told about metadata, tags and checksum: where it is told nothing it keeps the source's. */
export function singleCopyHeaders({
  metadata,
  tags,
  parameters: { ChecksumAlgorithm: algorithm },
}: Pick<CopyPlan, 'metadata' | 'tags' | 'parameters'>): Headers {
  return {
    ...(metadata !== undefined && { 'x-amz-metadata-directive': 'REPLACE', ...metadata }),
    ...(tags !== undefined && { 'x-amz-tagging-directive': 'REPLACE' }),
    ...(tags !== undefined && tags.length > 0 && { 'x-amz-tagging': taggingHeader(tags) }),
    ...(algorithm !== undefined && { 'x-amz-checksum-algorithm': algorithm }),
  };
}

function constraintHeaders({ ModifiedSinceConstraint, UnModifiedSinceConstraint }: CopyParameters): Headers {
  const since = timeOf(ModifiedSinceConstraint);
  const until = timeOf(UnModifiedSinceConstraint);
  return {
    ...(since !== undefined && { 'x-amz-copy-source-if-modified-since': httpDate(since) }),
    ...(until !== undefined && { 'x-amz-copy-source-if-unmodified-since': httpDate(until) }),
  };
}

function timeOf(timestamp: string | undefined): number | undefined {
  return timestamp === undefined ? undefined : Date.parse(timestamp);
}

/** Where a task's copy goes, or why there is no such place. */
export function targetOf({ bucket, template, parameters }: CopyPlan, task: Task): CopyTarget | TaskResult {
  const key = template === undefined ? prefixed(parameters.TargetKeyPrefix, task.key) : expandTargetKey(template, task);
  if (typeof key !== 'string') return failed(400, 'InvalidRequest', `${key.problem}.`);
  if (isTooLong(task.key)) return failed(400, 'KeyTooLongError', 'Your key is too long');
  if (isTooLong(key)) return failed(400, 'KeyTooLongError', 'The key of the target would be too long');
  return { bucket, key };
}

/** As S3 Batch Operations joins them: the whole key, after a slash. */
function prefixed(prefix: string | undefined, key: string): string {
  if (prefix === undefined) return key;
  return prefix.endsWith('/') ? prefix + key : `${prefix}/${key}`;
}

function isTooLong(key: string): boolean {
  // A character of UTF-16 takes at most three bytes of UTF-8.
  return key.length * 3 > KEY_BYTES && Buffer.byteLength(key) > KEY_BYTES;
}

/** Whether the copy would take the place of its own source. */
export function isOntoItself(task: Pick<Task, 'bucket' | 'key'>, target: CopyTarget): boolean {
  return task.bucket === target.bucket && task.key === target.key;
}
