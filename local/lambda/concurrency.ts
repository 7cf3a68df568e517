import { throttled } from './refusal.ts';

/**
 * Counts the invocations under way against the account's concurrency, of which functions may have reserved a share:
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export class Concurrency {
  private readonly running = new Map<string, number>();
  private readonly waiting = new Set<() => void>();

  /**
   * @param account The account's limit.
   * @param reserved The reserved concurrency of each function that has one.
   */
  constructor(
    readonly account: number,
    private readonly reserved: () => ReadonlyMap<string, number>,
  ) {}

  /** What the functions without a reservation share. */
  get unreserved(): number {
    return this.account - sum(this.reserved().values());
  }

  /** Whether one more invocation of the function may begin. */
  mayEnter(name: string): boolean {
    return this.refusal(name) === undefined;
  }

  /**
   * Counts one invocation in; the answer counts it out.
   *
   * @throws LambdaRefusal (TooManyRequestsException) when it would be one too many.
   */
  enter(name: string): () => void {
    const refusal = this.refusal(name);
    if (refusal !== undefined) throw throttled(refusal);
    this.running.set(name, (this.running.get(name) ?? 0) + 1);
    return () => {
      const left = (this.running.get(name) ?? 1) - 1;
      if (left === 0) this.running.delete(name);
      else this.running.set(name, left);
      for (const notify of this.waiting) notify();
    };
  }

  /** `notify` is called whenever an invocation has ended. */
  onLeave(notify: () => void): void {
    this.waiting.add(notify);
  }

  private refusal(name: string): string | undefined {
    const reserved = this.reserved();
    const own = reserved.get(name);
    if (own !== undefined) {
      const full = (this.running.get(name) ?? 0) >= own;
      return full ? 'ReservedFunctionConcurrentInvocationLimitExceeded' : undefined;
    }
    const others = [...this.running].filter(([other]) => !reserved.has(other)).map(([, count]) => count);
    return sum(others) >= this.unreserved ? 'ConcurrentInvocationLimitExceeded' : undefined;
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
