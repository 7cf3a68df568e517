import type { Clock } from '../../clock.ts';
import type { BusEvent, CloudIdentity, FunctionInvoker, ObjectReader } from '../../service.ts';
import type { Workflow } from '../language/definition.ts';
import type { ExecutionRecord, HistoryEvent } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { ExecutionRun } from './execution-run.ts';
import type { MapRun } from './map-run.ts';

/** Quotas of Step Functions (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html). */
export interface StepFunctionsLimits {
  /** Bytes of a state's or an execution's input, output or result. */
  readonly payloadBytes: number;
  /** Events of one execution. */
  readonly historyEvents: number;
  /** Children of a Map run at once, whatever its MaxConcurrency. */
  readonly mapConcurrency: number;
  /**
   * AWS starts at most 100 STANDARD children a second for a Map run. That is its own slowness, which nothing breaks on,
   * so the local cloud has no such limit unless it is set.
   */
  readonly childStartsPerSecond: number;
}

export const AWS_LIMITS: StepFunctionsLimits = {
  payloadBytes: 262_144,
  historyEvents: 25_000,
  mapConcurrency: 10_000,
  childStartsPerSecond: Number.POSITIVE_INFINITY,
};

/** What running executions need of the world. */
export interface Services {
  readonly identity: CloudIdentity;
  readonly store: Store;
  readonly clock: Clock;
  /** From 0 up to 1, for jitter. */
  readonly random: () => number;
  readonly limits: StepFunctionsLimits;
  readonly functions: FunctionInvoker;
  readonly objects: ObjectReader;
  /** Sends an event to the bus; what becomes of it is not waited for, as with AWS ("best effort"). */
  readonly publish: (event: BusEvent) => void;
  /** Takes up an execution, from its cursor. `unsaved`: events that are not in the store. */
  readonly launch: (
    record: ExecutionRecord,
    workflow: Workflow,
    unsaved: readonly HistoryEvent[],
    onEnd?: (run: ExecutionRun) => void,
  ) => ExecutionRun;
  /** The Map runs that are under way, by tail. */
  readonly mapRuns: Map<string, MapRun>;
}
