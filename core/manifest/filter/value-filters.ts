import type { RowFilter } from './row-predicate.ts';

/** Filters by what one column says. A line whose column does not say it as it should ends the job, as a bad line does. */

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000 };

/** Epoch milliseconds of a time, or of an age (`90d`) before now. */
export function agedBefore(text: string, now: number): number {
  const [, count, unit] = /^(\d+)([dhm])$/.exec(text) ?? [];
  return count === undefined || unit === undefined
    ? Date.parse(text)
    : now - Number(count) * (UNITS[unit] ?? Number.NaN);
}

/** Whatever the case of its letters. */
export function byValue(column: number, wanted: readonly string[]): RowFilter {
  const values = new Set(wanted.map((value) => value.toUpperCase()));
  return (record) => values.has((record[column] ?? '').toUpperCase());
}

/** Both bounds are strict, as those of S3's manifest generator are. A delete marker has no size, and is left out. */
export function bySize(column: number, above: number, below: number): RowFilter {
  return (record) => {
    const text = record[column] ?? '';
    if (text === '') return false;
    if (!/^\d{1,19}$/.test(text)) return `Column Size holds "${text.slice(0, 40)}", which is no number of bytes`;
    const size = Number(text);
    return size > above && size < below;
  };
}

/** Both bounds are strict. A time is ISO 8601, or what SQL writes (`2026-01-31 12:00:00.000`), which is UTC. */
export function byTime(column: number, after: number, before: number): RowFilter {
  return (record) => {
    const text = record[column] ?? '';
    if (text === '') return false;
    const time = timeOf(text);
    if (time === undefined) return `Column LastModifiedDate holds "${text.slice(0, 40)}", which is no time in ISO 8601`;
    return time > after && time < before;
  };
}

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?) ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/;

function timeOf(text: string): number | undefined {
  const [, date, time, zone = 'Z'] = TIME.exec(text) ?? [];
  if (date === undefined || time === undefined) return undefined;
  const offset =
    zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d):?(\d\d)?$/, (_, hours, minutes = '00') => `${hours}:${minutes}`);
  const found = Date.parse(`${date}T${time}${offset}`);
  return Number.isNaN(found) ? undefined : found;
}
