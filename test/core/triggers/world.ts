import { createHash } from 'node:crypto';
import type { ObjectHead, TriggerObjects } from '../../../core/stores/trigger-objects.ts';
import type { TriggerCount, TriggerDependencies } from '../../../core/triggers/dependencies.ts';
import { type ObjectCreated, onObjectCreated } from '../../../core/triggers/on-object-created.ts';
import type { Firing, Trigger } from '../../../core/triggers/records.ts';
import { sweepTriggers } from '../../../core/triggers/sweep-triggers.ts';
import { MemoryJobStore } from '../../support/memory-job-store.ts';
import { MemoryTriggerStore } from '../../support/memory-trigger-store.ts';

export const ROLE = 'arn:aws:iam::123456789012:role/drover/r';
export const START = Date.parse('2026-11-20T10:00:00.000Z');
export const MINUTE = 60_000;
export const DAY = 86_400_000;

/** The smallest job of an inventory trigger. */
export const JOB = {
  Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'seen', Value: 'yes' }] } },
  Report: { Enabled: false },
  RoleArn: ROLE,
};

/** Thrown in place of a SIGKILL: what was done before it stays, and nothing after it happens. */
export class Crash extends Error {}

const INVENTORY = { Bucket: 'arn:aws:s3:::inventories', Prefix: 'photos/daily' };

interface StoredObject extends ObjectHead {
  readonly body: string;
}

/** Triggers over stores in memory, with buckets to put objects into, a clock to move, and crashes between any two writes. */
export class World {
  readonly jobs = new MemoryJobStore();
  readonly triggers = new MemoryTriggerStore();
  readonly counted: TriggerCount[] = [];
  readonly rules = new Map<string, string>();
  readonly buckets = new Map<string, Map<string, StoredObject>>();
  now = START;
  sendsEvents: boolean | undefined = true;
  /** Writes until the crash; Infinity: none. */
  writesLeft = Number.POSITIVE_INFINITY;
  /** What looking at objects is answered instead. */
  refusal: Error | undefined;

  readonly deps: TriggerDependencies = {
    jobs: this.crashing(this.jobs),
    triggers: this.crashing(this.triggers),
    callScheduler: async () => {},
    callTriggers: async () => {},
    clock: () => new Date(this.now),
    identity: { account: '123456789012', region: 'us-east-1', partition: 'aws' },
    jobRoles: [ROLE],
    rules: {
      put: async (name, pattern) => void this.rules.set(name, pattern),
      remove: async (name) => void this.rules.delete(name),
    },
    openObjects: () => this.objects,
    oldReports: new Map(),
    count: (what) => void this.counted.push(what),
    log: () => {},
  };

  private readonly objects: TriggerObjects = {
    sendsEvents: async () => this.refused() ?? this.sendsEvents,
    head: async (bucket, key) => this.refused() ?? this.buckets.get(bucket)?.get(key),
    read: async (bucket, key, etag) => {
      const found = this.buckets.get(bucket)?.get(key);
      return found?.etag === etag ? found.body : undefined;
    },
    list: async (bucket, prefix, { folders }) => {
      this.refused();
      const all = [...(this.buckets.get(bucket)?.values() ?? [])].filter(({ key }) => key.startsWith(prefix));
      const folder = ({ key }: ObjectHead): string | undefined => /^[^/]*\//.exec(key.slice(prefix.length))?.[0];
      return {
        objects: folders ? all.filter((object) => folder(object) === undefined) : all,
        folders: folders
          ? [...new Set(all.flatMap((object) => folder(object) ?? []))].map((each) => prefix + each)
          : [],
        truncated: false,
      };
    },
  };

  put(bucket: string, key: string, body: string): void {
    const etag = createHash('md5').update(body).digest('hex');
    const objects = this.buckets.get(bucket) ?? new Map<string, StoredObject>();
    // S3's times are in whole seconds.
    const lastModified = Math.floor(this.now / 1_000) * 1_000;
    objects.set(key, { key, etag, size: body.length, lastModified, body });
    this.buckets.set(bucket, objects);
  }

  /** A report of an inventory, whole, with this in it. */
  putReport(folder: string, mark = '', fileFormat: string = 'CSV'): void {
    const manifest = JSON.stringify({ sourceBucket: 'photos', fileFormat, files: [], mark });
    this.put('inventories', `photos/daily/${folder}/manifest.json`, manifest);
    this.put(
      'inventories',
      `photos/daily/${folder}/manifest.checksum`,
      createHash('md5').update(manifest).digest('hex'),
    );
  }

  async event(bucket: string, key: string, time = this.now): Promise<void> {
    const event: ObjectCreated = {
      source: 'aws.s3',
      'detail-type': 'Object Created',
      time: new Date(time).toISOString(),
      detail: { bucket: { name: bucket }, object: { key, etag: this.buckets.get(bucket)?.get(key)?.etag ?? '' } },
    };
    await onObjectCreated(this.deps, event);
  }

  reportEvent(folder: string, time = this.now): Promise<void> {
    return this.event('inventories', `photos/daily/${folder}/manifest.checksum`, time);
  }

  sweep(): Promise<void> {
    return sweepTriggers(this.deps);
  }

  async define(name: string, definition: Partial<Trigger['definition']>, more: Partial<Trigger> = {}): Promise<void> {
    const at = new Date(this.now).toISOString();
    await this.triggers.put({
      name,
      version: 1,
      definedBy: 'api',
      createdAt: at,
      changedAt: at,
      since: at,
      enabled: true,
      definition: { ...(definition.Kind === undefined ? INVENTORY : {}), Kind: 'Inventory', Job: JOB, ...definition },
      ...more,
    });
  }

  firings(name: string): Promise<readonly Firing[]> {
    return this.triggers.recentFirings(name, 100);
  }

  /** The newest job's end. */
  end(jobId: string): void {
    const state = this.jobs.states.get(jobId);
    if (state !== undefined) this.jobs.states.set(jobId, { ...state, status: 'Complete', version: state.version + 1 });
  }

  endAll(): void {
    for (const jobId of this.jobs.states.keys()) this.end(jobId);
  }

  private refused(): undefined {
    if (this.refusal !== undefined) throw this.refusal;
    return undefined;
  }

  /** The store, dying before a write when no more are left. */
  private crashing<Store extends object>(store: Store): Store {
    const isRead = /^(get|list|open|recent|any|firingsBefore)/;
    return new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]): Promise<unknown> => {
          if (!isRead.test(String(name))) {
            if (this.writesLeft <= 0) throw new Crash();
            this.writesLeft -= 1;
          }
          return await Reflect.apply(member, target, args);
        };
      },
    });
  }
}
