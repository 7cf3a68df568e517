import type { TriggerStore } from '../../core/stores/trigger-store.ts';
import {
  type EventsSeen,
  type Firing,
  isOpen,
  type Lane,
  type Trigger,
  type WatchProblem,
} from '../../core/triggers/records.ts';

/** A TriggerStore in memory that keeps the promises of the real one: conditional writes, nothing shared by reference. */
export class MemoryTriggerStore implements TriggerStore {
  readonly triggers = new Map<string, Trigger>();
  readonly firings = new Map<string, Firing>();
  readonly lanes = new Map<string, Lane>();
  readonly listed = new Map<string, string>();
  readonly events = new Map<string, EventsSeen>();
  readonly problems = new Map<string, WatchProblem>();

  async list(): Promise<readonly Trigger[]> {
    return [...this.triggers.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  async get(name: string): Promise<Trigger | undefined> {
    return this.triggers.get(name);
  }

  async put(next: Trigger): Promise<boolean> {
    return putNext(this.triggers, next.name, next);
  }

  async remove({ name }: Trigger): Promise<void> {
    this.triggers.delete(name);
    for (const map of [this.lanes, this.listed, this.events, this.problems]) map.delete(name);
  }

  async beginFiring(firing: Firing): Promise<Firing> {
    putNext(this.firings, keyOf(firing), firing);
    return this.firings.get(keyOf(firing)) ?? firing;
  }

  async getFiring(trigger: string, id: string): Promise<Firing | undefined> {
    return this.firings.get(keyOf({ trigger, id }));
  }

  async updateFiring(next: Firing): Promise<boolean> {
    return putNext(this.firings, keyOf(next), next);
  }

  async openFirings(trigger: string, limit: number): Promise<readonly Firing[]> {
    return this.of(trigger).filter(isOpen).slice(0, limit);
  }

  async recentFirings(trigger: string, limit: number): Promise<readonly Firing[]> {
    return this.of(trigger).reverse().slice(0, limit);
  }

  async firingsBefore(trigger: string, before: string, limit: number): Promise<readonly Firing[]> {
    return this.of(trigger)
      .filter(({ at }) => at < before)
      .slice(0, limit);
  }

  async anyFirings(trigger: string, limit: number): Promise<readonly Firing[]> {
    return this.of(trigger).slice(0, limit);
  }

  async deleteFiring(firing: Firing): Promise<void> {
    this.firings.delete(keyOf(firing));
  }

  async getLane(trigger: string): Promise<Lane | undefined> {
    return this.lanes.get(trigger);
  }

  async putLane(trigger: string, next: Lane): Promise<boolean> {
    return putNext(this.lanes, trigger, next);
  }

  async getListed(trigger: string): Promise<string | undefined> {
    return this.listed.get(trigger);
  }

  async putListed(trigger: string, upTo: string): Promise<void> {
    this.listed.set(trigger, upTo);
  }

  async getEvents(trigger: string): Promise<EventsSeen | undefined> {
    return this.events.get(trigger);
  }

  async putEvents(trigger: string, seen: EventsSeen): Promise<void> {
    this.events.set(trigger, seen);
  }

  async getProblem(trigger: string): Promise<WatchProblem | undefined> {
    return this.problems.get(trigger);
  }

  async putProblem(trigger: string, problem: WatchProblem | undefined): Promise<void> {
    if (problem === undefined) this.problems.delete(trigger);
    else this.problems.set(trigger, problem);
  }

  /** Oldest first. */
  private of(trigger: string): Firing[] {
    const firings = [...this.firings.values()].filter((firing) => firing.trigger === trigger);
    return firings.sort((one, other) => (`${one.at}#${one.id}` < `${other.at}#${other.id}` ? -1 : 1));
  }
}

function putNext<Value extends { readonly version: number }>(
  map: Map<string, Value>,
  key: string,
  next: Value,
): boolean {
  const now = map.get(key);
  if ((now?.version ?? 0) !== next.version - 1) return JSON.stringify(now) === JSON.stringify(next);
  map.set(key, structuredClone(next));
  return true;
}

function keyOf({ trigger, id }: Pick<Firing, 'trigger' | 'id'>): string {
  return `${trigger}#${id}`;
}
