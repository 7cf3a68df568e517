import { relative } from 'node:path';
import { types } from 'node:util';
import type { Command } from 'commander';
import type { AddressingStyle } from '../../core/s3/addressing-style.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../api/target.ts';
import type { CommandContext } from '../context.ts';
import { CommandError, toCommandError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { examples } from '../help.ts';
import type { Io } from '../io.ts';
import { parseWhole } from '../options/parsers.ts';
import { hint } from '../output/message.ts';
import { cloudStarted } from '../output/start-lines.ts';
import { type CloudOptions, type RunningCloud, type Runtime, runs } from '../runtime.ts';

interface StartOptions {
  readonly port: number;
  readonly data: string;
  readonly host: string;
  readonly concurrency: number;
  readonly account?: string;
  readonly region?: string;
  readonly s3Endpoint?: string;
  readonly s3AddressingStyle: AddressingStyle;
  readonly faults?: string;
}

/** `drover start`. */
export function addStart(program: Command, runtime: Runtime): void {
  const command = program
    .command('start')
    .summary('start the local cloud')
    .description(
      'Starts the whole of Drover on this machine: the stack that `cdk deploy` sends, and the AWS services that it ' +
        'needs, at one port. Jobs and objects stay in the data folder; killed and started again, jobs go on.',
    )
    .option('--port <number>', 'port to listen on; 0 takes any free one', parseWhole(0, 65_535), 9_800)
    .option('--data <folder>', 'where everything is kept', '.drover')
    .option('--host <address>', 'address to listen on; other than loopback lets others in', '127.0.0.1')
    .option(
      '--concurrency <number>',
      'functions that run at the same time, as an account has it',
      parseWhole(1, 1_000),
      10,
    )
    .option('--faults <file>', 'rehearse: make requests go wrong as the rules in this file say (docs/faults.md)')
    .addHelpText(
      'after',
      examples(
        ['At its usual port, with its data in .drover', 'drover start'],
        ['Another port and folder', 'drover start --port 9900 --data /var/lib/drover'],
        [
          'A batch engine for another S3: jobs act on the objects there, with the usual AWS credentials',
          'drover start --s3-endpoint http://minio.local:9000',
        ],
        ['A rehearsal: 5 % of the requests to S3 are answered 503', 'drover start --faults examples/faults.json'],
        ['Any AWS client reaches it by one variable', 'AWS_ENDPOINT_URL=http://127.0.0.1:9800 aws s3 ls'],
      ),
    );
  runs<StartOptions, []>(command, runtime, (context, options) => start(context, options, runtime));
}

async function start(context: CommandContext, options: StartOptions, runtime: Runtime): Promise<ExitCode> {
  const interrupted = interruption(context.io);
  const began = context.io.clock.now();
  try {
    const settings = settingsOf(options);
    const cloud = await startOrExplain(runtime, settings);
    try {
      const seconds = (context.io.clock.now() - began) / 1_000;
      await context.printer.print(cloudStarted(cloud, settings, relative('', settings.dataFolder) || '.', seconds));
      await interrupted.first;
      await context.printer.print(hint('\nEnding. Ctrl-C again ends at once.'));
    } finally {
      await cloud.close();
    }
    return EXIT.done;
  } finally {
    interrupted.remove();
  }
}

function settingsOf(options: StartOptions): CloudOptions {
  return {
    port: options.port,
    host: options.host,
    dataFolder: options.data,
    account: options.account ?? LOCAL_ACCOUNT,
    region: options.region ?? LOCAL_REGION,
    concurrency: options.concurrency,
    ...(options.s3Endpoint !== undefined && { s3Endpoint: options.s3Endpoint }),
    s3AddressingStyle: options.s3AddressingStyle,
    ...(options.faults !== undefined && { faultsFile: options.faults }),
  };
}

async function startOrExplain(runtime: Runtime, settings: CloudOptions): Promise<RunningCloud> {
  try {
    return await runtime.startCloud(settings);
  } catch (error) {
    throw explained(error, settings);
  }
}

/** What went wrong at the start, with what to do about it. The local cloud's own words are kept where it has some. */
function explained(error: unknown, { port, host }: CloudOptions): CommandError {
  const code = types.isNativeError(error) && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    const message = `Port ${port} of ${host} is in use: is Drover running already? Another port: drover start --port ${port + 1}`;
    return new CommandError(message, 'PortInUse', { cause: error });
  }
  if (code === 'EADDRNOTAVAIL')
    return new CommandError(`This machine has no address ${host}.`, 'NoSuchAddress', { cause: error });
  const known = toCommandError(error);
  if (known.code !== 'Unexpected' || !types.isNativeError(error)) return known;
  return new CommandError(`The local cloud did not start: ${error.message}`, 'NotStarted', { cause: error });
}

/** A launcher such as npm passes on the Ctrl-C that the terminal has sent already: so soon after, it is the same one. */
const SAME_PRESS_MILLISECONDS = 300;

/** The first Ctrl-C resolves; the second ends the process there and then. */
function interruption(io: Io): { readonly first: Promise<void>; remove(): void } {
  let resolveFirst: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    resolveFirst = resolve;
  });
  let pressedAt: number | undefined;
  const remove = io.onInterrupt(() => {
    pressedAt ??= io.clock.now();
    if (io.clock.now() - pressedAt > SAME_PRESS_MILLISECONDS) io.exit(EXIT.interrupted);
    resolveFirst();
  });
  return { first, remove };
}
