import { S3Error } from '../s3-error.ts';
import type { ObjectContent, RestoreRecord, RestoreTier } from '../storage/records.ts';
import type { S3Context } from './call.ts';
import type { Headers } from './respond.ts';

/** Milliseconds from the request until the object can be read; Infinity: never. */
export type RestoreTimes = Readonly<Record<RestoreTier, number>>;

export const DEFAULT_RESTORE_TIMES: RestoreTimes = { Expedited: 1000, Standard: 3000, Bulk: 5000 };

const MILLISECONDS_A_DAY = 24 * 60 * 60 * 1000;
/** Objects of INTELLIGENT_TIERING never reach its archive tiers here, as they would after 90 days without a read. */
const ARCHIVE_CLASSES = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Where an archived object stands. */
export type RestoreState =
  | { readonly is: 'archived' }
  | { readonly is: 'running'; readonly restore: RestoreRecord }
  /** `expires` in milliseconds since 1970. */
  | { readonly is: 'restored'; readonly restore: RestoreRecord; readonly expires: number };

type Clockwork = Pick<S3Context, 'clock' | 'restoreTimes'>;

export function isArchiveClass(storageClass: string): boolean {
  return ARCHIVE_CLASSES.has(storageClass);
}

/** What has become of the restore of an archived object by now. */
export function restoreState({ clock, restoreTimes }: Clockwork, restore: RestoreRecord | undefined): RestoreState {
  if (restore === undefined) return { is: 'archived' };
  const now = clock();
  const ready = restore.requested + restoreTimes[restore.tier];
  if (now < ready) return { is: 'running', restore };
  const expires = expiry(restore.renewed ?? ready, restore.days);
  return now < expires ? { is: 'restored', restore, expires } : { is: 'archived' };
}

/** Throws InvalidObjectState for an object whose bytes are archived. */
export function refuseIfArchived(clockwork: Clockwork, content: ObjectContent, message?: string): void {
  const { storageClass, restore } = content;
  if (!isArchiveClass(storageClass) || restoreState(clockwork, restore).is === 'restored') return;
  throw new S3Error('InvalidObjectState', message, { StorageClass: storageClass });
}

/** `x-amz-restore`, once a restore was asked for and until it has expired. */
export function restoreHeader(clockwork: Clockwork, { storageClass, restore }: ObjectContent): Headers {
  if (restore === undefined || !isArchiveClass(storageClass)) return {};
  const state = restoreState(clockwork, restore);
  if (state.is === 'archived') return {};
  if (state.is === 'running') return { 'x-amz-restore': 'ongoing-request="true"' };
  const expires = new Date(state.expires).toUTCString();
  return { 'x-amz-restore': `ongoing-request="false", expiry-date="${expires}"` };
}

/** The midnight (UTC) that follows the days. Source: "Restoring an archived object", Amazon S3 User Guide. */
function expiry(from: number, days: number): number {
  return Math.ceil((from + days * MILLISECONDS_A_DAY) / MILLISECONDS_A_DAY) * MILLISECONDS_A_DAY;
}
