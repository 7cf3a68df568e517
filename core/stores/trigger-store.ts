import type { EventsSeen, Firing, Lane, Trigger, WatchProblem } from '../triggers/records.ts';

/** Triggers and their firings in the Jobs table. Every write that could race is conditional and says whether it took. */
export interface TriggerStore {
  /** All triggers by name, strongly consistent; those that are being deleted too. */
  list(): Promise<readonly Trigger[]>;
  get(name: string): Promise<Trigger | undefined>;
  /** Writes `next` on condition that the stored version is `next.version - 1`; 1 is the first. */
  put(next: Trigger): Promise<boolean>;
  /** Removes the trigger and what is kept of it beside its firings, on condition of its version. */
  remove(trigger: Trigger): Promise<void>;

  /** Writes a firing and its place among the open ones, unless there is one of that id. Answers the one that is kept. */
  beginFiring(firing: Firing): Promise<Firing>;
  getFiring(trigger: string, id: string): Promise<Firing | undefined>;
  /**
   * Writes `next` on condition that the stored version is `next.version - 1`. A settled one is taken off the open ones.
   */
  updateFiring(next: Firing): Promise<boolean>;
  /** Firings that are not settled, oldest first; strongly consistent. */
  openFirings(trigger: string, limit: number): Promise<readonly Firing[]>;
  /** Newest first, from an index that may lag. */
  recentFirings(trigger: string, limit: number): Promise<readonly Firing[]>;
  /** Firings written before this time, oldest first, from an index that may lag. */
  firingsBefore(trigger: string, before: string, limit: number): Promise<readonly Firing[]>;
  /** Any firings, strongly consistent: for the removal of a trigger. */
  anyFirings(trigger: string, limit: number): Promise<readonly Firing[]>;
  deleteFiring(firing: Firing): Promise<void>;

  getLane(trigger: string): Promise<Lane | undefined>;
  /** Writes `next` on condition that the stored version is `next.version - 1`. */
  putLane(trigger: string, next: Lane): Promise<boolean>;

  /** ISO 8601: up to when a listing has let fire all it found; undefined before the first. */
  getListed(trigger: string): Promise<string | undefined>;
  putListed(trigger: string, upTo: string): Promise<void>;

  getEvents(trigger: string): Promise<EventsSeen | undefined>;
  putEvents(trigger: string, seen: EventsSeen): Promise<void>;

  getProblem(trigger: string): Promise<WatchProblem | undefined>;
  /** Undefined: there is none any more. */
  putProblem(trigger: string, problem: WatchProblem | undefined): Promise<void>;
}
