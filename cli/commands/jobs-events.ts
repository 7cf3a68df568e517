import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import { examples } from '../help.ts';
import { checkJobId } from '../options/job-id.ts';
import { eventLine } from '../output/event-lines.ts';
import { type Runtime, runs } from '../runtime.ts';

/** `drover jobs events`. */
export function addJobsEvents(jobs: Command, runtime: Runtime): void {
  const command = jobs
    .command('events')
    .argument('<id>', 'the job')
    .summary('what happened to one job, from its creation on')
    .description(
      'Shows the log of one job: changes of status, what was asked of it, waves of workers, throttling and troubles. Kept as long as the job.',
    )
    .addHelpText(
      'after',
      examples(
        ['The story of a job', 'drover jobs events 00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c'],
        [
          'How long it was Active',
          `drover jobs events $ID --json | jq -r 'select(.Kind == "Status") | [.Time, .Status] | @tsv'`,
        ],
      ),
    );
  runs<object, [string]>(command, runtime, async (context, _options, id) => {
    const { JobId, Events } = await (await context.api()).listJobEvents(checkJobId(id));
    await context.printer.printAll(Events.map((event) => eventLine(JobId, event)));
    return EXIT.done;
  });
}
