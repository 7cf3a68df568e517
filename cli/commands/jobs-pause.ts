import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import { examples } from '../help.ts';
import { checkJobId } from '../options/job-id.ts';
import { jobPaused } from '../output/job-lines.ts';
import { type Runtime, runs } from '../runtime.ts';

interface PauseOptions {
  readonly reason?: string;
}

/** `drover jobs pause`. */
export function addJobsPause(jobs: Command, runtime: Runtime): void {
  const command = jobs
    .command('pause')
    .argument('<id>', 'a job that has not ended')
    .summary('pause a job until it is resumed')
    .description(
      'Pauses a job. Within seconds no new task begins; what was begun ends and is counted. The job stays so, whatever its priority, until `drover jobs resume`.',
    )
    .option('--reason <text>', 'why, for those who look at the job later (up to 256 characters)')
    .addHelpText(
      'after',
      examples(
        ['Pause', 'drover jobs pause 00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c --reason "the day\'s traffic"'],
        ['And let it go on', 'drover jobs resume 00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c'],
      ),
    );
  runs<PauseOptions, [string]>(command, runtime, async (context, options, id) => {
    const jobId = checkJobId(id);
    const api = await context.api();
    await context.printer.print(jobPaused(await api.pauseJob(jobId, options.reason)));
    return EXIT.done;
  });
}
