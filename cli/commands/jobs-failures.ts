import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import { examples } from '../help.ts';
import { checkJobId } from '../options/job-id.ts';
import { failureTable } from '../output/failure-lines.ts';
import { type Runtime, runs } from '../runtime.ts';

/** `drover jobs failures`. */
export function addJobsFailures(jobs: Command, runtime: Runtime): void {
  const command = jobs
    .command('failures')
    .argument('<id>', 'the job: it may still be running')
    .summary('count what failed, by error code')
    .description(
      'Counts the tasks that failed by error code, with a message and some objects of each, while the job runs and after. Exact once it has ended; needs no report. Beyond ten codes the rare ones are one line.',
    )
    .addHelpText(
      'after',
      examples(
        ['What went wrong', 'drover jobs failures 00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c'],
        ['For programs', 'drover jobs failures $ID --json | jq -r "[.Tasks, .ErrorCode] | @tsv"'],
        ['Each failed task', 'drover report $ID --failed'],
      ),
    );
  runs<object, [string]>(command, runtime, async (context, _options, id) => {
    const job = await (await context.api()).describeJob(checkJobId(id));
    await context.printer.printAll(failureTable(job));
    return EXIT.done;
  });
}
