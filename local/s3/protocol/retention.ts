import { invalidArgument } from '../s3-error.ts';
import type { DefaultRetention, Retention } from '../storage/records.ts';

const MILLISECONDS_A_DAY = 24 * 60 * 60 * 1000;
/** ISO 8601 with a zone, or without one, which means UTC. */
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/;

export function isRetentionMode(text: string | undefined): text is Retention['mode'] {
  return text === 'GOVERNANCE' || text === 'COMPLIANCE';
}

/** Milliseconds since 1970; undefined for what is no date. */
export function readDate(text: string): number | undefined {
  const match = DATE.exec(text.trim());
  if (match === null) return undefined;
  const date = Date.parse(match[2] === undefined ? `${text.trim()}Z` : text.trim());
  return Number.isNaN(date) ? undefined : date;
}

/** Throws InvalidArgument for a date that is past. `sent` is the date as it was sent. */
export function demandFuture(until: number, now: number, argument: string, sent: string): void {
  if (until <= now) throw invalidArgument(argument, sent, 'The retain until date must be in the future!');
}

/** The retention of an object that is made now in a bucket with this default. */
export function defaultRetention(rule: DefaultRetention | undefined, now: number): Retention | undefined {
  if (rule === undefined) return undefined;
  if (rule.days !== undefined) return { mode: rule.mode, until: now + rule.days * MILLISECONDS_A_DAY };
  const until = new Date(now);
  until.setUTCFullYear(until.getUTCFullYear() + (rule.years ?? 0));
  return { mode: rule.mode, until: until.getTime() };
}
