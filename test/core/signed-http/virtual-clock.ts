import type { Clock } from '../../../core/signed-http/clock.ts';

/** Time that passes only where something sleeps, and at once; chance that is always the same. */
export class VirtualClock implements Clock {
  /** Milliseconds of each sleep, in order. */
  readonly sleeps: number[] = [];

  constructor(
    public time = Date.parse('2026-11-23T12:00:00Z'),
    private readonly chance = 0.5,
  ) {}

  now(): number {
    return this.time;
  }

  random(): number {
    return this.chance;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.sleeps.push(milliseconds);
    this.time += milliseconds;
  }
}
