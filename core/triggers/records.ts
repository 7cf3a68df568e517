import type { TriggerDefinition } from './definition.ts';

/** A trigger, as it is kept. */
export interface Trigger {
  readonly name: string;
  /** Rises by one with every write; each write is conditional on the version it read. */
  readonly version: number;
  /** Who may change it: callers of the API, or only the stack that declares it. */
  readonly definedBy: 'api' | 'stack';
  /** ISO 8601. With the name it tells a trigger from an earlier one of the same name. */
  readonly createdAt: string;
  readonly changedAt: string;
  /** ISO 8601: nothing that happened before it fires. When it began to watch what it watches now. */
  readonly since: string;
  readonly enabled: boolean;
  readonly definition: TriggerDefinition;
  /** The pattern (JSON) of the EventBridge rule that was made for it; absent where there is none. */
  readonly rule?: string;
  /** It fires no more; what was made for it is taken away, and then the trigger itself. */
  readonly deleting?: true;
}

/** What a firing is about. */
export type Subject =
  | {
      readonly is: 'object';
      readonly bucket: string;
      readonly key: string;
      readonly etag?: string;
      readonly versionId?: string;
    }
  | { readonly is: 'time' /** ISO 8601. */; readonly at: string }
  /** The newest report there is: what a caller means who lets an inventory trigger fire without a key. */
  | { readonly is: 'newest' };

/** How it came about. */
const CAUSES = ['Event', 'Listing', 'Schedule', 'Request'] as const;
export type Cause = (typeof CAUSES)[number];

/** Pending and Queued are open; what is Created, Skipped or Failed stays so. */
const FIRING_STATUSES = ['Pending', 'Queued', 'Created', 'Skipped', 'Failed'] as const;
export type FiringStatus = (typeof FIRING_STATUSES)[number];

/** One firing of a trigger: written before its job, and the reason that there is one job whatever comes twice. */
export interface Firing {
  readonly trigger: string;
  /** Made of what it is about: what comes again meets its first self. */
  readonly id: string;
  readonly version: number;
  readonly status: FiringStatus;
  readonly cause: Cause;
  readonly subject: Subject;
  /** ISO 8601: when it was written. */
  readonly at: string;
  readonly settledAt?: string;
  readonly jobId?: string;
  /** Why there is no job, or none yet. */
  readonly reason?: string;
}

/** Whether something is still to be done about it. */
export function isOpen({ status }: Pick<Firing, 'status'>): boolean {
  return status === 'Pending' || status === 'Queued';
}

/** The firing whose job is the trigger's newest: others may have to wait for its end. */
export interface Lane {
  readonly version: number;
  readonly firingId: string;
  readonly jobId: string;
}

/** Whether the bucket that a trigger watches sends events, as last seen. */
export interface EventsSeen {
  readonly sent: 'On' | 'Off' | 'Unknown';
  /** ISO 8601. */
  readonly at: string;
}

/** Why a trigger cannot look at what it watches, or make its rule; shown until it can again. */
export interface WatchProblem {
  /** ISO 8601: when it was seen first. */
  readonly since: string;
  readonly reason: string;
}
