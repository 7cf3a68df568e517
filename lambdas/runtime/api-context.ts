import type { ServiceContext } from '../../core/api/context.ts';
import { createDynamoTriggerStore } from '../../core/stores/dynamodb-trigger-store.ts';
import { createSchedulerCall } from '../../core/stores/lambda-scheduler-call.ts';
import { dynamoDb, lambda } from './aws-clients.ts';
import { jobStore } from './engine.ts';
import { identity, optionalVariable, requireVariable } from './environment.ts';
import { log } from './logger.ts';

/** What jobs are created and changed with, whoever asks; all but the way to the triggers. */
export function jobsContext(): Omit<ServiceContext, 'callTriggers'> {
  return {
    jobs: jobStore(),
    triggers: createDynamoTriggerStore({ client: dynamoDb(), table: requireVariable('JOBS_TABLE') }),
    callScheduler: createSchedulerCall(lambda(), requireVariable('SCHEDULER_FUNCTION'), log),
    clock: () => new Date(),
    identity: identity(),
    jobRoles: patternsIn('JOB_ROLES', requireVariable('JOB_ROLES')),
    jobTopics: patternsIn('JOB_TOPICS', optionalVariable('JOB_TOPICS') ?? '[]'),
    maxConcurrentWorkers: Number(requireVariable('MAX_CONCURRENT_WORKERS')),
    objectsEndpoint: optionalVariable('DROVER_S3_ENDPOINT'),
  };
}

function patternsIn(variable: string, json: string): string[] {
  const patterns: unknown = JSON.parse(json);
  if (!Array.isArray(patterns)) throw new Error(`The environment variable ${variable} is not a JSON array.`);
  return patterns.map(String);
}
