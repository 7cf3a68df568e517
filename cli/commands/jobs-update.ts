import { type Command, InvalidArgumentError } from 'commander';
import type { FailureThresholdRequest } from '../../core/job/request.ts';
import { EXIT } from '../exit-code.ts';
import { examples } from '../help.ts';
import { checkJobId } from '../options/job-id.ts';
import { HIGHEST_RATE, MOST_WORKERS, parseThreshold, parseWhole } from '../options/parsers.ts';
import { limitsChanged } from '../output/job-lines.ts';
import { type Runtime, runs } from '../runtime.ts';

interface UpdateOptions {
  readonly rate?: Limit;
  readonly maxWorkers?: Limit;
  readonly failureThreshold?: FailureThresholdRequest | 'usual';
}

/** As it is given: commander makes an empty text of a parsed null. */
type Limit = number | 'none';

/** `drover jobs update`. */
export function addJobsUpdate(jobs: Command, runtime: Runtime): void {
  const command = jobs
    .command('update')
    .argument('<id>', 'a job that has not ended')
    .summary('change the limits of a job, running or not')
    .description(
      'Changes how fast a job may go, and when it fails for its tasks. New limits count within seconds; a job that had no rate, or has more workers than it may have now, pauses for some seconds first.',
    )
    .option('--rate <number>', 'tasks a second at most, of all workers together; none: no limit', limit(HIGHEST_RATE))
    .option('--max-workers <number>', 'at most so many at once; none: as many as there are', limit(MOST_WORKERS))
    .option(
      '--failure-threshold <percent>',
      'fails once more than so much of its tasks failed: 5, or 5/200 for 200 tasks at least; usual: as S3 has it',
      (text) => (text === 'usual' ? 'usual' : parseThreshold(text)),
    )
    .addHelpText(
      'after',
      examples(
        ['Slow down by day', 'drover jobs update $ID --rate 100'],
        ['And go on at full speed', 'drover jobs update $ID --rate none --max-workers none'],
        ['Stop early when it goes wrong', 'drover jobs update $ID --failure-threshold 1/500'],
      ),
    );
  runs<UpdateOptions, [string]>(command, runtime, async (context, { rate, maxWorkers, failureThreshold }, id) => {
    const jobId = checkJobId(id);
    if ([rate, maxWorkers, failureThreshold].every((limit) => limit === undefined)) {
      throw new InvalidArgumentError('Say what to change: --rate, --max-workers, --failure-threshold, or several.');
    }
    const api = await context.api();
    const limits = {
      ...(rate !== undefined && { RateLimit: rate === 'none' ? null : { TasksPerSecond: rate } }),
      ...(maxWorkers !== undefined && { MaxWorkers: maxWorkers === 'none' ? null : maxWorkers }),
      ...(failureThreshold !== undefined && {
        FailureThreshold: failureThreshold === 'usual' ? null : failureThreshold,
      }),
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
