import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../atomic-file.ts';

/** An event that was accepted to be handled later, without its payload (which stays in its file until it is run). */
export interface QueuedEvent {
  readonly requestId: string;
  readonly functionName: string;
  /** When it was accepted, in milliseconds since 1970. */
  readonly accepted: number;
  /** Times that the function has failed on it. */
  readonly failures: number;
  /** When it may be run next, in milliseconds since 1970. */
  readonly due: number;
}

interface EventFile extends QueuedEvent {
  readonly payload: string;
}

/** What is to become of an event that was tried. */
export type Verdict = { readonly kind: 'done' } | { readonly kind: 'again'; readonly due: number };

/** What the queue asks of its owner. */
export interface QueueConsumer {
  /**
   * Counts an invocation of this function in and answers how to count it out again; undefined while none may begin,
   * also because there is no such function (yet).
   */
  admit(functionName: string): (() => void) | undefined;
  /** Runs the event. Never rejects. Undefined when it has to stay as it is, for the next start. */
  run(event: QueuedEvent, payload: string): Promise<Verdict | undefined>;
  /** Told when an event has grown too old and is gone. */
  dropped(event: QueuedEvent): void;
}

/** Longest time that Node's timers can wait (ms). */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Asynchronous events, one file each, so that those that were accepted are run even if the process is killed: at least
 * once, those of one function begun in the order in which they were accepted.
 */
export class AsyncQueue {
  private readonly waiting = new Map<string, QueuedEvent[]>();
  private readonly running = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private delivering = false;
  private lastAccepted = 0;

  private constructor(
    private readonly folder: string,
    private readonly maximumAge: number,
    private readonly consumer: QueueConsumer,
  ) {}

  /**
   * Reads the events that an earlier run has left. Nothing is run before `start`.
   *
   * @param maximumAge Milliseconds after which an event that could not be run is dropped.
   */
  static async open(folder: string, maximumAge: number, consumer: QueueConsumer): Promise<AsyncQueue> {
    await mkdir(folder, { recursive: true });
    const queue = new AsyncQueue(folder, maximumAge, consumer);
    for (const name of (await readdir(folder)).sort()) {
      const file = join(folder, name);
      if (name.endsWith('.json')) queue.enlist(withoutPayload(JSON.parse(await readFile(file, 'utf8'))));
      else await rm(file, { force: true });
    }
    return queue;
  }

  /** From now on events are run. */
  start(): void {
    this.delivering = true;
    this.pump();
  }

  /** Returned once the event is in its file. */
  async accept(functionName: string, requestId: string, payload: string): Promise<void> {
    // Files sort by this number, so two events of one millisecond must not share it.
    this.lastAccepted = Math.max(this.lastAccepted + 0.001, Date.now());
    const event = { requestId, functionName, accepted: this.lastAccepted, failures: 0, due: 0 };
    await this.write({ ...event, payload });
    this.enlist(event);
    this.pump();
  }

  /** Runs what can be run now. Called whenever something may have changed that events wait for. */
  pump(): void {
    if (!this.delivering) return;
    clearTimeout(this.timer);
    let next = Number.POSITIVE_INFINITY;
    for (const [functionName, events] of this.waiting) {
      next = Math.min(next, this.pumpFunction(functionName, events));
      if (events.length === 0) this.waiting.delete(functionName);
    }
    if (next === Number.POSITIVE_INFINITY) return;
    this.timer = setTimeout(() => this.pump(), Math.min(LONGEST_TIMER, Math.max(1, next - Date.now())));
    this.timer.unref();
  }

  /** Forgets the events of a function. */
  async drop(functionName: string): Promise<void> {
    const events = this.waiting.get(functionName) ?? [];
    this.waiting.delete(functionName);
    await Promise.all(events.map((event) => rm(this.file(event), { force: true })));
  }

  /** Runs nothing more and waits for what is under way. */
  async stop(): Promise<void> {
    this.delivering = false;
    clearTimeout(this.timer);
    await Promise.all(this.running);
  }

  /** Begins what is due and may run; tells when the next of the others is due. */
  private pumpFunction(functionName: string, events: QueuedEvent[]): number {
    const now = Date.now();
    let next = Number.POSITIVE_INFINITY;
    let index = 0;
    for (let event = events[index]; event !== undefined; event = events[index]) {
      if (now - event.accepted > this.maximumAge) {
        events.splice(index, 1);
        this.track(this.discard(event));
      } else if (event.due > now) {
        next = Math.min(next, event.due);
        index += 1;
      } else {
        const leave = this.consumer.admit(functionName);
        // Whatever makes room for it pumps again.
        if (leave === undefined) break;
        events.splice(index, 1);
        this.track(this.runOne(event).finally(leave));
      }
    }
    return next;
  }

  private track(work: Promise<void>): void {
    const tracked = work.catch((error: unknown) => {
      console.error(`An asynchronous event could not be handled: ${String(error)}`);
    });
    this.running.add(tracked);
    void tracked.finally(() => {
      this.running.delete(tracked);
      this.pump();
    });
  }

  private async discard(event: QueuedEvent): Promise<void> {
    await rm(this.file(event), { force: true });
    this.consumer.dropped(event);
  }

  private async runOne(event: QueuedEvent): Promise<void> {
    const file: EventFile = JSON.parse(await readFile(this.file(event), 'utf8'));
    const verdict = await this.consumer.run(event, file.payload);
    if (verdict === undefined) return;
    if (verdict.kind === 'done') {
      await rm(this.file(event), { force: true });
      return;
    }
    const again = { ...event, failures: event.failures + 1, due: verdict.due };
    await this.write({ ...again, payload: file.payload });
    this.enlist(again);
  }

  private enlist(event: QueuedEvent): void {
    const events = this.waiting.get(event.functionName);
    if (events === undefined) this.waiting.set(event.functionName, [event]);
    else events.push(event);
  }

  private write(event: EventFile): Promise<void> {
    return writeFileAtomically(this.file(event), JSON.stringify(event));
  }

  private file({ accepted, requestId }: QueuedEvent): string {
    return join(this.folder, `${accepted.toFixed(3).padStart(17, '0')}-${requestId}.json`);
  }
}

function withoutPayload({ requestId, functionName, accepted, failures, due }: EventFile): QueuedEvent {
  return { requestId, functionName, accepted, failures, due };
}
