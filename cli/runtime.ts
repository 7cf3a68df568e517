import type { Command } from 'commander';
import type { AddressingStyle } from '../core/s3/addressing-style.ts';
import { type CommandContext, contextOf } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import type { Io } from './io.ts';

/** What the local cloud is started with (`drover start`). */
export interface CloudOptions {
  readonly port: number;
  readonly host: string;
  readonly dataFolder: string;
  readonly account: string;
  readonly region: string;
  readonly concurrency: number;
  readonly s3Endpoint?: string;
  readonly s3AddressingStyle: AddressingStyle;
  /** A file of fault rules. */
  readonly faultsFile?: string;
}

/** A local cloud that is listening. */
export interface RunningCloud {
  readonly endpoint: string;
  /** Outputs of the stack that runs in it. */
  readonly outputs: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** What the command line as a whole is given: the process, and the way to a local cloud. */
export interface Runtime {
  readonly io: Io;
  startCloud(options: CloudOptions): Promise<RunningCloud>;
  /** Takes the exit code of the command that ran. */
  finish(code: ExitCode): void;
}

/** A command's work: from what was parsed to an exit code. */
export type Run<Options, Arguments extends readonly unknown[]> = (
  context: CommandContext,
  options: Options,
  ...values: Arguments
) => Promise<ExitCode>;

/** Makes commander call the work with its context, options and arguments, and passes its exit code on. */
export function runs<Options, Arguments extends readonly unknown[]>(
  command: Command,
  runtime: Runtime,
  run: Run<Options, Arguments>,
): Command {
  return command.action(async () => {
    const context = contextOf(command, runtime.io);
    // Commander knows the types only at run time; each command declares its options and arguments just above.
    const values = command.processedArgs as unknown as Arguments;
    runtime.finish(
      await run(context, command.optsWithGlobals<Options & Record<string, unknown>>() as Options, ...values),
    );
  });
}
