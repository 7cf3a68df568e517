import { CommanderError } from 'commander';
import { toCommandError, UsageError } from './errors.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { Io } from './io.ts';
import { Printer } from './output/printer.ts';
import { createProgram } from './program.ts';
import type { CloudOptions, RunningCloud, Runtime } from './runtime.ts';

/** Commander's ways of saying that help or the version was asked for and printed. */
const SHOWN_ON_REQUEST = new Set(['commander.helpDisplayed', 'commander.version']);

/**
 * Runs one command line (without node and script) to its exit code. Never throws: what went wrong is printed to
 * standard error, in a sentence.
 */
export async function main(
  argv: readonly string[],
  io: Io,
  startCloud: Runtime['startCloud'] = startLocalCloud,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const finish = (code: ExitCode): void => {
    exitCode = code;
  };
  try {
    await createProgram({ io, startCloud, finish }).parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return await explain(error, io, argv.includes('--json'));
  }
}

async function explain(thrown: unknown, io: Io, json: boolean): Promise<ExitCode> {
  if (thrown instanceof CommanderError) {
    if (SHOWN_ON_REQUEST.has(thrown.code)) return EXIT.done;
    // `drover help report`, or `drover` alone: commander has printed the help, on request or for want of a command.
    if (thrown.code === 'commander.help') return thrown.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  const error = thrown instanceof CommanderError ? usageErrorOf(thrown) : toCommandError(thrown);
  await new Printer(io.stdout, io.stderr, json).printError(error);
  if (error instanceof UsageError && !json)
    await io.stderr.write('With --help a command shows its options and examples.\n');
  if (io.env['DROVER_DEBUG'] === '1') await io.stderr.write(`${debugText(thrown)}\n`);
  return error.exitCode;
}

function usageErrorOf(error: CommanderError): UsageError {
  return new UsageError(error.message.replace(/^error: /, ''));
}

function debugText(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause === undefined ? '' : `\nCaused by: ${debugText(thrown.cause)}`;
  return `${thrown.stack ?? thrown.message}${cause}`;
}

/** Loaded only now: it brings the CDK and every service with it. */
async function startLocalCloud(options: CloudOptions): Promise<RunningCloud> {
  const [{ startCloud }, { localInventoryWriter }] = await Promise.all([
    import('../local/cloud.ts'),
    import('./inventory/local-writer.ts'),
  ]);
  return await startCloud({ ...options, inventoryWriter: localInventoryWriter });
}
