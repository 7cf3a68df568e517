/** Invokes the user's function synchronously (RequestResponse), with the job's role. */
export interface LambdaDataClient {
  /**
   * A throttled call is tried until the signal is aborted: a busy function slows a job and fails nothing. A call whose
   * connection was lost is made again, so the function may run twice for one answer.
   * Rejects with a JobTrouble when no call could succeed, and with the signal's reason when it is aborted.
   * @param functionArn of the function, a version or an alias of it, or its name; the call goes to the ARN's Region.
   */
  invoke(functionArn: string, payload: string, signal: AbortSignal): Promise<LambdaReply>;
}

export type LambdaReply =
  /** Invoke answered 200. functionError is set when the function itself threw or timed out. */
  | { readonly ok: true; readonly payload: string; readonly functionError?: string }
  /** Invoke was refused, retries included. httpStatus 0: Lambda gave no answer. */
  | { readonly ok: false; readonly httpStatus: number; readonly code: string; readonly message: string };
