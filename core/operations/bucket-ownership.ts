import { getBucketOwnershipControlsRequest, ownerIsEnforced } from '../s3/requests/bucket-settings.ts';
import type { S3DataClient } from '../s3/s3-data-client.ts';
import type { TaskContext } from './operation.ts';

/** Buckets of one client whose setting is kept. */
const CAPACITY = 1_000;

/** By client: what one role may not know, another may. */
const known = new WeakMap<S3DataClient, Map<string, Promise<boolean>>>();

/**
 * Whether a bucket has its ACLs switched off (S3 Object Ownership: bucket owner enforced). Asked once a bucket; false
 * where the role may not know.
 */
export async function aclsAreOff(bucket: string, context: Pick<TaskContext, 's3' | 'signal'>): Promise<boolean> {
  const buckets = known.get(context.s3) ?? new Map<string, Promise<boolean>>();
  known.set(context.s3, buckets);
  const answer = buckets.get(bucket);
  if (answer !== undefined) return await answer;
  if (buckets.size >= CAPACITY) buckets.clear();
  const asking = ask(bucket, context);
  buckets.set(bucket, asking);
  try {
    return await asking;
  } catch (error) {
    buckets.delete(bucket);
    throw error;
  }
}

async function ask(bucket: string, { s3, signal }: Pick<TaskContext, 's3' | 'signal'>): Promise<boolean> {
  const reply = await s3.send(getBucketOwnershipControlsRequest(bucket), signal);
  return reply.ok && ownerIsEnforced(reply.body);
}
