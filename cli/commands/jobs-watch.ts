import type { Command } from 'commander';
import { examples } from '../help.ts';
import { followJob } from '../jobs/follow-job.ts';
import { checkJobId } from '../options/job-id.ts';
import { parseSeconds } from '../options/parsers.ts';
import { type Runtime, runs } from '../runtime.ts';

interface WatchOptions {
  readonly interval: number;
}

/** `drover jobs watch`. */
export function addJobsWatch(jobs: Command, runtime: Runtime): void {
  const command = jobs
    .command('watch')
    .argument('<id>', 'the job')
    .summary('follow a job to its end')
    .description(
      'Follows a job to its end: a live bar with tasks done, tasks failed, rate and time left; plain lines where there ' +
        'is no terminal. Exit code 0 when the job is Complete without one failed task, else 1. Ctrl-C ends the watch, ' +
        'not the job.',
    )
    .option('--interval <seconds>', 'time between two looks', parseSeconds, 1)
    .addHelpText(
      'after',
      examples(
        ['Follow a job', 'drover jobs watch 00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c'],
        ['In a script: go on only if everything succeeded', 'drover jobs watch $ID --interval 10 && echo all done'],
        ['For a program: a JSON document for each change', 'drover jobs watch $ID --json'],
      ),
    );
  runs<WatchOptions, [string]>(command, runtime, async (context, options, id) =>
    followJob(context, checkJobId(id), options.interval),
  );
}
