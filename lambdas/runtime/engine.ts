import { systemClock } from '../../core/engine/clock.ts';
import type { EngineDependencies } from '../../core/engine/dependencies.ts';
import { createDynamoJobStore } from '../../core/stores/dynamodb-job-store.ts';
import { createDynamoProgressStore } from '../../core/stores/dynamodb-progress-store.ts';
import type { Executions } from '../../core/stores/executions.ts';
import type { JobStore } from '../../core/stores/job-store.ts';
import { createSchedulerCall } from '../../core/stores/lambda-scheduler-call.ts';
import { createS3WorkStore } from '../../core/stores/s3-work-store.ts';
import { createStepFunctionsExecutions } from '../../core/stores/step-functions-executions.ts';
import { dynamoDb, lambda, stepFunctions, workS3 } from './aws-clients.ts';
import { requireVariable } from './environment.ts';
import { log } from './logger.ts';

/** The Jobs table of this deployment. */
export function jobStore(): JobStore {
  return createDynamoJobStore({ client: dynamoDb(), table: requireVariable('JOBS_TABLE') });
}

/** The engine on this deployment's tables and work bucket. */
export function engineDependencies(): EngineDependencies {
  return {
    jobs: jobStore(),
    progress: createDynamoProgressStore({ client: dynamoDb(), table: requireVariable('PROGRESS_TABLE') }),
    work: createS3WorkStore({ client: workS3(), bucket: requireVariable('WORK_BUCKET') }),
    callScheduler: createSchedulerCall(lambda(), requireVariable('SCHEDULER_FUNCTION'), log),
    clock: systemClock,
    log,
  };
}

/** This deployment's state machines. */
export function executions(): Executions {
  return createStepFunctionsExecutions(stepFunctions(), {
    prepare: requireVariable('PREPARE_STATE_MACHINE'),
    run: requireVariable('RUN_STATE_MACHINE'),
    report: requireVariable('REPORT_STATE_MACHINE'),
  });
}
