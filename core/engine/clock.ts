/** Time, passed in so that tests and simulations can hold it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Does the work again and again, the first time after the interval, until the function that it answers is called. */
  every(milliseconds: number, work: () => Promise<void>): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  every(milliseconds, work) {
    const timer = setInterval(() => void work(), milliseconds);
    return () => clearInterval(timer);
  },
};
