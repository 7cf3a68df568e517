import type { Command } from 'commander';
import type { JobApi } from '../api/job-api.ts';
import type { NewsLine, NewsList } from '../api/job-shapes.ts';
import type { CommandContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { examples } from '../help.ts';
import { parseSeconds, parseWhole } from '../options/parsers.ts';
import { newsLine } from '../output/event-lines.ts';
import { hint } from '../output/message.ts';
import { type Runtime, runs } from '../runtime.ts';

interface EventsOptions {
  readonly follow?: boolean;
  readonly last: number;
  /** Seconds. */
  readonly interval: number;
}

/** Events of one answer of the API, at most. */
const PAGE = 1_000;

/** `drover events`. */
export function addEvents(program: Command, runtime: Runtime): void {
  const command = program
    .command('events')
    .summary('changes of status of all jobs, as they happen')
    .description(
      'Shows the changes of status of all jobs, the oldest first; they are kept for a week. The same go to the event bus, in the form of S3’s own events. Of one job more is known: drover jobs events.',
    )
    .option('--follow', 'go on as more happen, until Ctrl-C')
    .option('--last <number>', 'so many that have happened, to begin with', parseWhole(1, PAGE), 20)
    .option('--interval <seconds>', 'with --follow: time between two looks', parseSeconds, 2)
    .addHelpText(
      'after',
      examples(
        ['What happened lately', 'drover events'],
        ['What happens from now on', 'drover events --follow'],
        [
          'A program that waits for failed jobs, and for failed tasks',
          `drover events --follow --json | jq 'select(.Status == "Failed" or .NumberOfTasksFailed > 0) | .JobId'`,
        ],
      ),
    );
  runs<EventsOptions, []>(command, runtime, showEvents);
}

async function showEvents(context: CommandContext, { follow, last, interval }: EventsOptions): Promise<ExitCode> {
  const api = await context.api();
  const first = await api.listEvents({ maxResults: String(last) });
  if (first.Events.length === 0 && follow !== true) await context.printer.print(hint('No job has changed its status.'));
  await context.printer.printAll(first.Events.map(newsLine));
  return follow === true ? await followFrom(context, api, first, interval) : EXIT.done;
}

async function followFrom(context: CommandContext, api: JobApi, start: NewsList, interval: number): Promise<ExitCode> {
  const stop = new AbortController();
  const removeListener = context.io.onInterrupt(() => stop.abort());
  try {
    // What was written late comes later; for that the API answers again what is younger than it.
    let seen: readonly NewsLine[] = start.Events;
    for (let next = start.Next; !stop.signal.aborted; ) {
      await context.io.clock.sleep(interval * 1_000, stop.signal);
      if (stop.signal.aborted) break;
      const page = await api.listEvents({ maxResults: String(PAGE), after: next });
      const known = new Set(seen.map(({ EventId }) => EventId));
      const fresh = page.Events.filter(({ EventId }) => !known.has(EventId));
      await context.printer.printAll(fresh.map(newsLine));
      next = page.Next;
      seen = [...seen, ...fresh].filter(({ Time }) => Time >= next.slice(0, Time.length));
    }
    return EXIT.interrupted;
  } finally {
    removeListener();
  }
}
