import type { LookFilter } from '../manifest/filter/look-filter.ts';
import type { TaskLine } from '../manifest/task-line.ts';

/** Lines whose objects are looked at, at once; how many requests that makes is the S3 client's to say. */
const LINES_AT_ONCE = 256;

interface LookedAt {
  readonly line: Buffer;
  readonly task: TaskLine;
  readonly wanted: Promise<boolean>;
}

/** Looks at the objects of many lines at once, and hands the lines on in their order. */
export class OrderedLooks {
  private readonly queue: LookedAt[] = [];
  private readonly abort = new AbortController();

  constructor(
    private readonly look: LookFilter,
    private readonly take: (line: Buffer, task: TaskLine, wanted: boolean) => unknown,
  ) {}

  /** Always true; a promise when as many lines are looked at as may be. */
  add(line: Buffer, task: TaskLine): true | Promise<true> {
    const wanted = this.look(task, this.abort.signal);
    // A failure is met when the line's turn comes; until then it is nobody's.
    wanted.catch(() => undefined);
    // The line is a view of a network buffer, which another may take the place of meanwhile.
    this.queue.push({ line: Buffer.from(line), task, wanted });
    return this.queue.length < LINES_AT_ONCE || this.settle(LINES_AT_ONCE - 1);
  }

  /** All lines are handed on. */
  async end(): Promise<void> {
    await this.settle(0);
  }

  /** No line that was not handed on will be. */
  stop(): void {
    this.queue.length = 0;
    this.abort.abort();
  }

  private async settle(most: number): Promise<true> {
    while (this.queue.length > most) {
      const first = this.queue.shift();
      if (first !== undefined) await this.take(first.line, first.task, await first.wanted);
    }
    return true;
  }
}
