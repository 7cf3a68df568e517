import { main } from '../../../cli/main.ts';
import type { CloudOptions, RunningCloud } from '../../../cli/runtime.ts';

/** What a run of the command line left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a test may give to a run. */
export interface RunOptions {
  readonly endpoint?: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly startCloud?: (options: CloudOptions) => Promise<RunningCloud>;
  /** Called when the command begins to listen for Ctrl-C, with the way to press it. */
  readonly onListening?: (press: () => void) => void;
  /** The time; without it, it is virtual and moved by waiting. */
  readonly now?: () => number;
  /** Called before each wait, with the virtual time. */
  readonly onSleep?: (now: number) => void;
}

/** Ends a run as `process.exit` would. */
class Exited extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** Runs the command line in this process, in virtual time, and catches what it prints. */
export async function runCli(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  let now = Date.UTC(2026, 10, 23);
  const endpoint = options.endpoint === undefined ? [] : ['--endpoint', options.endpoint];
  const code = await main(
    [...argv, ...endpoint],
    {
      env: options.env ?? {},
      stdout: {
        write: async (text) => {
          stdout += text;
        },
      },
      stderr: {
        write: async (text) => {
          stderr += text;
        },
      },
      clock: {
        now: options.now ?? (() => now),
        sleep: async (milliseconds) => {
          options.onSleep?.(now);
          now += milliseconds;
          await new Promise((resolve) => setImmediate(resolve));
        },
      },
      readStdin: async () => options.stdin ?? '',
      onInterrupt: (listener) => {
        options.onListening?.(listener);
        return () => undefined;
      },
      exit: (exitCode) => {
        throw new Exited(exitCode);
      },
    },
    options.startCloud,
  );
  return { code, stdout, stderr };
}

/** The lines of an output, for comparison line by line. */
export function linesOf(output: string): string[] {
  return output === '' ? [] : output.replace(/\n$/, '').split('\n');
}
