/** An error of the States Language: it has a name that Retry and Catch look at, and perhaps a cause. */
export class StateError extends Error {
  constructor(
    /** The error's name: `States.Timeout`, `Lambda.TooManyRequestsException`, or what a function threw. */
    readonly error: string,
    /** The `Cause` that Catch, the history and DescribeExecution show. */
    readonly reason?: string,
  ) {
    super(reason === undefined ? error : `${error}: ${reason}`);
  }
}

/** The input of a state does not have what its definition asks of it. Ends the execution with `States.Runtime`. */
export class InputError extends StateError {
  constructor(reason: string) {
    super('States.Runtime', reason);
  }
}

/** More bytes than a payload may have. `who` is the state or resource that AWS names. */
export function dataLimitExceeded(who: string): StateError {
  const reason = `The state/task '${who}' returned a result with a size exceeding the maximum number of bytes service limit.`;
  return new StateError('States.DataLimitExceeded', reason);
}
