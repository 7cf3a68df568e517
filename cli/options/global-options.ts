import { type Command, Option } from 'commander';
import { ADDRESSING_STYLES } from '../../core/s3/addressing-style.ts';
import { LOCAL_ENDPOINT, type TargetOptions } from '../api/target.ts';
import { parseAccount } from './parsers.ts';

/** The options that every command takes. */
export interface GlobalOptions extends TargetOptions {
  readonly json?: boolean;
}

/** Adds them to the program; commander takes them before and after a command's name. */
export function addGlobalOptions(program: Command): Command {
  return program
    .addOption(
      new Option('--endpoint <url>', 'where Drover answers: a local cloud, or a deployed API')
        .env('DROVER_ENDPOINT')
        .default(LOCAL_ENDPOINT),
    )
    .addOption(
      new Option('--stack <name>', 'a deployed stack, found with CloudFormation; goes before --endpoint').env(
        'DROVER_STACK',
      ),
    )
    .option('--region <region>', 'AWS Region (default: AWS_REGION, else us-east-1 for a local cloud)')
    .option('--profile <name>', 'profile of the shared AWS configuration to take credentials from')
    .option(
      '--account <id>',
      "account of the jobs (default: the caller's; 000000000000 for a local cloud)",
      parseAccount,
    )
    .option('--s3-endpoint <url>', 'where manifests and reports are, if in an S3 of another address')
    .addOption(
      new Option(
        '--s3-addressing-style <style>',
        'where requests to that S3 name their bucket: path, or host (virtual)',
      )
        .choices(ADDRESSING_STYLES)
        .default('path'),
    )
    .option('--json', 'print JSON, one document a line');
}
