import { JobTrouble } from '../job/job-trouble.ts';
import type { Clock } from './clock.ts';
import type { Connections } from './connections.ts';
import type { CredentialSource, Credentials } from './credentials.ts';
import { exchange, type HttpResponse } from './exchange.ts';
import { type Failure, NetworkFailure } from './failure.ts';
import { kindOf } from './failure-kind.ts';
import { fullJitter, type Patience, THROTTLED_MILLISECONDS } from './patience.ts';
import { signedHeaders } from './signature.ts';
import type { AttemptOutcome, CallResult, Endpoint, SignedCall } from './signed-call.ts';

export interface SignedSenderOptions {
  /** As signatures name it: `s3`, `lambda`. */
  readonly service: string;
  readonly credentials: CredentialSource;
  readonly connections: Connections;
  readonly patience: Patience;
  readonly clock: Clock;
  /** Milliseconds without an answer after which an attempt is given up. */
  readonly timeout: number;
  /** Bytes of an answer that are read. */
  readonly maxBodyBytes: number;
}

/** Times that one request is sent elsewhere at once, because an answer said where it belongs. */
const MAX_REDIRECTS = 3;

type Success = Extract<CallResult, { ok: true }>;

/** An attempt that failed, and what may be done about it. */
interface FailedAttempt {
  readonly ok: false;
  readonly failure: Failure;
  readonly credentials: Credentials;
  readonly endpoint: Endpoint;
  readonly response?: HttpResponse;
  /** Milliseconds from signing to the answer. */
  readonly took: number;
}

/** What one request has used up. */
interface Spent {
  attempts: number;
  milliseconds: number;
  redirects: number;
  freshCredentials: boolean;
  clockSet: boolean;
}

/**
 * Signs and sends requests to one service with one set of credentials, and sends them again as long as that may help.
 * Failures of the request are values; what no request with these credentials would survive is a JobTrouble.
 */
export class SignedSender {
  /** Milliseconds that the service's clock is ahead of ours. */
  #skew = 0;
  /** The access key that the service accepted last. */
  #accepted: string | undefined;
  #renewal: Promise<Credentials> | undefined;
  /** What the last request's headers were made of. */
  #unsigned:
    | {
        readonly given: SignedCall['headers'];
        readonly host: string;
        readonly bodyHash: string;
        readonly headers: Readonly<Record<string, string>>;
      }
    | undefined;

  constructor(private readonly options: SignedSenderOptions) {}

  /** Rejects with a JobTrouble, or with the signal's reason when it is aborted. */
  async send(call: SignedCall, signal: AbortSignal): Promise<CallResult> {
    const spent: Spent = { attempts: 0, milliseconds: 0, redirects: 0, freshCredentials: false, clockSet: false };
    for (;;) {
      const attempt = await this.#attempt(call, signal);
      if (attempt.ok) return attempt;
      spent.attempts++;
      spent.milliseconds += attempt.took;
      if (!(await this.#mayTryAgain(call, attempt, spent, signal))) return attempt;
    }
  }

  async #attempt(call: SignedCall, signal: AbortSignal): Promise<Success | FailedAttempt> {
    signal.throwIfAborted();
    const place = call.turnstile && (call.turnstile.tryEnter() ?? (await call.turnstile.enter(signal)));
    let outcome: AttemptOutcome = 'lost';
    let took = 0;
    try {
      const credentials = await this.options.credentials();
      const endpoint = call.endpoint();
      const started = this.options.clock.now();
      const answer = await this.#exchange(call, credentials, endpoint, signal);
      took = this.options.clock.now() - started;
      if (answer instanceof NetworkFailure) return { ok: false, failure: answer, credentials, endpoint, took };
      const failure = failureOf(call, answer);
      outcome = failure !== undefined && kindOf(failure) === 'throttled' ? 'throttled' : 'answered';
      if (failure !== undefined) return { ok: false, failure, response: answer, credentials, endpoint, took };
      this.#accepted = credentials.accessKeyId;
      return { ok: true, response: answer };
    } finally {
      place?.leave(outcome, call.kind, took);
    }
  }

  async #exchange(
    call: SignedCall,
    credentials: Credentials,
    endpoint: Endpoint,
    signal: AbortSignal,
  ): Promise<HttpResponse | NetworkFailure> {
    const { clock, connections, service } = this.options;
    const { method, body, timeout = this.options.timeout, maxBodyBytes = this.options.maxBodyBytes } = call;
    const { canonicalPath, canonicalQuery, region } = endpoint;
    const unsigned = this.#unsignedHeaders(call.headers, endpoint.host, body.hash);
    const headers = signedHeaders(
      { method, canonicalPath, canonicalQuery, headers: unsigned, bodyHash: body.hash },
      credentials,
      { region, service },
      clock.now() + this.#skew,
    );
    const { origin, path } = endpoint;
    try {
      const request = { origin, method, path, headers, body: body.bytes, timeout, maxBodyBytes };
      return await exchange(connections, request, signal);
    } catch (error) {
      signal.throwIfAborted();
      return new NetworkFailure(error, origin);
    }
  }

