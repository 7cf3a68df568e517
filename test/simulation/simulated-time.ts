interface Timer {
  readonly at: number;
  /** In which order timers of one moment were set, and fire. */
  readonly order: number;
  readonly fire: () => void;
  cancelled: boolean;
}

/** Time that stands still while anything can be done, and then leaps to the next timer. */
export class SimulatedTime {
  /** A binary heap, the next timer first. */
  private readonly heap: Timer[] = [];
  private orders = 0;

  constructor(private time: number) {}

  now(): number {
    return this.time;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.after(milliseconds, resolve));
  }

  /** Calls it then; answers what calls it off. */
  after(milliseconds: number, fire: () => void): () => void {
    const at = this.time + Math.max(0, milliseconds);
    const timer: Timer = { at, order: this.orders++, fire, cancelled: false };
    this.push(timer);
    return () => {
      timer.cancelled = true;
    };
  }

  /** Lets time pass until `ended` says so, or nothing is left to happen. */
  async run(ended: () => boolean): Promise<void> {
    while (!ended()) {
      const next = this.pop();
      if (next === undefined) return;
      if (next.cancelled) continue;
      this.time = next.at;
      next.fire();
      await everythingDone();
    }
  }

  private push(timer: Timer): void {
    const { heap } = this;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, timer)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = timer;
  }

  private pop(): Timer | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (left === undefined) break;
      if (right !== undefined && isBefore(right, left)) below += 1;
      const child = heap[below];
      if (child === undefined || isBefore(last, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** An immediate runs when every promise that could be kept has been. */
function everythingDone(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
