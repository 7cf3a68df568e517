/**
 * A token bucket: so many tasks a second may begin. It fills by the clock and holds a tenth of a second's tokens at most,
 * so that a worker that waited does not make up for it; a batch may take more than there are, and the next one waits.
 */
export class TaskRate {
  /** Tasks a second; may change while it is used. */
  perSecond = 1;
  private tokens = 0;

  /** @param since epoch milliseconds: it is empty then. */
  constructor(private since: number) {}

  /** Takes tokens for so many tasks, and answers 0; or takes none, and answers the milliseconds until it may be asked again. */
  take(tasks: number, now: number): number {
    const most = Math.max(1, this.perSecond / 10);
    this.tokens = Math.min(most, this.tokens + ((now - this.since) * this.perSecond) / 1_000);
    this.since = now;
    if (this.tokens < Math.min(tasks, 1)) return Math.max(1, Math.ceil(((1 - this.tokens) * 1_000) / this.perSecond));
    this.tokens -= tasks;
    return 0;
  }
}
