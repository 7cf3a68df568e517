import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import { examples } from '../help.ts';
import { checkJobId } from '../options/job-id.ts';
import { jobResumed } from '../output/job-lines.ts';
import { type Runtime, runs } from '../runtime.ts';

/** `drover jobs resume`. */
export function addJobsResume(jobs: Command, runtime: Runtime): void {
  const command = jobs
    .command('resume')
    .argument('<id>', 'a job that was paused')
    .summary('let a paused job go on')
    .description('Lets a job go on that `drover jobs pause` paused, from where it was, as its priority allows.')
    .addHelpText('after', examples(['Go on, and follow it', 'drover jobs resume $ID && drover jobs watch $ID']));
  runs<object, [string]>(command, runtime, async (context, _options, id) => {
    const jobId = checkJobId(id);
    const api = await context.api();
    await context.printer.print(jobResumed(await api.resumeJob(jobId)));
    return EXIT.done;
  });
}
