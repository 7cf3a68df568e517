import type { Identity } from '../job/identity.ts';
import type { SchedulerCall } from '../stores/executions.ts';
import type { JobStore } from '../stores/job-store.ts';
import type { TriggerStore } from '../stores/trigger-store.ts';

/** What the operations of the job API work with. */
export interface ApiContext {
  readonly jobs: JobStore;
  readonly callScheduler: SchedulerCall;
  readonly clock: () => Date;
  readonly identity: Identity;
  /** ARNs and ARN patterns (`*`) of the roles that jobs may use. */
  readonly jobRoles: readonly string[];
  /** ARNs and ARN patterns (`*`) of the topics that jobs may name. */
  readonly jobTopics?: readonly string[];
  /** Workers of all jobs together, as the operator has it; left out: as many as the account allows. */
  readonly maxConcurrentWorkers?: number;
  /** Another S3 that the objects are in, with credentials of its own: then no job's role is used for them. */
  readonly objectsEndpoint?: string | undefined;
}

/** What all routes together work with. */
export interface ServiceContext extends ApiContext {
  readonly triggers: TriggerStore;
  /** Asks for a trigger to be looked at now. Never fails: each minute all are looked at. */
  readonly callTriggers: (name: string) => Promise<void>;
}
