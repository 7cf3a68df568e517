import type { CommandContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { hint } from '../output/message.ts';
import { exitCodeOf, jobEnded } from '../output/outcome.ts';
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
  return terminal === undefined || context.printer.json ? plainView(context) : barView(terminal);
}

function plainView({ printer }: CommandContext): View {
  let lastSeen: string | undefined;
  return {
    show: async (progress) => {
      const seen = [progress.status, progress.total, progress.succeeded, progress.failed].join();
      if (seen === lastSeen) return;
      lastSeen = seen;
      await printer.print(progressLine(progress));
    },
    end: () => undefined,
  };
}

function barView(terminal: NodeJS.WriteStream): View {
  let bar: ProgressBar | undefined;
  return {
    show: async (progress) => {
      bar ??= new ProgressBar(terminal, progress);
      bar.update(progress);
    },
    end: () => {
      bar?.stop();
      bar = undefined;
    },
  };
}
