import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { CloudIdentity } from '../service.ts';
import type { ApiAddress } from './api-address.ts';
import type { Caller } from './caller.ts';
import type { ResourceMatch } from './match-resource.ts';

/** All that an event is made of. */
export interface ProxyRequest {
  readonly request: IncomingMessage;
  readonly address: ApiAddress;
  readonly match: ResourceMatch;
  readonly body: Buffer;
  readonly caller: Caller | undefined;
  readonly requestId: string;
  readonly receivedAt: Date;
}

/**
 * Headers that a REST API does not hand on. Authorization goes when it holds a signature
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html).
 */
const DROPPED = new Set([
  'content-md5',
  'expect',
  'max-forwards',
  'proxy-authenticate',
  'proxy-connection',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
]);

/**
 * The event of a Lambda proxy integration, payload version 1.0
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html).
 */
export function proxyEvent(source: ProxyRequest, identity: CloudIdentity): Record<string, unknown> {
  const { request, address, match, body } = source;
  const domainName = `${address.api.id}.execute-api.${identity.region}.amazonaws.com`;
  const headers = headersOf(request, domainName);
  const query = queryOf(address.query);
  const binary = isBinary(address.api.binaryMediaTypes, request.headers['content-type']);
  return {
    resource: address.api.pathOf(match.resource),
    path: address.path,
    httpMethod: request.method,
    headers: lastOfEach(headers),
    multiValueHeaders: headers,
    queryStringParameters: lastOfEach(query),
    multiValueQueryStringParameters: query,
    pathParameters: orNull(match.parameters),
    stageVariables: orNull(address.stage.variables ?? {}),
    requestContext: contextOf(source, identity, domainName),
    body: body.length === 0 ? null : body.toString(binary ? 'base64' : 'utf8'),
    isBase64Encoded: binary && body.length > 0,
  };
}

function contextOf(source: ProxyRequest, identity: CloudIdentity, domainName: string): Record<string, unknown> {
  const { request, address, match, caller } = source;
  return {
    resourceId: match.resource.id,
    resourcePath: address.api.pathOf(match.resource),
    httpMethod: request.method,
    extendedRequestId: Buffer.from(source.requestId).toString('base64').slice(0, 15).concat('='),
    requestTime: commonLogTime(source.receivedAt),
    path: `/${address.stage.name}${address.path}`,
    accountId: identity.account,
    protocol: `HTTP/${request.httpVersion}`,
    stage: address.stage.name,
    domainPrefix: address.api.id,
    requestTimeEpoch: source.receivedAt.getTime(),
    requestId: source.requestId,
    identity: {
      cognitoIdentityPoolId: null,
      accountId: caller?.accountId ?? null,
      cognitoIdentityId: null,
      caller: caller?.userId ?? null,
      sourceIp: request.socket.remoteAddress ?? null,
      principalOrgId: null,
      accessKey: caller?.accessKeyId ?? null,
      cognitoAuthenticationType: null,
      cognitoAuthenticationProvider: null,
      userArn: caller?.arn ?? null,
      userAgent: request.headers['user-agent'] ?? null,
      user: caller?.userId ?? null,
    },
    domainName,
    deploymentId: address.stage.deploymentId,
    apiId: address.api.id,
  };
}

function headersOf(request: IncomingMessage, domainName: string): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  const spelling = new Map<string, string>();
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i] ?? '';
    const value = request.rawHeaders[i + 1] ?? '';
    const lower = name.toLowerCase();
    const signature = lower === 'authorization' && value.startsWith('AWS4-');
    if (!DROPPED.has(lower) && !signature && lower !== 'host' && !lower.startsWith('x-forwarded-')) {
      const spelled = spelling.get(lower) ?? name;
      spelling.set(lower, spelled);
      headers[spelled] = [...(headers[spelled] ?? []), value];
    }
  }
  const trace = randomBytes(12).toString('hex');
  headers.Host = [domainName];
  headers['X-Amzn-Trace-Id'] = [`Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${trace}`];
  headers['X-Forwarded-For'] = [request.socket.remoteAddress ?? '127.0.0.1'];
  headers['X-Forwarded-Port'] = [String(request.socket.localPort ?? 80)];
  headers['X-Forwarded-Proto'] = ['http'];
  return headers;
}

/** A REST API splits the query at semicolons too. */
function queryOf(query: string): Record<string, string[]> | null {
  const values: Record<string, string[]> = {};
  for (const part of query.split(/[&;]/)) {
    for (const [name, value] of new URLSearchParams(part)) {
      values[name] = [...(values[name] ?? []), value];
    }
  }
  return orNull(values);
}

function lastOfEach(values: Record<string, string[]> | null): Record<string, string> | null {
  return values && Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));
}

function orNull<T extends object>(values: T): T | null {
  return Object.keys(values).length === 0 ? null : values;
}

/** Whether a content type is one of an API's binary media types, which may hold `*`. */
export function isBinary(binaryMediaTypes: readonly string[], contentType: string | undefined): boolean {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase();
  return binaryMediaTypes.some(
    (binary) => binary === '*/*' || binary === type || (binary.endsWith('/*') && type?.startsWith(binary.slice(0, -1))),
  );
}

/** `09/Apr/2015:12:34:56 +0000`, the time format of the Common Log Format. */
function commonLogTime(time: Date): string {
  const [, day, month, year, clock] = time.toUTCString().match(/^\w+, (\d\d) (\w+) (\d+) ([\d:]+)/) ?? [];
  return `${day}/${month}/${year}:${clock} +0000`;
}
