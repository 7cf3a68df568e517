import { createHash } from 'node:crypto';
import type { Cause, Firing, Subject, Trigger } from './records.ts';

/**
 * The id of the firing of a subject: the same however often, and on whatever way, one hears of it. An object is its key
 * and its ETag (a listing tells no versions): written anew with other content it is another, with the same it is not.
 */
export function firingId(subject: Subject): string {
  if (subject.is === 'object') return digest([subject.bucket, subject.key, subject.etag ?? '']);
  return digest(subject.is === 'time' ? [subject.at] : ['newest']);
}

/** The id of a firing that a caller asked for: the same for the same token. */
export function requestedFiringId(token: string): string {
  return digest(['request', token]);
}

/** A firing that is not yet written. */
export function newFiring(trigger: string, subject: Subject, cause: Cause, now: Date, id = firingId(subject)): Firing {
  return { trigger, id, version: 1, status: 'Pending', cause, subject, at: now.toISOString() };
}

/** The ClientRequestToken of a firing's job. A trigger that is made anew under the same name has other tokens. */
export function tokenOf({ name, createdAt }: Trigger, { id }: Firing): string {
  return `trigger-${digest([name, createdAt, id])}`;
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}
