import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import { examples } from '../help.ts';
import { checkJobId } from '../options/job-id.ts';
import { statusChanged } from '../output/job-lines.ts';
import { type Runtime, runs } from '../runtime.ts';

/** `drover jobs confirm`. */
export function addJobsConfirm(jobs: Command, runtime: Runtime): void {
  const command = jobs
    .command('confirm')
    .argument('<id>', 'the job')
    .summary('let a job begin that waits for confirmation')
    .description('Lets a job begin that has read its manifest and waits, Suspended, for your word.')
    .addHelpText(
      'after',
      examples(
        ['See how many tasks it has, then let it begin', 'drover jobs describe $ID\ndrover jobs confirm $ID'],
        ['And follow it', 'drover jobs confirm $ID && drover jobs watch $ID'],
      ),
    );
  runs<object, [string]>(command, runtime, async (context, _options, id) => {
    const jobId = checkJobId(id);
    const api = await context.api();
    await context.printer.print(statusChanged(await api.updateStatus(jobId, 'Ready')));
    return EXIT.done;
  });
}
