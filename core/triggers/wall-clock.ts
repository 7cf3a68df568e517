/** What clocks on the wall show at an instant, as milliseconds since 1970 on those clocks. */
export type WallClock = (instant: number) => number;

const DAY = 86_400_000;

/** The clocks of a time zone. */
export function wallClock(timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  };
}

/**
 * The instants at which the clocks show these times of a day: none in what the beginning of summer time leaves out, and
 * for what its end has twice the first, or both.
 *
 * @param day the clocks' midnight; @param times milliseconds after it.
 */
export function instantsOf(clock: WallClock, day: number, times: readonly number[], both: boolean): number[] {
  const [before, after] = [offsetAt(clock, day - DAY), offsetAt(clock, day + 2 * DAY)];
  if (before === after) return times.map((time) => day + time - before);
  return times.flatMap((time) => {
    const shown = day + time;
    const instants = [shown - before, shown - after].filter((instant) => clock(instant) === shown);
    return both || instants.length < 2 ? instants : [Math.min(...instants)];
  });
}

function offsetAt(clock: WallClock, instant: number): number {
  return clock(instant) - Math.floor(instant / 1_000) * 1_000;
}
