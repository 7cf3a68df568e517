import type { CopyTarget } from '../../s3/requests/copy-object.ts';
import { headObject } from '../../s3/requests/head-object.ts';
import { sameTags } from '../../s3/requests/object-tagging.ts';
import type { Examination } from '../examination.ts';
import type { Task, TaskContext } from '../operation.ts';
import { s3Failed } from '../s3-result.ts';
import { failed, type TaskResult } from '../task-result.ts';
import type { Headers } from './copy-headers.ts';
import { checksumAlgorithmOf, tagsOf } from './copy-large.ts';
import { encryptionOf } from './copy-parameters.ts';
import { type CopyPlan, isOntoItself } from './copy-plan.ts';
import { type CopyLimits, planParts } from './part-plan.ts';
import { findSource, metadataFailure, type PinnedSource, sourceFailure, sourceMetadata } from './source.ts';

const IDLE_COPY =
  'This copy request is illegal because it is trying to copy an object to itself without changing the ' +
  "object's metadata, storage class, website redirect location or encryption attributes.";

/** Says what a copy, or a move, would do. Reads only. */
export async function examineCopy(
  task: Task,
  target: CopyTarget,
  plan: CopyPlan,
  { s3, signal }: Pick<TaskContext, 's3' | 'signal'>,
  { limits, verb = 'copy' }: { readonly limits: CopyLimits; readonly verb?: 'copy' | 'move' },
): Promise<Examination> {
  const found = await findSource(s3, task, plan, signal);
  if ('refusal' in found) return failure(s3Failed(found.refusal));
  const { source } = found;
  const parts = planParts(source.size, limits);
  if (parts === undefined) return failure(failed(400, 'EntityTooLarge', `The object has ${source.size} bytes`));
  const isLarge = source.size > limits.largestSingleCopy;
  const refused =
    sourceFailure(source, plan) ?? (isLarge || verb === 'move' ? metadataFailure(source, plan) : undefined);
  if (refused !== undefined) return failure(refused);
  if (isOntoItself(task, target) && (await isCurrent(task, source, { s3, signal }))) {
    if (task.versionId === undefined && isIdle(plan)) return failure(failed(400, 'InvalidRequest', IDLE_COPY));
    if (await isAsAsked(source, plan, { s3, signal })) return { finding: 'unchanged' };
  }
  const how = isLarge ? `in ${parts.count} parts` : 'by CopyObject';
  return {
    finding: 'change',
    says: `Would ${verb} ${source.size} bytes to s3://${target.bucket}/${target.key} ${how}`,
  };
}

function failure(result: TaskResult): Examination {
  return { finding: 'failure', result };
}

/** Whether the version that was named is the one that a reader of the key gets. */
async function isCurrent(
  { bucket, key, versionId }: Task,
  source: PinnedSource,
  { s3, signal }: Pick<TaskContext, 's3' | 'signal'>,
): Promise<boolean> {
  if (versionId === undefined) return true;
  const reply = await headObject(s3, { bucket, key }, signal);
  return reply.ok && reply.headers['x-amz-version-id'] === source.versionId;
}

/** Whether S3 would refuse the copy of a current version onto itself. */
function isIdle({ parameters, metadata }: CopyPlan): boolean {
  const { StorageClass, RedirectLocation } = parameters;
  const nothing = StorageClass === undefined && RedirectLocation === undefined;
  return nothing && metadata === undefined && encryptionOf(parameters) === undefined;
}

/** Whether the object is already what a copy onto itself would make of it. What cannot be told is not. */
async function isAsAsked(
  source: PinnedSource,
  { parameters, attributes, metadata, tags }: CopyPlan,
  { s3, signal }: Pick<TaskContext, 's3' | 'signal'>,
): Promise<boolean> {
  const { headers } = source;
  if (parameters.CannedAccessControlList !== undefined || parameters.AccessControlGrants !== undefined) return false;
  if ((headers['x-amz-storage-class'] ?? 'STANDARD') !== (parameters.StorageClass ?? 'STANDARD')) return false;
  if (!hasAttributes(headers, attributes)) return false;
  if (metadata !== undefined && !sameMetadata(sourceMetadata(source), metadata)) return false;
  const { ChecksumAlgorithm: algorithm } = parameters;
  if (algorithm !== undefined && checksumAlgorithmOf(headers) !== algorithm) return false;
  if (tags === undefined) return true;
  const has = await tagsOf(source, { s3, signal });
  return !('status' in has) && sameTags(has, tags);
}

const COMPARED = [
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-bucket-key-enabled',
  'x-amz-website-redirect-location',
  'x-amz-object-lock-mode',
  'x-amz-object-lock-legal-hold',
];

function hasAttributes(headers: Headers, asked: Headers): boolean {
  const key = asked['x-amz-server-side-encryption-aws-kms-key-id'];
  if (key !== undefined && !isKey(headers['x-amz-server-side-encryption-aws-kms-key-id'] ?? '', key)) return false;
  const until = asked['x-amz-object-lock-retain-until-date'];
  const locked = headers['x-amz-object-lock-retain-until-date'] ?? '';
  if (until !== undefined && Date.parse(locked) !== Date.parse(until)) return false;
  return COMPARED.every((name) => {
    const wanted = asked[name];
    const absent = wanted === 'false' || wanted === 'OFF' ? wanted : undefined;
    return wanted === undefined || (headers[name] ?? absent) === wanted;
  });
}

/** HEAD shows a key's ARN; an alias could be any key's. */
function isKey(arn: string, asked: string): boolean {
  return arn === asked || arn.endsWith(`:key/${asked}`);
}

/** S3 gives a type to what was given none. */
function sameMetadata(has: Headers, asked: Headers): boolean {
  const wanted = { 'content-type': 'binary/octet-stream', ...asked };
  const names = new Set([...Object.keys(has), ...Object.keys(wanted)]);
  return [...names].every((name) => has[name] === wanted[name as keyof typeof wanted]);
}
