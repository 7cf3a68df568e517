/** How an execution stands. */
export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** A state machine. Times are in epoch milliseconds, here and below. */
export interface MachineRecord {
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
  readonly creationDate: number;
  /** Set by the first update. */
  readonly revisionId?: string | undefined;
}

/** Where a running execution stands; what an execution is taken up from after the process died. */
export interface Cursor {
  readonly state: string;
  /** JSON. */
  readonly input: string;
  /** When the state was entered, and the number of the event that says so; undefined until it was. */
  readonly enteredAt?: number | undefined;
  readonly enteredEvent?: number | undefined;
  /** Retries made, by position of the retrier. */
  readonly retries?: readonly number[] | undefined;
  /** When the Wait state, or the pause before a retry, ends. */
  readonly until?: number | undefined;
  /** The Map run that the state is in: its tail. */
  readonly mapRun?: string | undefined;
}

/** An execution, of a state machine or of a Map run. */
export interface ExecutionRecord {
  /** What follows `execution:` in the ARN: `<machine>:<name>`, or `<machine>/<label>:<uuid>` for a child. */
  readonly tail: string;
  /** Hash of the definition it runs: an update of its state machine does not touch it. */
  readonly definition: string;
  readonly roleArn: string;
  readonly input: string;
  readonly startDate: number;
  /** Tail of the Map run that it is a child of. */
  readonly mapRun?: string | undefined;
  readonly status: ExecutionStatus;
  readonly stopDate?: number | undefined;
  readonly output?: string | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
  /** Number of its last event. */
  readonly lastEvent: number;
  readonly cursor?: Cursor | undefined;
}

/** Children of a Map run that have ended, by how. */
export interface EndedCounts {
  readonly succeeded: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly aborted: number;
}

/** A run of a Map state. */
export interface MapRunRecord {
  /** What follows `mapRun:` in the ARN: `<machine>/<label>:<uuid>`. The last group of the uuid is 0. */
  readonly tail: string;
  /** Tail of the execution that it belongs to. */
  readonly execution: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly startDate: number;
  readonly stopDate?: number | undefined;
  /** As set; 0 is no limit. */
  readonly maxConcurrency: number;
  readonly toleratedFailureCount?: number | undefined;
  readonly toleratedFailurePercentage?: number | undefined;
  readonly total: number;
  /** Items that were not begun when it ended; while it runs they are counted from the children. */
  readonly pending?: number | undefined;
  /** Set when it has ended; while it runs they are counted from the children. */
  readonly ended?: EndedCounts | undefined;
}

/** An event of an execution's history, as GetExecutionHistory shows it. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  /** Epoch seconds, as the protocol has it. */
  readonly timestamp: number;
  readonly type: string;
  /** `…EventDetails`. */
  readonly [details: string]: unknown;
}
