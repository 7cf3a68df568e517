import { type Command, InvalidArgumentError } from 'commander';
import { EXIT } from '../exit-code.ts';
import { examples } from '../help.ts';
import { checkJobId } from '../options/job-id.ts';
import { parseWhole } from '../options/parsers.ts';
import { limitsChanged } from '../output/job-lines.ts';
import { type Runtime, runs } from '../runtime.ts';

interface UpdateOptions {
  readonly tasksPerSecond?: Limit;
  readonly maxWorkers?: Limit;
}

/** As it is given: commander makes an empty text of a parsed null. */
type Limit = number | 'none';

/** The API's largest limits. */
const HIGHEST_RATE = 1_000_000;
const MOST_WORKERS = 10_000;

/** `drover jobs update`. */
export function addJobsUpdate(jobs: Command, runtime: Runtime): void {
  const command = jobs
    .command('update')
    .argument('<id>', 'a job that has not ended')
    .summary('change the limits of a job, running or not')
    .description(
      'Changes how fast a job may go. New limits count within seconds; a job that had no rate, or has more workers than it may have now, pauses for some seconds first.',
    )
    .option(
      '--tasks-per-second <number>',
      'at most so many, of all workers together; none: no limit',
      limit(HIGHEST_RATE),
    )
    .option('--max-workers <number>', 'at most so many at once; none: as many as there are', limit(MOST_WORKERS))
    .addHelpText(
      'after',
      examples(
        ['Slow down by day', 'drover jobs update $ID --tasks-per-second 100'],
        ['And go on at full speed', 'drover jobs update $ID --tasks-per-second none --max-workers none'],
      ),
    );
  runs<UpdateOptions, [string]>(command, runtime, async (context, { tasksPerSecond, maxWorkers }, id) => {
    const jobId = checkJobId(id);
    if (tasksPerSecond === undefined && maxWorkers === undefined) {
      throw new InvalidArgumentError('Say what to change: --tasks-per-second, --max-workers, or both.');
    }
    const api = await context.api();
    const limits = {
      ...(tasksPerSecond !== undefined && {
        RateLimit: tasksPerSecond === 'none' ? null : { TasksPerSecond: tasksPerSecond },
      }),
      ...(maxWorkers !== undefined && { MaxWorkers: maxWorkers === 'none' ? null : maxWorkers }),
    };
    await context.printer.print(limitsChanged(await api.updateLimits(jobId, limits)));
    return EXIT.done;
  });
}

/** A whole number from 1, or none. */
function limit(maximum: number): (text: string) => Limit {
  const whole = parseWhole(1, maximum);
  return (text) => (text === 'none' ? 'none' : whole(text));
}
