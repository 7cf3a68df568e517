import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { ServiceContext } from '../../core/api/context.ts';
import { serve } from '../../core/api/serve.ts';
import { createTriggerCall } from '../../core/stores/lambda-trigger-call.ts';
import { jobsContext } from '../runtime/api-context.ts';
import { lambda } from '../runtime/aws-clients.ts';
import { requireVariable } from '../runtime/environment.ts';
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

let kept: ServiceContext | undefined;

/** Made once for the function's process: its clients keep connections. */
function apiContext(): ServiceContext {
  kept ??= {
    ...jobsContext(),
    callTriggers: createTriggerCall(lambda(), requireVariable('TRIGGER_FUNCTION'), log),
  };
  return kept;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
