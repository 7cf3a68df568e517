import type { Command } from 'commander';
import type { JobStatus } from '../../core/job/status.ts';
import type { CommandContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { examples } from '../help.ts';
import { parseStatus, parseWhole } from '../options/parsers.ts';
import { jobTable } from '../output/job-lines.ts';
import { hint } from '../output/message.ts';
import { type Runtime, runs } from '../runtime.ts';

interface ListOptions {
  readonly status?: readonly JobStatus[];
  readonly limit: number;
}

const MOST_JOBS = 1_000_000;

/** `drover jobs list`. */
export function addJobsList(jobs: Command, runtime: Runtime): void {
  const command = jobs
    .command('list')
    .summary('list jobs, newest first')
    .description('Lists jobs, newest first: those not yet ended, and those that ended in the last 90 days.')
    .option(
      '--status <status...>',
      'only jobs in these statuses, such as Active or Complete',
      (text: string, earlier?: readonly JobStatus[]) => [...(earlier ?? []), parseStatus(text)],
    )
    .option('--limit <number>', 'at most so many', parseWhole(1, MOST_JOBS), 50)
    .addHelpText(
      'after',
      examples(
        ['The newest fifty', 'drover jobs list'],
        ['What runs or waits', 'drover jobs list --status Active Ready Suspended'],
        ['Ids of all failed jobs', 'drover jobs list --status Failed --limit 10000 --json | jq -r .JobId'],
      ),
    );
  runs<ListOptions, []>(command, runtime, listJobs);
}

async function listJobs(context: CommandContext, options: ListOptions): Promise<ExitCode> {
  const api = await context.api();
  const { jobs, more } = await api.listJobs(options.status ?? [], options.limit);
  await context.printer.printAll(jobTable(jobs));
  if (more) await context.printer.print(hint(`There are more: drover jobs list --limit ${options.limit * 10}`));
  return EXIT.done;
}
