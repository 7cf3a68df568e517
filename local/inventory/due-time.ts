const DAY = 24 * 60 * 60 * 1_000;

/** 1970 began on a Thursday; S3's weekly reports are of Sundays, UTC (User Guide, configure-inventory). */
const FIRST_SUNDAY = 3 * DAY;

/** The latest time, `now` at most, at which a report was due: a midnight in UTC. Milliseconds since 1970. */
export function lastDue(frequency: 'Daily' | 'Weekly', now: number): number {
  if (frequency === 'Daily') return Math.floor(now / DAY) * DAY;
  return Math.floor((now - FIRST_SUNDAY) / (7 * DAY)) * 7 * DAY + FIRST_SUNDAY;
}
