import type { Stage } from '../job/status.ts';

/** How an execution stands. `absent`: never started. `ended`: succeeded, failed, timed out or stopped. */
export type ExecutionStatus = 'absent' | 'running' | 'ended';

/** The state machines, as the engine sees them. An execution is named `<job>-<stage>-<epoch>`; names are used once. */
export interface Executions {
  /** Starts it unless it exists (running or ended): then nothing happens. */
  start(jobId: string, stage: Stage, epoch: number): Promise<void>;
  /** Stops it if it runs. */
  stop(jobId: string, stage: Stage, epoch: number): Promise<void>;
  status(jobId: string, stage: Stage, epoch: number): Promise<ExecutionStatus>;
  /** Changes the concurrency of the Map run that the execution is in, if it is in one. */
  setConcurrency(jobId: string, stage: Stage, epoch: number, workers: number): Promise<void>;
}

/** Asks the scheduler to look at everything again, and at one job in particular. Never fails: the sweeper asks again. */
export type SchedulerCall = (jobId?: string) => Promise<void>;
