import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import { examples } from '../help.ts';
import { checkJobId } from '../options/job-id.ts';
import { parseWhole } from '../options/parsers.ts';
import { priorityChanged } from '../output/job-lines.ts';
import { type Runtime, runs } from '../runtime.ts';

/** The largest priority of the API. */
const HIGHEST_PRIORITY = 2_147_483_647;

/** `drover jobs priority`. */
export function addJobsPriority(jobs: Command, runtime: Runtime): void {
  const command = jobs
    .command('priority')
    .argument('<id>', 'the job')
    .argument('<number>', `from 0 to ${HIGHEST_PRIORITY}; higher goes first`, parseWhole(0, HIGHEST_PRIORITY))
    .summary("change a job's priority")
    .description('Changes the priority of a job that has not ended, running or not.')
    .addHelpText(
      'after',
      examples([
        'Let a job go before those of priority 10',
        'drover jobs priority 00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c 20',
      ]),
    );
  runs<object, [string, number]>(command, runtime, async (context, _options, id, priority) => {
    const jobId = checkJobId(id);
    const api = await context.api();
    await context.printer.print(priorityChanged(await api.updatePriority(jobId, priority)));
    return EXIT.done;
  });
}
