import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { credentialScopeOf } from '../server/credential-scope.ts';
import { readBody } from '../server/read-body.ts';
import { type CloudIdentity, type FunctionInvoker, type LocalService, ServiceRefusal } from '../service.ts';
import { type ApiAddress, addressOf } from './api-address.ts';
import { callerOf } from './caller.ts';
import { GATEWAY_ERRORS, type GatewayError, gatewayErrorAnswer } from './gateway-error.ts';
import { matchResource } from './match-resource.ts';
import { type ProxyAnswer, proxyAnswer } from './proxy-answer.ts';
import { isBinary, type ProxyRequest, proxyEvent } from './proxy-event.ts';
import type { ApiMethod, RestApi } from './rest-api.ts';

/** The largest body that API Gateway takes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** REST APIs of the local cloud, with Lambda proxy integrations. Signatures are asked for, but not verified. */
export interface ApiGatewayService extends LocalService {
  /** Adds the API, or takes the place of the one of the same id. */
  putRestApi(api: RestApi): void;
}

/** Serves REST APIs. */
export function createApiGatewayService(options: {
  readonly identity: CloudIdentity;
  readonly functions: Pick<FunctionInvoker, 'invoke'>;
}): ApiGatewayService {
  const apis = new Map<string, RestApi>();
  const gateway = { ...options, apis };
  return {
    putRestApi: (api) => void apis.set(api.id, api),
    async handle(request, response) {
      const requestId = randomUUID();
      send(request, response, requestId, await answerOf(gateway, request, requestId));
    },
    async stop() {},
  };
}

interface Gateway {
  readonly identity: CloudIdentity;
  readonly functions: Pick<FunctionInvoker, 'invoke'>;
  readonly apis: ReadonlyMap<string, RestApi>;
}

async function answerOf(gateway: Gateway, request: IncomingMessage, requestId: string): Promise<ProxyAnswer> {
  const receivedAt = new Date();
  const body = await readBody(request, MAX_BODY_BYTES);
  const address = addressOf(request, gateway.apis);
  if (typeof address === 'string') {
    const error = { responseType: 'ACCESS_DENIED', status: 403, message: address, exception: 'ForbiddenException' };
    return gatewayErrorAnswer(undefined, error, { context: { requestId }, headers: request.headers });
  }
  const fail = (error: GatewayError, context: Record<string, unknown> = { requestId }): ProxyAnswer =>
    gatewayErrorAnswer(address.api, error, { context, headers: { ...accepted(request, address), ...request.headers } });

  const match = matchResource(address.api, address.path);
  const method = match && address.api.methodOf(match.resource, request.method ?? 'GET');
  if (!match || !method) {
    return fail(GATEWAY_ERRORS.missingAuthenticationToken);
  }
  if (!body) {
    return fail(GATEWAY_ERRORS.requestTooLarge);
  }
  const scope = credentialScopeOf(request);
  const refused = authorize(method, address, scope?.service);
  if (refused) {
    return fail(refused);
  }
  const caller = scope && callerOf(request, scope.accessKeyId, gateway.identity.account);
  const source: ProxyRequest = { request, address, match, body, caller, requestId, receivedAt };
  const event = proxyEvent(source, gateway.identity);
  const answer = await invoke(gateway, method, source, event);
  return 'responseType' in answer ? fail(answer, event.requestContext as Record<string, unknown>) : answer;
}

/**
 * S3 Control's clients name no language and read XML only. Deployed, what brings them to API Gateway says it for them;
 * here the port does.
 */
function accepted({ headers }: IncomingMessage, { s3Control }: ApiAddress): { accept?: string } {
  const json = headers['content-type']?.includes('json') === true;
  return s3Control && !json ? { accept: 'application/xml' } : {};
}

function authorize(method: ApiMethod, address: ApiAddress, service: string | undefined): GatewayError | undefined {
  if (method.authorization === 'NONE') {
    return undefined;
  }
  if (service === undefined) {
    return GATEWAY_ERRORS.missingAuthenticationToken;
  }
  const right = service === 'execute-api' || (address.s3Control && service === 's3');
  return right ? undefined : GATEWAY_ERRORS.wrongService;
}

async function invoke(
  gateway: Gateway,
  method: ApiMethod,
  source: ProxyRequest,
  event: Record<string, unknown>,
): Promise<ProxyAnswer | GatewayError> {
  const timer = new AbortController();
  const late = wait(method.timeoutMs, GATEWAY_ERRORS.timeout, { signal: timer.signal });
  late.catch(() => {});
  try {
    const result = await Promise.race([gateway.functions.invoke(method.functionArn, JSON.stringify(event)), late]);
    if ('responseType' in result) {
      return result;
    }
    const binary = isBinary(source.address.api.binaryMediaTypes, source.request.headers.accept?.split(',')[0]);
    const answer = result.functionError === undefined ? proxyAnswer(result.payload, binary) : undefined;
    return answer ?? GATEWAY_ERRORS.badAnswer;
  } catch (error) {
    if (error instanceof ServiceRefusal) {
      return error.name === 'RequestTooLargeException' ? GATEWAY_ERRORS.requestTooLarge : GATEWAY_ERRORS.refused;
    }
    throw error;
  } finally {
    timer.abort();
  }
}

function send(request: IncomingMessage, response: ServerResponse, requestId: string, answer: ProxyAnswer): void {
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) {
    response.setHeader(name, value);
  }
  response.setHeader('x-amzn-RequestId', requestId);
  response.setHeader('x-amz-apigw-id', Buffer.from(requestId).toString('base64').slice(0, 15).concat('='));
  if (answer.status === 204 || answer.status === 304 || request.method === 'HEAD') {
    response.end();
    return;
  }
  response.setHeader('Content-Length', answer.body.length);
  response.end(answer.body);
}
