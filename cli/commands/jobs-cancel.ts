import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import { examples } from '../help.ts';
import { checkJobId } from '../options/job-id.ts';
import { statusChanged } from '../output/job-lines.ts';
import { type Runtime, runs } from '../runtime.ts';

interface CancelOptions {
  readonly reason?: string;
}

/** `drover jobs cancel`. */
export function addJobsCancel(jobs: Command, runtime: Runtime): void {
  const command = jobs
    .command('cancel')
    .argument('<id>', 'the job')
    .summary('cancel a job')
    .description('Cancels a job. No new task begins; what was begun ends, is counted and is in the report.')
    .option('--reason <text>', 'why, for those who look at the job later (up to 256 characters)')
    .addHelpText(
      'after',
      examples(['Cancel', 'drover jobs cancel 00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c --reason "wrong manifest"']),
    );
  runs<CancelOptions, [string]>(command, runtime, async (context, options, id) => {
    const jobId = checkJobId(id);
    const api = await context.api();
    await context.printer.print(statusChanged(await api.updateStatus(jobId, 'Cancelled', options.reason)));
    return EXIT.done;
  });
}
