/** What the shell is told. */
export const EXIT = {
  /** The command did what it was asked. */
  done: 0,
  /** The job failed, was cancelled or had failed tasks; or the command could not do its work. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** Ended by Ctrl-C (128 + SIGINT), as shells have it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
