/** What goes wrong with functions on purpose, asked at each invocation and each event. */
export interface LambdaFaults {
  /** Whether an invocation is run twice at the same time. */
  runsTwice(functionName: string): boolean;
  /** Whether an asynchronous event comes twice. */
  comesTwice(functionName: string): boolean;
  /**
   * Has a function's process killed in an invocation that begins now, if it is its turn.
   *
   * @param accessKeyId What the process signs its calls with.
   * @returns Calls it off: the invocation has ended.
   */
  doom(functionName: string, accessKeyId: string, kill: () => void): () => void;
}

/** Nothing goes wrong. */
export const NO_LAMBDA_FAULTS: LambdaFaults = {
  runsTwice: () => false,
  comesTwice: () => false,
  doom: () => () => undefined,
};
