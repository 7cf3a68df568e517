import { PRICES } from './prices.ts';

/** Countable things by name; what is not named is none. */
export type Counts = Readonly<Record<string, number>>;

/** What a job used, of everything but its objects' own requests. */
export interface Usage {
  readonly transitions: number;
  readonly invocations: number;
  readonly gigabyteSeconds: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly puts: number;
  readonly gets: number;
}

/** Dollars. */
export interface Bill {
  readonly transitions: number;
  readonly lambda: number;
  readonly tables: number;
  readonly s3: number;
  readonly logs: number;
  readonly total: number;
}

/** What Lambda itself writes about each invocation (START, END, REPORT), in bytes. */
const LOG_BYTES = 500;

export function billOf(usage: Usage): Bill {
  const transitions = usage.transitions * PRICES.transition;
  const lambda = usage.invocations * PRICES.invocation + usage.gigabyteSeconds * PRICES.gigabyteSecond;
  const tables = usage.readUnits * PRICES.readUnit + usage.writeUnits * PRICES.writeUnit;
  const s3 = usage.puts * PRICES.put + usage.gets * PRICES.get;
  const logs = ((usage.invocations * LOG_BYTES) / 1e9) * PRICES.logGigabyte;
  return { transitions, lambda, tables, s3, logs, total: transitions + lambda + tables + s3 + logs };
}

/** What S3 Batch Operations takes for a job of so many objects. */
export function batchOperationsFee(objects: number): number {
  return PRICES.batchJob + objects * PRICES.batchObject;
}

/** The counts of a job of so many shards. */
export interface Counted {
  readonly shards: number;
  readonly counts: Counts;
}

/**
 * The counts of a job of any number of shards, from those of two that were counted: so many for each job and so many for
 * each shard. Never fewer than none.
 */
export function extrapolate(small: Counted, large: Counted, shards: number): Counts {
  const names = new Set([...Object.keys(small.counts), ...Object.keys(large.counts)]);
  const at = (name: string): number => {
    const [few, many] = [small.counts[name] ?? 0, large.counts[name] ?? 0];
    const perShard = (many - few) / (large.shards - small.shards);
    return Math.max(0, few + perShard * (shards - small.shards));
  };
  return Object.fromEntries([...names].map((name) => [name, at(name)]));
}
