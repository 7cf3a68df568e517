import type { SchedulerCall } from '../stores/executions.ts';
import type { JobStore } from '../stores/job-store.ts';
import type { ProgressStore } from '../stores/progress-store.ts';
import type { WorkStore } from '../stores/work-store.ts';
import type { Clock } from './clock.ts';

/** What every stage of the engine works with. */
export interface EngineDependencies {
  readonly jobs: JobStore;
  readonly progress: ProgressStore;
  readonly work: WorkStore;
  readonly callScheduler: SchedulerCall;
  readonly clock: Clock;
  /** For what an operator should know and no user is told; a line a call. */
  readonly log: (message: string, details?: Readonly<Record<string, unknown>>) => void;
}
