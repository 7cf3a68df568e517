import { JobTrouble } from '../job/job-trouble.ts';
import type { FinishedTask } from './part-file.ts';

/** How far tasks may begin beyond the oldest unfinished one, in multiples of what may be in flight. */
export const WINDOW_FACTOR = 4;

export interface PartInput {
  /** The shard's tasks. */
  readonly tasks: number;
  /** The part begins here. */
  readonly from: number;
  /** Tasks that the part may have at most. */
  readonly most: number;
  /** Batches in flight at once. */
  readonly concurrency: number;
  /** Tasks of one batch at most: 1 where each is carried out by itself. */
  readonly batch: number;
  /** Carries out the tasks from `from` to before `to`. Throws JobTrouble, or what it throws when the invocation must end. */
  readonly execute: (from: number, to: number) => Promise<readonly FinishedTask[]>;
  /** Asked before each batch of so many tasks begins: false ends the part. */
  readonly goOn: (tasks: number) => boolean | Promise<boolean>;
}

export interface PartOutcome {
  /** A whole run of tasks from `from` on. What ended beyond a task that did not is left out, and carried out again. */
  readonly finished: readonly FinishedTask[];
  /** What kept a task from being carried out. */
  readonly trouble: JobTrouble | undefined;
  /** What ended the part otherwise: the invocation's time, or a fault. */
  readonly failure: { readonly error: unknown } | undefined;
}

/**
 * Carries out tasks of a shard in order of beginning, and ends with none in flight: at the shard's end, at `most`, when
 * `goOn` says no, or at the first trouble.
 */
export async function runPart(input: PartInput): Promise<PartOutcome> {
  return await new PartRun(input).run();
}

class PartRun {
  private readonly results = new Map<number, FinishedTask>();
  private readonly end: number;
  private next: number;
  /** The oldest task that has not ended. */
  private oldest: number;
  private inFlight = 0;
  private trouble: JobTrouble | undefined;
  private failure: { readonly error: unknown } | undefined;
  private wake: () => void = () => undefined;

  constructor(private readonly input: PartInput) {
    this.end = Math.min(input.tasks, input.from + input.most);
    this.next = input.from;
    this.oldest = input.from;
  }

  async run(): Promise<PartOutcome> {
    while (this.next < this.end && !this.stopped) {
      if (!this.hasRoom) {
        await this.oneEnds();
        continue;
      }
      const to = Math.min(this.end, this.next + this.input.batch);
      if (!(await this.mayGoOn(to - this.next))) break;
      // The answer may have taken time, in which a task failed for the whole job.
      if (!this.stopped) this.begin(to);
    }
    while (this.inFlight > 0) await this.oneEnds();
    return { finished: this.wholeRun(), trouble: this.trouble, failure: this.failure };
  }

  /** A look that failed ends the part like a task that did: what is in flight is awaited and counted all the same. */
  private async mayGoOn(tasks: number): Promise<boolean> {
    try {
      return await this.input.goOn(tasks);
    } catch (error) {
      this.failure ??= { error };
      return false;
    }
  }

  private get stopped(): boolean {
    return this.trouble !== undefined || this.failure !== undefined;
  }

  private get hasRoom(): boolean {
    const { concurrency, batch } = this.input;
    return this.inFlight < concurrency && this.next < this.oldest + WINDOW_FACTOR * concurrency * batch;
  }

  private begin(to: number): void {
    const from = this.next;
    this.next = to;
    this.inFlight += 1;
    this.input.execute(from, to).then(
      (finished) => this.ended(from, finished),
      (error: unknown) => {
        if (error instanceof JobTrouble) this.trouble ??= error;
        else this.failure ??= { error };
        this.ended(from, []);
      },
    );
  }

  private ended(from: number, finished: readonly FinishedTask[]): void {
    this.inFlight -= 1;
    for (const [index, task] of finished.entries()) this.results.set(from + index, task);
    while (this.results.has(this.oldest)) this.oldest += 1;
    this.wake();
  }

  private oneEnds(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private wholeRun(): FinishedTask[] {
    const finished: FinishedTask[] = [];
    for (let task = this.input.from; task < this.oldest; task += 1) {
      const result = this.results.get(task);
      if (result !== undefined) finished.push(result);
    }
    return finished;
  }
}
