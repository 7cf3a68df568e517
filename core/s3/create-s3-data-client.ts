import { type Clock, systemClock } from '../signed-http/clock.ts';
import { type Connections, processConnections } from '../signed-http/connections.ts';
import type { CredentialSource } from '../signed-http/credentials.ts';
import type { HttpResponse } from '../signed-http/exchange.ts';
import type { Patience } from '../signed-http/patience.ts';
import { SignedSender } from '../signed-http/signed-sender.ts';
import type { AdaptiveLimitOptions } from './adaptive-limit.ts';
import type { AddressingStyle } from './addressing-style.ts';
import { BucketLimits } from './bucket-limits.ts';
import { BucketRoutes } from './bucket-routes.ts';
import { s3Call } from './s3-call.ts';
import type { S3Answer, S3DataClient, S3Reply } from './s3-data-client.ts';
import type { S3Request } from './s3-request.ts';

export interface S3DataClientOptions {
  readonly credentials: CredentialSource;
  /** Where buckets are looked for first; another Region is learned from S3's answers. */
  readonly region: string;
  /** An S3-compatible endpoint: `http://127.0.0.1:9800`. Left out for AWS. */
  readonly endpoint?: string | undefined;
  /** Where requests to the endpoint name their bucket; `path` unless given. */
  readonly addressingStyle?: AddressingStyle | undefined;
  /** Sockets; left out for those that all clients of the process share. */
  readonly connections?: Connections;
  readonly limits?: AdaptiveLimitOptions;
  readonly patience?: Partial<Patience>;
  readonly clock?: Clock;
  /** Milliseconds without an answer after which an attempt is given up. */
  readonly timeout?: number;
}

/** The client with what its owner, not its operations, may ask. */
export interface S3Connection extends S3DataClient {
  /** Attempts that S3 throttled so far, by bucket; buckets without any are left out. */
  throttles(): ReadonlyMap<string, number>;
}

/**
 * Two minutes or fifteen attempts: time for S3 to split a busy part of the key space has to come from the bucket's limit,
 * and a request that fails this often fails for a reason of its own.
 */
export const S3_PATIENCE: Patience = {
  attempts: 15,
  milliseconds: 120_000,
  unreachableMilliseconds: 30_000,
  throttlesCount: true,
  baseDelay: 100,
  maxDelay: 10_000,
};

/** S3 answers small requests in 100–200 ms, and asks clients to try again rather than wait long. */
const TIMEOUT = 30_000;

/** The largest answers that tasks read are lists of a thousand parts. */
const MAX_BODY_BYTES = 1024 * 1024;

/** The thin S3 client that tasks go through: a tenth of the CPU of the AWS SDK's for each request. */
export function createS3DataClient(options: S3DataClientOptions): S3Connection {
  const sender = new SignedSender({
    service: 's3',
    credentials: options.credentials,
    connections: options.connections ?? processConnections(),
    patience: { ...S3_PATIENCE, ...options.patience },
    clock: options.clock ?? systemClock,
    timeout: options.timeout ?? TIMEOUT,
    maxBodyBytes: MAX_BODY_BYTES,
  });
  const routes = new BucketRoutes(options);
  const limits = new BucketLimits(options.limits);

  async function send(request: S3Request, signal: AbortSignal): Promise<S3Reply> {
    const sendable = s3Call(request, routes, limits);
    if ('refusal' in sendable) return { ok: false, ...sendable.refusal, headers: {} };
    const result = await sender.send(sendable.call, signal);
    if (result.ok) return new Answer(result.response);
    const { httpStatus, code, message, requestId, extendedRequestId } = result.failure;
    const headers = result.response?.headers ?? {};
    return { ok: false, httpStatus, code, message, requestId, extendedRequestId, headers };
  }

  return { send, throttles: () => limits.throttles() };
}

/** Its body is made into text for those who read it only. */
class Answer implements S3Answer {
  readonly ok = true;
  constructor(private readonly response: HttpResponse) {}

  get httpStatus(): number {
    return this.response.status;
  }
  get headers(): Readonly<Record<string, string>> {
    return this.response.headers;
  }
  get body(): string {
    return this.response.body;
  }
  get bytes(): Buffer {
    return this.response.bytes;
  }
}
