import { STATUS_CODES } from 'node:http';

/** A request that did not succeed, as the service (or, without an answer, the network) put it. */
export interface Failure {
  /** 0 when there was no answer. */
  readonly httpStatus: number;
  /** The service's error code: `NoSuchKey`. */
  readonly code: string;
  readonly message: string;
  /** Empty where the service gave none. */
  readonly requestId: string;
  readonly extendedRequestId: string;
}

/** Errors of Node and undici that come before a byte was sent: the host is not there, or not the right one. */
const UNREACHABLE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_.*|ERR_TLS_.*|.*_CERT|.*_SIGNED_CERT.*|UNABLE_TO_.*)$/;

const TIMEOUT = /^(UND_ERR_(HEADERS|BODY)_TIMEOUT|ETIMEDOUT)$/;

/** What the network said instead of an answer. */
export class NetworkFailure implements Failure {
  readonly httpStatus = 0;
  readonly code: string;
  readonly message: string;
  readonly requestId = '';
  readonly extendedRequestId = '';
  /** No connection came about: what one request met every other one will meet. */
  readonly unreachable: boolean;
  /** False when the request itself cannot be put on a wire. */
  readonly sendable: boolean;

  constructor(error: unknown, origin: string) {
    const { code, message } = told(error);
    this.unreachable = UNREACHABLE.test(code);
    this.sendable = code !== 'UND_ERR_INVALID_ARG';
    this.code = TIMEOUT.test(code) ? 'RequestTimeout' : 'ConnectionFailed';
    const suffix = code === '' || message.includes(code) ? '' : ` (${code})`;
    this.message = `${origin} gave no answer: ${message}${suffix}`;
  }
}

/** The code of a failure whose answer does not name one: `404` is `NotFound`. */
export function codeOfStatus(status: number): string {
  return STATUS_CODES[status]?.replace(/[^A-Za-z]/g, '') ?? `Status${status}`;
}

/** What an error of Node or undici says; of several addresses that were tried in vain, the first one's. */
function told(error: unknown): { readonly code: string; readonly message: string } {
  if (typeof error !== 'object' || error === null) return { code: '', message: String(error) };
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0) return told(error.errors[0]);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const message = 'message' in error && typeof error.message === 'string' ? error.message : '';
  return { code, message: message || code || String(error) };
}
