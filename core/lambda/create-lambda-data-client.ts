import { type Clock, systemClock } from '../signed-http/clock.ts';
import { type Connections, processConnections } from '../signed-http/connections.ts';
import type { CredentialSource } from '../signed-http/credentials.ts';
import { dnsSuffixOf } from '../signed-http/dns-suffix.ts';
import type { Patience } from '../signed-http/patience.ts';
import { sha256 } from '../signed-http/signature.ts';
import type { Endpoint, SignedCall } from '../signed-http/signed-call.ts';
import { SignedSender } from '../signed-http/signed-sender.ts';
import { encodePath, encodeUri } from '../signed-http/uri-encoding.ts';
import { parseFunctionArn } from './function-arn.ts';
import type { LambdaDataClient, LambdaReply } from './lambda-data-client.ts';
import { lambdaFailure } from './lambda-failure.ts';

export interface LambdaDataClientOptions {
  readonly credentials: CredentialSource;
  /** Where functions are whose ARN does not say so: those given by name. */
  readonly region: string;
  /** Instead of the Lambda of the function's Region: `http://127.0.0.1:9800`. */
  readonly endpoint?: string | undefined;
  /** Sockets; left out for those that all clients of the process share. */
  readonly connections?: Connections;
  readonly patience?: Partial<Patience>;
  readonly clock?: Clock;
  /** Milliseconds without an answer after which an attempt is given up. */
  readonly timeout?: number;
}

/** Other failures than throttling count, as with S3; a function that Lambda cannot start answers 502 for long. */
const LAMBDA_PATIENCE: Patience = {
  attempts: 8,
  milliseconds: 120_000,
  unreachableMilliseconds: 30_000,
  throttlesCount: false,
  baseDelay: 200,
  maxDelay: 30_000,
};

/** A function runs 15 minutes at most (Lambda quotas), and Lambda answers when it has ended. */
const TIMEOUT = 15 * 60_000 + 15_000;

/** A function's answer is at most 6 MB (Lambda quotas). */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

const HEADERS = { 'content-type': 'application/json', 'x-amz-invocation-type': 'RequestResponse' };

/** Lambda's Invoke over the same thin path as the S3 requests of tasks. */
export function createLambdaDataClient(options: LambdaDataClientOptions): LambdaDataClient {
  const sender = new SignedSender({
    service: 'lambda',
    credentials: options.credentials,
    connections: options.connections ?? processConnections(),
    patience: { ...LAMBDA_PATIENCE, ...options.patience },
    clock: options.clock ?? systemClock,
    timeout: options.timeout ?? TIMEOUT,
    maxBodyBytes: MAX_BODY_BYTES,
  });

  return {
    async invoke(functionArn, payload, signal): Promise<LambdaReply> {
      const endpoint = invocationEndpoint(functionArn, options);
      const result = await sender.send(invocation(endpoint, payload), signal);
      if (!result.ok) {
        const { httpStatus, code, message } = result.failure;
        return { ok: false, httpStatus, code, message };
      }
      const { headers, body } = result.response;
      const functionError = headers['x-amz-function-error'];
      return { ok: true, payload: body, ...(functionError === undefined ? {} : { functionError }) };
    },
  };
}

function invocation(endpoint: Endpoint, payload: string): SignedCall {
  const bytes = Buffer.from(payload);
  return {
    method: 'POST',
    headers: HEADERS,
    body: { bytes, hash: sha256(bytes) },
    endpoint: () => endpoint,
    failureOf: lambdaFailure,
  };
}

/** Where `POST /2015-03-31/functions/<function>/invocations` goes. Source: Lambda API reference, Invoke. */
function invocationEndpoint(functionArn: string, options: LambdaDataClientOptions): Endpoint {
  const region = parseFunctionArn(functionArn)?.region ?? options.region;
  const { origin, host } = new URL(options.endpoint ?? `https://lambda.${region}.${dnsSuffixOf(region)}`);
  const path = `/2015-03-31/functions/${encodeUri(functionArn)}/invocations`;
  return { origin, host, region, path, canonicalPath: encodePath(path), canonicalQuery: '' };
}
