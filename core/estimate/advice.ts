import type { LaneNeeds } from '../engine/lanes.ts';
import type { Cost } from './estimate.ts';
import type { Speed } from './run-time.ts';

/** A part of Drover's cost that is worth a word. */
const WORTH_SAVING = 0.1;

/** Workers that wait for S3 are paid for like those that work: a rate limit takes no more of them than it needs. */
export function adviceOf(
  speed: Speed,
  needs: LaneNeeds,
  speedWith: (needs: LaneNeeds) => Speed,
  costWith: (workers: number) => Cost,
): string[] {
  const rate = Math.floor(speed.tasksPerSecond);
  if (needs.tasksPerSecond !== undefined || rate < 1) return [];
  const limited = speedWith({ ...needs, tasksPerSecond: rate });
  // Fewer workers may be slower than the limit, where each of them has much to do.
  if (limited.workers >= speed.workers || limited.tasksPerSecond < rate) return [];
  const [now, then] = [costWith(speed.workers).USD, costWith(limited.workers).USD];
  if (then > now * (1 - WORTH_SAVING)) return [];
  return [
    `${speed.workers} workers wait for most of the time, and cost as if they worked. Drover.RateLimit with ` +
      `TasksPerSecond ${rate} takes ${limited.workers} of them, and Drover costs $${then.toFixed(2)} instead of ` +
      `$${now.toFixed(2)}.`,
  ];
}
