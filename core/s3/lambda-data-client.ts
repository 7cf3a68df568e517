/** Invokes the user's function synchronously (RequestResponse), with the job's role. */
export interface LambdaDataClient {
  invoke(functionArn: string, payload: string, signal: AbortSignal): Promise<LambdaReply>;
}

export type LambdaReply =
  /** Invoke answered 200. functionError is set when the function itself threw or timed out. */
  | { readonly ok: true; readonly payload: string; readonly functionError?: string }
  /** Invoke was refused, retries included. */
  | { readonly ok: false; readonly httpStatus: number; readonly code: string; readonly message: string };
