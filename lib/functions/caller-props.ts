import type { EngineProps } from './engine-function.ts';
import type { SchedulerCall } from './scheduler-function.ts';

/** What a function is given that tells the scheduler of changes. */
export interface CallerProps extends EngineProps {
  readonly scheduler: SchedulerCall;
}
