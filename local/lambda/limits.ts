/** What AWS fixes for every account: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const QUOTAS = {
  /** Bytes of the event of a synchronous invocation. */
  synchronousPayload: 6_291_456,
  /** Bytes of the event of an asynchronous invocation. */
  asynchronousPayload: 1_048_576,
  /** Bytes of a function's answer: 6 MB and the 100 bytes that Lambda adds for itself. */
  responsePayload: 6_291_556,
  /** Bytes of all names and values of a function's environment. */
  environment: 4_096,
  /** Bytes of a deployment package when unpacked. */
  unpackedCode: 262_144_000,
  /** Bytes of a deployment package that is sent in the request itself. */
  packedCode: 52_428_800,
  /** Descriptors that a function may have open. */
  descriptors: 1_024,
  /** Milliseconds that a function may take to load before its first invocation. */
  initialization: 10_000,
  /** Bytes of log that an invocation with LogType Tail returns. */
  logTail: 4_096,
} as const;

/** What differs from account to account, and what is ours to choose. */
export interface LambdaLimits {
  /** Invocations that may run at once in the whole account. A new AWS account has 10. */
  readonly concurrentExecutions: number;
  /** Processes kept, busy and idle together; beyond them the idle one longest unused ends. */
  readonly sandboxes: number;
  /** How long an idle process is kept, in milliseconds. */
  readonly idleMilliseconds: number;
  /** How long a failed asynchronous event waits for its second and its third try, in milliseconds. */
  readonly asyncRetryDelays: readonly number[];
  /** How old an asynchronous event may grow before it is dropped, in milliseconds. AWS: six hours. */
  readonly asyncEventAge: number;
  /** Bytes that the log of one function grows to before it begins anew; one older file is kept beside it. */
  readonly logBytes: number;
}

const MINUTE = 60_000;

/** What is left out is as in a new AWS account; of processes there are two for each concurrent execution. */
export function completeLimits(given: Partial<LambdaLimits>): LambdaLimits {
  const concurrentExecutions = given.concurrentExecutions ?? 10;
  return {
    concurrentExecutions,
    sandboxes: 2 * concurrentExecutions,
    idleMilliseconds: 5 * MINUTE,
    asyncRetryDelays: [MINUTE, 2 * MINUTE],
    asyncEventAge: 360 * MINUTE,
    logBytes: 10 * 1024 * 1024,
    ...given,
  };
}

/** What of the account's concurrency must stay unreserved; small accounts are held to 10 instead of 100. */
export function unreservedMinimum(concurrentExecutions: number): number {
  return concurrentExecutions >= 1_000 ? 100 : 10;
}
