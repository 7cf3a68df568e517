import type { CopyTarget } from '../../s3/requests/copy-object.ts';
import { getObjectTaggingRequest, type S3Tag, tagsIn } from '../../s3/requests/object-tagging.ts';
import type { Task, TaskContext } from '../operation.ts';
import { s3Failed } from '../s3-result.ts';
import { failed, type TaskResult } from '../task-result.ts';
import { type Headers, taggingHeader } from './copy-headers.ts';
import type { CopyPlan } from './copy-plan.ts';
import { type CopyOutcome, type CopyTools, copyInParts } from './multipart-copy.ts';
import { metadataFailure, type PinnedSource, sourceFailure, sourceMetadata } from './source.ts';

/** Algorithms whose checksum of the whole follows from those of the parts (S3 User Guide, "Checking object integrity"). */
const FULL_OBJECT_ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME'];

const CHECKSUM_HEADER = /^x-amz-checksum-((?!type$|mode$).+)$/;

/** Copies an object that is too large for CopyObject, by what the job asks for and else as CopyObject would. */
export async function copyLarge(
  task: Task,
  { source, target, plan }: { readonly source: PinnedSource; readonly target: CopyTarget; readonly plan: CopyPlan },
  context: TaskContext,
  tools: CopyTools,
): Promise<CopyOutcome> {
  const describe = async () => {
    const failure = sourceFailure(source, plan) ?? metadataFailure(source, plan);
    if (failure !== undefined) return { failure };
    const tags = plan.tags ?? (await tagsOf(source, context));
    return 'status' in tags ? { failure: tags } : { headers: uploadHeaders(source, plan, tags) };
  };
  return await copyInParts({ source, target, payer: plan.payer, describe }, task, context, tools);
}

/** An object's tags, or why they cannot be had: HEAD counts them, but not those that the role may not read. */
export async function tagsOf(
  source: PinnedSource,
  { s3, signal }: Pick<TaskContext, 's3' | 'signal'>,
): Promise<readonly S3Tag[] | TaskResult> {
  const reply = await s3.send(getObjectTaggingRequest(source), signal);
  if (!reply.ok) return reply.httpStatus === 501 ? [] : s3Failed(reply);
  try {
    return tagsIn(reply.body);
  } catch {
    return failed(reply.httpStatus, 'InternalError', 'S3 answered GetObjectTagging with what are no tags');
  }
}

function uploadHeaders(source: PinnedSource, plan: CopyPlan, tags: readonly S3Tag[]): Headers {
  return {
    ...plan.attributes,
    ...(plan.metadata ?? sourceMetadata(source)),
    ...(tags.length > 0 && { 'x-amz-tagging': taggingHeader(tags) }),
    ...checksumHeaders(source, plan.parameters.ChecksumAlgorithm),
  };
}

/** Without an algorithm S3 takes its own default, as CopyObject does for a source that has no checksum. */
function checksumHeaders({ headers }: PinnedSource, asked: string | undefined): Headers {
  const algorithm = asked ?? checksumAlgorithmOf(headers);
  if (algorithm === undefined) return {};
  const kept = asked === undefined && algorithm !== 'CRC64NVME' ? headers['x-amz-checksum-type'] : undefined;
  return {
    'x-amz-checksum-algorithm': algorithm,
    ...(FULL_OBJECT_ALGORITHMS.includes(algorithm) && { 'x-amz-checksum-type': kept ?? 'FULL_OBJECT' }),
  };
}

/** The algorithm of the checksum that a HEAD showed; undefined if it showed none. */
export function checksumAlgorithmOf(headers: Headers): string | undefined {
  for (const name in headers) {
    const algorithm = CHECKSUM_HEADER.exec(name)?.[1];
    if (algorithm !== undefined) return algorithm.toUpperCase();
  }
  return undefined;
}
