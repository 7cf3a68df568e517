import { FUNCTION_GIGABYTES } from '../../../core/estimate/function-memory.ts';
import { AWS } from './aws.ts';
import type { ScaleClock } from './clock.ts';
import type { Meter } from './meter.ts';

export type FunctionName =
  | 'scheduler'
  | 'sweeper'
  | 'prepare'
  | 'prepare-chunk'
  | 'run'
  | 'worker'
  | 'report'
  | 'report-range';

/** Lambda: environments that are kept once they are there, what their time costs, how many are at work at once. */
export class Functions {
  /** Of each function, at once. */
  readonly most = new Map<FunctionName, number>();
  /** Milliseconds of all invocations of a function, INIT included. */
  readonly time = new Map<FunctionName, number>();
  invocations = 0;
  private readonly running = new Map<FunctionName, number>();
  private readonly idle = new Map<FunctionName, number>();

  constructor(
    private readonly clock: ScaleClock,
    private readonly meter: Meter,
  ) {}

  /** @param work is told whether its environment is a new one. */
  async invoke<Result>(name: FunctionName, work: (cold: boolean) => Promise<Result>): Promise<Result> {
    await this.clock.sleep(AWS.transition);
    this.invocations += 1;
    this.meter.usage.invocations += 1;
    const warm = this.idle.get(name) ?? 0;
    if (warm > 0) this.idle.set(name, warm - 1);
    const running = (this.running.get(name) ?? 0) + 1;
    this.running.set(name, running);
    this.most.set(name, Math.max(this.most.get(name) ?? 0, running));
    const began = this.clock.now();
    try {
      if (warm === 0) {
        this.meter.count(`new environments of ${name}`, 1, 10);
        await this.clock.sleep(AWS.init);
      }
      return await work(warm === 0);
    } finally {
      const took = this.clock.now() - began;
      this.time.set(name, (this.time.get(name) ?? 0) + took);
      this.meter.usage.gigabyteSeconds += (took / 1_000) * gigabytes(name);
      this.running.set(name, (this.running.get(name) ?? 1) - 1);
      this.idle.set(name, (this.idle.get(name) ?? 0) + 1);
    }
  }
}

function gigabytes(name: FunctionName): number {
  return name === 'worker' || name === 'prepare-chunk' || name === 'report-range'
    ? FUNCTION_GIGABYTES[name]
    : FUNCTION_GIGABYTES.run;
}
