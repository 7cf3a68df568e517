import type { Clock } from '../../../core/engine/clock.ts';
import { SimulatedTime } from '../simulated-time.ts';

/** Simulated time as the engine's clock. */
export class ScaleClock extends SimulatedTime implements Clock {
  every(milliseconds: number, work: () => Promise<void>): () => void {
    let stop: () => void = () => undefined;
    const again = (): void => {
      stop = this.after(milliseconds, () => {
        again();
        void work();
      });
    };
    again();
    return () => stop();
  }
}
