import type { SpeedLimit, SpeedLimitName } from './run-time.ts';

/** Something that is paid for. */
export interface CostItem {
  /** In words, with its unit. */
  readonly What: string;
  readonly Quantity: number;
  readonly USD: number;
}

/** Things that are paid for, and their sum. */
export interface Cost {
  readonly USD: number;
  readonly Items: readonly CostItem[];
}

/** What the same work costs with S3 Batch Operations, or why S3 cannot do it. */
export type BatchOperationsCost =
  | ({ readonly Offered: true; readonly Fee: number } & Cost)
  | { readonly Offered: false; readonly Reason: string };

/** A number that nobody measured for this job. */
export interface Assumption {
  /** What to set to change it, where it can be set. */
  readonly Name: string;
  readonly Meaning: string;
}

/** What a job takes, in time and in dollars. */
export interface Estimate {
  /** Of a job that is there. */
  readonly JobId?: string;
  readonly Operation: string;
  readonly Tasks: number;
  /** Where the objects' size is known, or given. */
  readonly Bytes?: number;
  readonly RunTime: {
    /** From the first task to the last. */
    readonly Seconds: number;
    readonly PrepareSeconds: number;
    readonly ReportSeconds: number;
    readonly TasksPerSecond: number;
    readonly Workers: number;
    readonly LimitedBy: SpeedLimitName;
    /** The lowest first. */
    readonly Limits: readonly SpeedLimit[];
  };
  /** Dollars. */
  readonly Costs: {
    readonly Drover: Cost;
    readonly Requests: Cost;
    readonly Total: number;
    /** What the job's result costs each month from then on. */
    readonly StoragePerMonth?: Cost;
  };
  readonly S3BatchOperations: BatchOperationsCost;
  /** What may come on top, and when: sentences. */
  readonly Fees: readonly string[];
  /** What would cost less: sentences. */
  readonly Advice: readonly string[];
  readonly Assumptions: readonly Assumption[];
  readonly Prices: { readonly Region: string; readonly AsOf: string; readonly Source: string };
}

export function costOf(items: readonly CostItem[]): Cost {
  const Items = items.filter(({ Quantity }) => Quantity > 0);
  return { USD: Items.reduce((sum, { USD }) => sum + USD, 0), Items };
}
