import type { IncomingMessage, ServerResponse } from 'node:http';

/** One AWS service of the local cloud. The front door (local/server) hands it the requests that are signed for it. */
export interface LocalService {
  /** Answers the request, errors included, in the service's own protocol. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Ends what is under way and closes files. State on disk is complete at every moment without it. */
  stop(): Promise<void>;
}

/** What Lambda offers the other services of the local cloud. */
export interface FunctionInvoker {
  /** RequestResponse. `functionError` is set (`Unhandled`) when the function threw, timed out or died. */
  invoke(functionArn: string, payload: string): Promise<{ readonly payload: string; readonly functionError?: string }>;
  /** InvocationType Event: accepted now, run (and, on error, tried twice more) later. */
  invokeAsync(functionArn: string, payload: string): Promise<void>;
}

/** Thrown by `invoke` when Lambda itself refuses: `name` is the exception's (`TooManyRequestsException`, …). */
export class ServiceRefusal extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/** What S3 offers the other services of the local cloud. */
export interface ObjectReader {
  /** Undefined if the bucket or the key is not there. */
  readObject(bucket: string, key: string): Promise<Buffer | undefined>;
}

/** An event as EventBridge delivers it. */
export interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** Where a service puts the events that AWS would send to the default bus. Returns once the event is durable. */
export interface EventSink {
  put(event: BusEvent): Promise<void>;
}

/** What every service is told about the cloud it is part of. */
export interface CloudIdentity {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
}
