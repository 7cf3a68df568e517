import type { Clock } from '../../core/engine/clock.ts';

interface Timer {
  at: number;
  readonly fire: () => void;
  /** Does not move time by itself: it fires on the way of what does. */
  readonly passive: boolean;
}

/**
 * Time that moves only when nothing else is left to do, from one timer to the next: what sleeps an hour wakes at once, and
 * in the same order every time.
 */
export class VirtualTime implements Clock {
  private readonly timers = new Set<Timer>();
  private armed = false;

  constructor(private time: number) {}

  now(): number {
    return this.time;
  }

  /** Rejects with the signal's reason when that is aborted first. */
  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const timer = this.add(milliseconds, resolve, false);
      signal?.addEventListener('abort', () => {
        this.timers.delete(timer);
        reject(signal.reason);
      });
    });
  }

  /** Calls it then; answers what calls it off. */
  after(milliseconds: number, fire: () => void): () => void {
    const timer = this.add(milliseconds, fire, false);
    return () => this.timers.delete(timer);
  }

  every(milliseconds: number, work: () => Promise<void>): () => void {
    let timer: Timer;
    const again = (): void => {
      timer = this.add(
        milliseconds,
        () => {
          again();
          void work();
        },
        true,
      );
    };
    again();
    return () => this.timers.delete(timer);
  }

  private add(milliseconds: number, fire: () => void, passive: boolean): Timer {
    const timer = { at: this.time + milliseconds, fire, passive };
    this.timers.add(timer);
    this.arm();
    return timer;
  }

  /** An immediate runs when every promise that could be kept has been. */
  private arm(): void {
    if (this.armed || ![...this.timers].some(({ passive }) => !passive)) return;
    this.armed = true;
    setImmediate(() => {
      this.armed = false;
      this.fireNext();
      this.arm();
    });
  }

  private fireNext(): void {
    let next: Timer | undefined;
    for (const timer of this.timers) if (next === undefined || timer.at < next.at) next = timer;
    if (next === undefined) return;
    this.timers.delete(next);
    this.time = Math.max(this.time, next.at);
    next.fire();
  }
}
