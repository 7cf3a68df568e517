/** Runs the writers of one name one after another; writers of different names do not wait for each other. */
export class KeyLock {
  readonly #tails = new Map<string, Promise<unknown>>();

  async run<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#tails.get(name);
    const running = before === undefined ? work() : before.then(work, work);
    this.#tails.set(name, running);
    try {
      return await running;
    } finally {
      if (this.#tails.get(name) === running) this.#tails.delete(name);
    }
  }

  /** Waits for the work that is queued now under names that begin with `prefix`. */
  async settled(prefix: string): Promise<void> {
    const tails = [...this.#tails].filter(([name]) => name.startsWith(prefix)).map(([, tail]) => tail);
    await Promise.allSettled(tails);
  }
}
