import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CallerProps } from './caller-props.ts';
import { EngineFunction } from './engine-function.ts';
import type { TriggerCall } from './trigger-function.ts';

export interface ApiFunctionProps extends CallerProps {
  readonly triggers: TriggerCall;
}

/** The job API behind API Gateway. It touches no object and assumes no role. */
export class ApiFunction extends EngineFunction {
  constructor(scope: Construct, id: string, props: ApiFunctionProps) {
    super(scope, id, props, {
      name: 'api',
      description: 'The job API: creates, describes, lists and changes jobs.',
      // Most of a call is parsing and two table reads; half a vCPU keeps a cold start short.
      memorySize: 1024,
      // API Gateway waits no longer.
      timeout: Duration.seconds(29),
      environment: {
        ...props.scheduler.environment,
        ...props.triggers.environment,
        ...props.notifications.apiEnvironment,
      },
    });
    props.tables.grantChangeJobs(this);
    props.tables.grantListJobs(this);
    props.scheduler.grantCall(this);
    props.triggers.grantCall(this);
  }
}
