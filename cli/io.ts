/** A stream that lines go to: standard output, standard error, or a test's memory. */
export interface Output {
  /** The terminal itself, where the stream is one: for drawing on. */
  readonly terminal?: NodeJS.WriteStream | undefined;
  /** Resolves when the reader at the other end can take more. */
  write(text: string): Promise<void>;
}

/** Time, so that tests need not wait. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Everything a command may use of the process it runs in. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: Clock;
  /** All of standard input as text. */
  readStdin(): Promise<string>;
  /** Calls the listener at Ctrl-C or SIGTERM; answers how to take it off again. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process at once. */
  exit(code: number): never;
}
