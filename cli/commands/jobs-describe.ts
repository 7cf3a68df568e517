import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import { examples } from '../help.ts';
import { checkJobId } from '../options/job-id.ts';
import { jobDetails } from '../output/job-details.ts';
import { type Runtime, runs } from '../runtime.ts';

/** `drover jobs describe`. */
export function addJobsDescribe(jobs: Command, runtime: Runtime): void {
  const command = jobs
    .command('describe')
    .argument('<id>', 'the job')
    .summary('show all about one job')
    .description('Shows one job: status, counts, and why it failed if it did.')
    .addHelpText(
      'after',
      examples(
        ['For people', 'drover jobs describe 00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c'],
        ['How many tasks failed', 'drover jobs describe $ID --json | jq .ProgressSummary.NumberOfTasksFailed'],
      ),
    );
  runs<object, [string]>(command, runtime, async (context, _options, id) => {
    const jobId = checkJobId(id);
    await context.printer.print(jobDetails(await (await context.api()).describeJob(jobId)));
    return EXIT.done;
  });
}
