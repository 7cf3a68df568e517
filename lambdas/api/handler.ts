import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { ApiContext } from '../../core/api/context.ts';
import { serve } from '../../core/api/serve.ts';
import { createSchedulerCall } from '../../core/stores/lambda-scheduler-call.ts';
import { lambda } from '../runtime/aws-clients.ts';
import { jobStore } from '../runtime/engine.ts';
import { optionalVariable, requireVariable } from '../runtime/environment.ts';
import { log, logger } from '../runtime/logger.ts';
import { proxyRequest } from './proxy-request.ts';

/** The job API behind API Gateway. */
export async function handler(event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> {
  logger.addContext(context);
  const request = proxyRequest(event);
  const answer = await serve(request, apiContext(), (error) =>
    logger.error('a request could not be answered', { requestId: request.requestId, error: asError(error) }),
  );
  logger.info('answered', {
    method: request.method,
    path: request.path,
    status: answer.status,
    requestId: request.requestId,
  });
  return { statusCode: answer.status, headers: { ...answer.headers }, body: answer.body };
}

let kept: ApiContext | undefined;

/** Made once for the function's process: its clients keep connections. */
function apiContext(): ApiContext {
  kept ??= {
    jobs: jobStore(),
    callScheduler: createSchedulerCall(lambda(), requireVariable('SCHEDULER_FUNCTION'), log),
    clock: () => new Date(),
    identity: {
      account: requireVariable('ACCOUNT_ID'),
      region: requireVariable('AWS_REGION'),
      partition: requireVariable('PARTITION'),
    },
    jobRoles: rolePatterns(requireVariable('JOB_ROLES')),
    maxConcurrentWorkers: Number(requireVariable('MAX_CONCURRENT_WORKERS')),
    objectsEndpoint: optionalVariable('DROVER_S3_ENDPOINT'),
  };
  return kept;
}

function rolePatterns(json: string): string[] {
  const patterns: unknown = JSON.parse(json);
  if (!Array.isArray(patterns)) throw new Error('The environment variable JOB_ROLES is not a JSON array.');
  return patterns.map(String);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
