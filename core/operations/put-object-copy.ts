import { copyObjectRequest } from '../s3/requests/copy-object.ts';
import type { S3Refusal } from '../s3/s3-data-client.ts';
import { systemClock } from '../signed-http/clock.ts';
import { checkCopy } from './copy/check-copy.ts';
import { COPY_ACTIONS } from './copy/copy-actions.ts';
import { copyLarge } from './copy/copy-large.ts';
import type { CopyParameters } from './copy/copy-parameters.ts';
import { copyPlan, targetOf } from './copy/copy-plan.ts';
import { copyRequests } from './copy/copy-requests.ts';
import { examineCopy } from './copy/examine-copy.ts';
import type { CopyTools } from './copy/multipart-copy.ts';
import { S3_COPY_LIMITS } from './copy/part-plan.ts';
import { findSource } from './copy/source.ts';
import type { Operation } from './operation.ts';
import { s3Failed } from './s3-result.ts';
import { PARAMETERS } from './schema.ts';
import { succeeded } from './task-result.ts';

const PATHS = { own: 'Operation.S3PutObjectCopy', drover: 'Operation.Drover.S3PutObjectCopy' };

export const putObjectCopy: Operation<CopyParameters> = createPutObjectCopy({
  clock: systemClock,
  limits: S3_COPY_LIMITS,
});

/** @param tools the time and S3's limits. */
export function createPutObjectCopy(tools: CopyTools): Operation<CopyParameters> {
  return {
    name: 'S3PutObjectCopy',
    summary: 'Copies each object, of any size, to a bucket or onto itself.',
    schema: PARAMETERS.S3PutObjectCopy,
    roleActions: COPY_ACTIONS,
    concurrency: 64,
    invokesFunctions: false,
    repetition:
      'Copies again: the target is the same, as one more version where its bucket has versions. A copy onto itself with ' +
      'UnModifiedSinceConstraint fails when repeated, since the first one changed the object.',
    differences: [
      'Objects over 5 GB are copied too, in parts, up to the 50 TB that S3 allows; such a copy has an ETag of parts, and ' +
        'no annotations.',
      'A copy in parts may leave parts behind when its task fails and they cannot be removed: give the target bucket a ' +
        'lifecycle rule with AbortIncompleteMultipartUpload.',
      'The key of a copy can be made by a template, Operation.Drover.S3PutObjectCopy.TargetKey.',
      'A TargetKeyPrefix that ends in a slash is not given another.',
      'SSEAwsKmsKeyId without NewObjectMetadata.SSEAlgorithm means SSE-KMS. Neither S3’s parameters nor these can ask for ' +
        'DSSE-KMS: copies get it where it is the default encryption of the target bucket.',
      'NewObjectMetadata without MetadataDirective replaces the metadata; SSEAlgorithm alone does not.',
      'Directory buckets, access points, grants by e-mail, and grants together with a canned ACL are refused when the ' +
        'job is created.',
    ],
    knowsUnchanged: true,
    tasksPerShard: () => 1_000,
    requestsPerTask: (parameters, bytes) => copyRequests(parameters, bytes, tools.limits),
    checkRequest: (request, parameters) => checkCopy(request, parameters, PATHS),
    async examine(task, parameters, context) {
      const plan = copyPlan(parameters);
      const target = targetOf(plan, task);
      if ('status' in target) return { finding: 'failure', result: target };
      return await examineCopy(task, target, plan, context, tools);
    },
    async execute(task, parameters, context) {
      const plan = copyPlan(parameters);
      const target = targetOf(plan, task);
      if ('status' in target) return target;
      const reply = await context.s3.send(copyObjectRequest(task, target, plan.singleCopy), context.signal);
      if (reply.ok) return succeeded();
      // Most objects are small: S3 says which are not, without a request more for those that are.
      if (!isTooLarge(reply)) return s3Failed(reply);
      const found = await findSource(context.s3, task, plan, context.signal);
      if ('refusal' in found) return s3Failed(found.refusal);
      const outcome = await copyLarge(task, { source: found.source, target, plan }, context, tools);
      return outcome.copied ? succeeded() : outcome.result;
    },
  };
}

/** S3 has no code of its own for it; other stores have. */
function isTooLarge({ code, message }: S3Refusal): boolean {
  return (
    code === 'EntityTooLarge' || (code === 'InvalidRequest' && message.includes('larger than the maximum allowable'))
  );
}
