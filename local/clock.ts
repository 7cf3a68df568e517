/** Time, and waking at a time. Tests have one that they move themselves. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls once `ms` have passed, unless the answer is called first. */
  after(ms: number, callback: () => void): () => void;
}

/** Longest wait that Node's timers take. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const end = Date.now() + ms;
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      timer = setTimeout(
        () => (end > Date.now() ? wait(end - Date.now()) : callback()),
        Math.min(left, LONGEST_TIMER_MS),
      );
      timer.unref();
    };
    wait(ms);
    return () => clearTimeout(timer);
  },
};
