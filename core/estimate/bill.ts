import { PRICES } from './prices.ts';

/** What a job used of AWS, of everything but its objects' own requests. */
export interface Usage {
  /** State transitions of Step Functions. */
  readonly transitions: number;
  /** Of Drover's own functions. */
  readonly invocations: number;
  readonly gigabyteSeconds: number;
  /** DynamoDB's units. */
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Requests of S3 that are charged as a PUT, and as a GET. */
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
