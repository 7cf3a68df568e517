import type { HttpResponse } from './exchange.ts';
import type { Failure } from './failure.ts';

/** A body and its hash, made once where many requests send the same. */
export interface Body {
  readonly bytes: Buffer;
  /** Hex SHA-256. */
  readonly hash: string;
}

/** Where a request goes, and how its signature names it. */
export interface Endpoint {
  /** `http(s)://host[:port]`. */
  readonly origin: string;
  /** The Host header: no port where it is the scheme's own. */
  readonly host: string;
  readonly region: string;
  /** Encoded path and query, as sent. */
  readonly path: string;
  readonly canonicalPath: string;
  readonly canonicalQuery: string;
}

/** What became of an attempt, to those who ration them. `lost`: there was no answer. */
export type AttemptOutcome = 'answered' | 'throttled' | 'lost';

/** Rations attempts: each waits for a place and gives it back. */
export interface Turnstile {
  /** A place if one is free and nobody waits for it; spares most attempts the wait for a promise. */
  tryEnter(): Place | undefined;
  enter(signal: AbortSignal): Promise<Place>;
}

export interface Place {
  /**
   * @param kind the call's.
   * @param milliseconds from signing to the answer.
   */
  leave(outcome: AttemptOutcome, kind?: string, milliseconds?: number): void;
}

/** One request to an AWS service, to be signed and sent until it succeeds or fails for good. */
export interface SignedCall {
  readonly method: string;
  /** Lower-case names; `host` and those of the signature are added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
  /** Asked for each attempt, since an answer may teach another place. */
  endpoint(): Endpoint;
  /** undefined when the response is a success. */
  failureOf(response: HttpResponse): Failure | undefined;
  /** Learns from a failure where the request belongs; true when {@link endpoint} now answers another place. */
  learn?(failure: Failure, response: HttpResponse, tried: Endpoint): boolean;
  readonly turnstile?: Turnstile;
  /** Calls of one kind take about as long one as another; left out where that cannot be said. */
  readonly kind?: string | undefined;
  /** Milliseconds without an answer after which an attempt is given up; the sender's own unless given. */
  readonly timeout?: number | undefined;
  /** Bytes of the answer that are read; the sender's own unless given. */
  readonly maxBodyBytes?: number | undefined;
}

export type CallResult =
  | { readonly ok: true; readonly response: HttpResponse }
  /** Without a response where nobody answered. */
  | { readonly ok: false; readonly failure: Failure; readonly response?: HttpResponse };