  /** The headers before the signature: one and the same object for requests that differ in their path only. */
  #unsignedHeaders(given: SignedCall['headers'], host: string, bodyHash: string): Readonly<Record<string, string>> {
    const last = this.#unsigned;
    if (last?.given === given && last.host === host && last.bodyHash === bodyHash) return last.headers;
    const headers = { ...given, host, 'x-amz-content-sha256': bodyHash };
    this.#unsigned = { given, host, bodyHash, headers };
    return headers;
  }

  async #mayTryAgain(call: SignedCall, attempt: FailedAttempt, spent: Spent, signal: AbortSignal): Promise<boolean> {
    const { failure, response, endpoint } = attempt;
    if (response !== undefined && spent.redirects < MAX_REDIRECTS && call.learn?.(failure, response, endpoint)) {
      spent.redirects++;
      return true;
    }
    const kind = kindOf(failure);
    switch (kind) {
      case 'final':
        return false;
      case 'throttled':
      case 'transient':
        return this.#waited(failure, kind === 'throttled', spent, signal);
      case 'credentials':
        if (spent.freshCredentials) throw refused(failure, endpoint);
        spent.freshCredentials = true;
        await this.#renew(attempt.credentials);
        return true;
      case 'unsigned':
        // Credentials that were good for other requests: this one is spelled in a way that the service does not share.
        if (attempt.credentials.accessKeyId === this.#accepted) return false;
        throw refused(failure, endpoint);
      case 'skewed':
        if (spent.clockSet || !this.#setClock(response)) throw refused(failure, endpoint);
        spent.clockSet = true;
        return true;
      default:
        return kind satisfies never;
    }
  }

  /** Waits before another attempt; false, at once, when there is to be none. */
  async #waited(failure: Failure, throttled: boolean, spent: Spent, signal: AbortSignal): Promise<boolean> {
    const { clock, patience } = this.options;
    const delay = fullJitter(spent.attempts, patience, clock);
    const then = spent.milliseconds + delay;
    const unreachable = failure instanceof NetworkFailure && failure.unreachable;
    const endless = throttled && !patience.throttlesCount;
    const limit = unreachable ? patience.unreachableMilliseconds : patience.milliseconds;
    if (endless && then > THROTTLED_MILLISECONDS) {
      throw new JobTrouble('Throttled', `Nothing but throttling for five minutes: ${failure.message}`.slice(0, 256));
    }
    if (!endless && (spent.attempts >= patience.attempts || then > limit)) {
      if (unreachable) throw new JobTrouble('EndpointUnreachable', failure.message.slice(0, 256));
      return false;
    }
    await clock.sleep(delay, signal);
    spent.milliseconds = then;
    return true;
  }

  /** Fresh credentials, unless another request has fetched some since these were used; once for all that ask together. */
  async #renew(used: Credentials): Promise<void> {
    const current = await this.options.credentials();
    if (current.accessKeyId !== used.accessKeyId) return;
    this.#renewal ??= this.options.credentials({ fresh: true }).finally(() => {
      this.#renewal = undefined;
    });
    await this.#renewal;
  }

  #setClock(response: HttpResponse | undefined): boolean {
    const theirs = Date.parse(response?.headers.date ?? '');
    if (Number.isNaN(theirs)) return false;
    this.#skew = theirs - this.options.clock.now();
    return true;
  }
}

function failureOf(call: SignedCall, response: HttpResponse): Failure | undefined {
  const failure = call.failureOf(response);
  if (failure !== undefined || !response.truncated) return failure;
  return {
    httpStatus: response.status,
    code: 'ResponseTooLarge',
    message: 'The answer is longer than any that was expected.',
    requestId: '',
    extendedRequestId: '',
  };
}

function refused(failure: Failure, endpoint: Endpoint): JobTrouble {
  const reason = `${endpoint.host} refuses the job's credentials: ${failure.code}: ${failure.message}`;
  return new JobTrouble('CredentialsRefused', reason.slice(0, 256));
}
