import type { AddressingStyle } from '../../core/s3/addressing-style.ts';
import { UsageError } from '../errors.ts';
import { type CredentialProvider, credentialChain, localCredentials } from './credentials.ts';
import { findStackEndpoint } from './stack-endpoint.ts';

/** What the global options say about where Drover is. */
export interface TargetOptions {
  readonly endpoint: string;
  readonly stack?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly account?: string;
  readonly s3Endpoint?: string;
  readonly s3AddressingStyle?: AddressingStyle;
}

/** Where requests go and how they are signed. */
export interface Target {
  /** Base URL of the API, no slash at its end. */
  readonly endpoint: string;
  /** Whether it is a local cloud: S3 stands at the same endpoint, any credentials do. */
  readonly local: boolean;
  readonly region: string;
  readonly signingService: 's3' | 'execute-api';
  readonly credentials: CredentialProvider;
  /** Twelve digits, if known without asking STS. */
  readonly account?: string;
  /** Where manifests and reports are, if neither at the endpoint nor at AWS. */
  readonly s3Endpoint?: string;
  /** Where requests to it name their bucket. */
  readonly s3AddressingStyle?: AddressingStyle;
}

/** The local cloud's defaults. */
export const LOCAL_ENDPOINT = 'http://127.0.0.1:9800';
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-east-1';

type Environment = Readonly<Record<string, string | undefined>>;

/** API Gateway's own host name: `<api>.execute-api.<region>.amazonaws.com` (and `.com.cn`). */
const EXECUTE_API_HOST = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/** Finds out where Drover is. Asks CloudFormation when a stack is named. */
export async function resolveTarget(options: TargetOptions, env: Environment): Promise<Target> {
  const base = options.stack === undefined ? options.endpoint : await findStackEndpoint(options.stack, options);
  const url = parseEndpoint(base);
  const gatewayRegion = EXECUTE_API_HOST.exec(url.hostname)?.[1];
  const local = options.stack === undefined && gatewayRegion === undefined;
  const account = options.account ?? (local ? LOCAL_ACCOUNT : undefined);
  return {
    endpoint: url.href.replace(/\/+$/, ''),
    local,
    region: options.region ?? gatewayRegion ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? LOCAL_REGION,
    signingService: local ? 's3' : 'execute-api',
    credentials: local ? localCredentials(options.profile, env) : credentialChain(options.profile),
    ...(account !== undefined && { account }),
    ...(options.s3Endpoint !== undefined && { s3Endpoint: options.s3Endpoint }),
    ...(options.s3AddressingStyle !== undefined && { s3AddressingStyle: options.s3AddressingStyle }),
  };
}

function parseEndpoint(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`The endpoint '${endpoint}' is not an address. It looks like ${LOCAL_ENDPOINT}`);
  }
  return url;
}
