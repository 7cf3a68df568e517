import cliProgress from 'cli-progress';
import type { JobProgress } from './job-progress.ts';
import { progressBarText } from './progress-text.ts';

/** At most so many redraws a second. */
const FRAMES_PER_SECOND = 10;
/** Where the terminal does not say how wide it is. */
const USUAL_COLUMNS = 80;

/** The live bar on a terminal: one line, drawn over itself; what it says is progress-text's affair. */
export class ProgressBar {
  private readonly bar: cliProgress.SingleBar;

  constructor(stream: NodeJS.WriteStream, first: JobProgress) {
    this.bar = new cliProgress.SingleBar({
      stream,
      fps: FRAMES_PER_SECOND,
      hideCursor: true,
      linewrap: false,
      gracefulExit: false,
      format: (_options, _params, payload: { progress: JobProgress }) =>
        progressBarText(payload.progress, stream.columns ?? USUAL_COLUMNS),
    });
    this.bar.start(Math.max(1, first.total ?? 1), 0, { progress: first });
  }

  update(progress: JobProgress): void {
    this.bar.setTotal(Math.max(1, progress.total ?? 1));
    this.bar.update(progress.succeeded + progress.failed, { progress });
  }

  /** Draws the last state once more, leaves it standing, and gives the cursor back. */
  stop(): void {
    this.bar.stop();
  }
}
