import type { IncomingMessage } from 'node:http';
import { credentialScopeOf } from './credential-scope.ts';

/** The services that stand behind the front door, by the name that requests are signed for. */
export type ServiceName = 's3' | 'dynamodb' | 'states' | 'lambda' | 'events' | 'sns' | 'sts' | 'execute-api';

/** Where a request goes: a service, the front door's own pages, or nowhere, with the name of what was asked for. */
export type Route =
  | { readonly to: 'service'; readonly service: ServiceName }
  | { readonly to: 'drover'; readonly page: string }
  | { readonly to: 'unknown'; readonly service: string };

const SERVICES: readonly ServiceName[] = ['s3', 'dynamodb', 'states', 'lambda', 'events', 'sns', 'sts', 'execute-api'];

/** The first part of `X-Amz-Target` of the services that speak JSON over one path. */
const TARGETS: Readonly<Record<string, ServiceName>> = {
  DynamoDB_20120810: 'dynamodb',
  AWSStepFunctions: 'states',
  AWSEvents: 'events',
};

/** Paths of the REST API: S3 Control's, and the one that names API and stage. */
const API_PATHS = /^\/(v20180820\/|_aws\/execute-api\/)/;

/** Paths of the Lambda API begin with the date of its version. */
const LAMBDA_PATHS = /^\/20\d\d-\d\d-\d\d\/(functions|event-source-mappings|account-settings|layers|tags)\b/;

/**
 * Tells by path, host, signature and target which service a request is for. The path comes first, because S3 Control's
 * clients sign for `s3`. What is not signed is for S3 unless something else is said, because only S3 takes such.
 */
export function routeOf(request: IncomingMessage): Route {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (path.startsWith('/_drover/')) {
    return { to: 'drover', page: path.slice('/_drover/'.length) };
  }
  if (API_PATHS.test(path) || /^[^.]+\.execute-api\./.test(request.headers.host ?? '')) {
    return { to: 'service', service: 'execute-api' };
  }
  const signed = credentialScopeOf(request)?.service;
  if (signed) {
    const known = SERVICES.find((service) => service === signed);
    return known ? { to: 'service', service: known } : { to: 'unknown', service: signed };
  }
  return unsignedRouteOf(request, path);
}

function unsignedRouteOf(request: IncomingMessage, path: string): Route {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const prefix = target.split('.')[0] ?? '';
    const service = TARGETS[prefix];
    return service ? { to: 'service', service } : { to: 'unknown', service: prefix };
  }
  return { to: 'service', service: LAMBDA_PATHS.test(path) ? 'lambda' : 's3' };
}
