import { type Failure, NetworkFailure } from './failure.ts';

/**
 * What a failure means for the request:
 * - `throttled`: the service wants fewer requests; try again later.
 * - `transient`: it may pass; try again later.
 * - `credentials`: the credentials have ended or are not known; try again with fresh ones.
 * - `skewed`: our clock is wrong; try again with the service's.
 * - `unsigned`: the signature is not accepted: wrong credentials, or a request that the two sides spell differently.
 * - `final`: an answer, for this request.
 */
export type FailureKind = 'throttled' | 'transient' | 'credentials' | 'skewed' | 'unsigned' | 'final';

const BY_CODE = new Map<string, FailureKind>([
  ...kind('throttled', [
    'SlowDown',
    'SlowDownRead',
    'SlowDownWrite',
    'ServiceUnavailable',
    'BandwidthLimitExceeded',
    'KMS.ThrottlingException',
    'KMS.LimitExceededException',
    'RequestLimitExceeded',
    'RequestThrottled',
    'RequestThrottledException',
    'ThrottledException',
    'Throttling',
    'ThrottlingException',
    'TooManyRequests',
    'TooManyRequestsException',
    'EC2ThrottledException',
  ]),
  ...kind('transient', [
    'InternalError',
    'InternalFailure',
    'InternalServerError',
    'OperationAborted',
    'ConditionalRequestConflict',
    'RequestTimeout',
    'RequestTimeoutException',
    'ResourceConflictException',
    'ResourceNotReadyException',
    'SnapStartNotReadyException',
    'ServiceException',
  ]),
  ...kind('skewed', ['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture']),
  ...kind('credentials', [
    'ExpiredToken',
    'ExpiredTokenException',
    'InvalidToken',
    'TokenRefreshRequired',
    'InvalidAccessKeyId',
    'InvalidClientTokenId',
    'UnrecognizedClientException',
    'MissingAuthenticationToken',
    'MissingAuthenticationTokenException',
    'NotSignedUp',
    'AccountProblem',
  ]),
  ...kind('unsigned', ['SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature']),
]);

const BY_STATUS = new Map<number, FailureKind>([
  [429, 'throttled'],
  [503, 'throttled'],
  [408, 'transient'],
  [500, 'transient'],
  [502, 'transient'],
  [504, 'transient'],
]);

/** What Lambda and others say of a signature that would be right at another time. */
const WRONG_TIME = /^Signature (expired|not yet current)/;

/** Sources: S3 API reference, "Error responses"; Lambda API reference, Invoke; the retry table of the AWS SDKs. */
export function kindOf(failure: Failure): FailureKind {
  if (failure instanceof NetworkFailure) return failure.sendable ? 'transient' : 'final';
  const kind = BY_CODE.get(failure.code) ?? BY_STATUS.get(failure.httpStatus) ?? 'final';
  return kind === 'unsigned' && WRONG_TIME.test(failure.message) ? 'skewed' : kind;
}

function kind(kind: FailureKind, codes: readonly string[]): (readonly [string, FailureKind])[] {
  return codes.map((code) => [code, kind]);
}
