import { initialState } from '../job/initial-state.ts';
import { canonicalHash, jobIdOf } from '../job/job-id.ts';
import { accountOfRole, isAllowedArn } from '../job/job-roles.ts';
import type { StoredRequest } from '../job/records.ts';
import type { JobRequest } from '../job/request.ts';
import { ApiError } from './api-error.ts';
import { checkOtherJobs } from './check-other-jobs.ts';
import type { ApiContext } from './context.ts';

/**
 * Creates a job, once for each ClientRequestToken: the same request again answers the same id.
 *
 * @param request as `checkJobRequest` gives it.
 * @throws ApiError AccessDenied for a role that jobs may not use; IdempotencyException for a token that another request
 *   was made with; what `checkOtherJobs` throws.
 */
export async function createJob(request: JobRequest, context: ApiContext): Promise<{ JobId: string }> {
  refuseForbidden(request, context);
  const { account, region } = context.identity;
  const jobId = jobIdOf(account, region, request.ClientRequestToken);
  const earlier = await context.jobs.getRequest(jobId);
  const stored: StoredRequest = {
    jobId,
    hash: canonicalHash(request),
    createdAt: earlier?.createdAt ?? context.clock().toISOString(),
    request,
  };
  // A job whose state is written needs nothing more; one that is not was cut short, and is finished here.
  const whole = earlier !== undefined && (await context.jobs.getState(jobId)) !== undefined;
  if (!whole) await checkOtherJobs(request.Drover, context);
  const kept = whole ? earlier : await context.jobs.createJob(stored, initialState(stored), request.Tags ?? []);
  if (kept.hash !== stored.hash) throw tokenUsed(kept);
  await context.callScheduler(jobId);
  return { JobId: jobId };
}

function tokenUsed({ jobId, createdAt }: StoredRequest): ApiError {
  return new ApiError(
    'IdempotencyException',
    `The ClientRequestToken was used at ${createdAt} for another request, which made job ${jobId}. ` +
      'Give a new token to create another job, or the same request to be told of the same job.',
  );
}

/** @throws ApiError AccessDenied for a role that jobs may not use, or a topic that they may not name. */
export function refuseForbidden(
  { RoleArn: roleArn, Drover: options }: JobRequest,
  context: Pick<ApiContext, 'identity' | 'jobRoles' | 'jobTopics'>,
): void {
  refuseRole(roleArn, context);
  refuseTopic(options?.NotificationTopicArn, context);
}

function refuseRole(roleArn: string, { identity, jobRoles }: Pick<ApiContext, 'identity' | 'jobRoles'>): void {
  if (accountOfRole(roleArn) !== identity.account) {
    throw new ApiError(
      'AccessDenied',
      `Cross-account pass role is not allowed: ${roleArn} is not a role of account ${identity.account}.`,
    );
  }
  if (!isAllowedArn(roleArn, jobRoles)) {
    const allowed = jobRoles.length === 0 ? 'none' : jobRoles.join(', ');
    throw new ApiError(
      'AccessDenied',
      `Jobs may not use the role ${roleArn}. The operator of this Drover allows ${allowed}.`,
    );
  }
}

function refuseTopic(
  topicArn: string | undefined,
  { identity, jobTopics = [] }: Pick<ApiContext, 'identity' | 'jobTopics'>,
): void {
  if (topicArn === undefined) return;
  const region = topicArn.split(':')[3];
  // SNS takes messages only in the Region of the topic, and Drover speaks to that of its own.
  if (region !== identity.region) {
    throw new ApiError(
      'InvalidRequestException',
      `Drover.NotificationTopicArn: ${topicArn} is in ${region}; it must be a topic of this Drover's Region, ${identity.region}.`,
    );
  }
  if (isAllowedArn(topicArn, jobTopics)) return;
  const allowed = jobTopics.length === 0 ? 'none' : jobTopics.join(', ');
  throw new ApiError(
    'AccessDenied',
    `Jobs may not name the topic ${topicArn}. The operator of this Drover allows ${allowed}.`,
  );
}
