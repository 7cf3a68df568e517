import type { ServiceContext } from '../api/context.ts';
import type { EventRules } from '../stores/event-rules.ts';
import type { TriggerObjects } from '../stores/trigger-objects.ts';
import type { TriggerStore } from '../stores/trigger-store.ts';
import type { Trigger } from './records.ts';

/** What is counted of triggers, as a metric. */
export type TriggerCount = 'JobCreated' | 'FiringSkipped' | 'FiringFailed';

/** What triggers fire with: jobs are created as the API creates them. */
export interface TriggerDependencies extends ServiceContext {
  readonly triggers: TriggerStore;
  readonly rules: EventRules;
  /** S3 with the role of the trigger's job. */
  readonly openObjects: (trigger: Trigger) => TriggerObjects;
  /** Reports that need no look again, by trigger: kept while the function is warm, and found again when it is not. */
  readonly oldReports: Map<string, Set<string>>;
  readonly count: (what: TriggerCount, trigger: string) => void;
  /** For what an operator should know and no user is told; a line a call. */
  readonly log: (message: string, details?: Readonly<Record<string, unknown>>) => void;
}
