import type { CommandContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { hint } from '../output/message.ts';
import { exitCodeOf, jobEnded, nextLook } from '../output/outcome.ts';
import type { JobProgress } from '../progress/job-progress.ts';
import { ProgressBar } from '../progress/progress-bar.ts';
import { progressLine } from '../progress/progress-text.ts';
import { watchJob } from './watch-job.ts';

/**
 * Follows a job on the screen until it has ended: a live bar on a terminal, else a line whenever something changed.
 * Ctrl-C ends the watch and not the job. Answers the exit code.
 */
export async function followJob(context: CommandContext, jobId: string, intervalSeconds: number): Promise<ExitCode> {
  const api = await context.api();
  const stop = new AbortController();
  const removeListener = context.io.onInterrupt(() => stop.abort());
  const view = viewOf(context);
  try {
    const job = await watchJob(
      { clock: context.io.clock, describe: () => api.describeJob(jobId), show: view.show },
      intervalSeconds * 1_000,
      stop.signal,
    );
    view.end();
    if (job === undefined) {
      await context.printer.print(hint(`The job goes on. See it again with: drover jobs watch ${jobId}`));
      return EXIT.interrupted;
    }
    await context.printer.print(jobEnded(job));
    for (const message of nextLook(job)) await context.printer.print(message);
    return exitCodeOf(job);
  } finally {
    view.end();
    removeListener();
  }
}

/** Somewhere to show progress. */
interface View {
  show(progress: JobProgress): Promise<void>;
  end(): void;
}

function viewOf(context: CommandContext): View {
  const { terminal } = context.io.stdout;
  return terminal === undefined || context.printer.json ? plainView(context) : barView(terminal, context);
}

function plainView({ printer }: CommandContext): View {
  let lastSeen: string | undefined;
  const reasons = new Reasons(printer);
  return {
    show: async (progress) => {
      await reasons.show(progress);
      const seen = [progress.status, progress.total, progress.succeeded, progress.failed].join();
      if (seen === lastSeen) return;
      lastSeen = seen;
      await printer.print(progressLine(progress));
    },
    end: () => undefined,
  };
}

function barView(terminal: NodeJS.WriteStream, { printer }: CommandContext): View {
  let bar: ProgressBar | undefined;
  const end = (): void => {
    bar?.stop();
    bar = undefined;
  };
  const reasons = new Reasons(printer);
  return {
    show: async (progress) => {
      // The bar stands alone on its line: what is said comes between two of them.
      if (reasons.areNew(progress)) end();
      await reasons.show(progress);
      bar ??= new ProgressBar(terminal, progress);
      bar.update(progress);
    },
    end,
  };
}

/** Says what a job waits for, or what keeps it from going on, once for each. */
class Reasons {
  private last: string | undefined;

  constructor(private readonly printer: CommandContext['printer']) {}

  areNew({ reason }: JobProgress): boolean {
    return reason !== undefined && reason !== this.last;
  }

  async show(progress: JobProgress): Promise<void> {
    const told = this.areNew(progress);
    this.last = progress.reason;
    if (told && progress.reason !== undefined) await this.printer.print(hint(progress.reason));
  }
}
