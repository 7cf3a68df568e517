import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CallerProps } from './caller-props.ts';
import { EngineFunction } from './engine-function.ts';

/** The turns of PrepareJob: cuts the manifest into chunks and, when all are read, writes the plan. */
export class PrepareFunction extends EngineFunction {
  constructor(scope: Construct, id: string, props: CallerProps) {
    super(scope, id, props, {
      name: 'prepare',
      description: 'Turns of PrepareJob: checks the manifest, cuts it into chunks, writes the plan and the blocks.',
      memorySize: 1024,
      timeout: Duration.minutes(15),
      environment: props.scheduler.environment,
    });
    props.tables.grantChangeJobs(this);
    props.tables.grantChangeProgress(this);
    props.workBucket.grantReadWrite(this);
    props.jobRoles.grantAssume(this);
    props.scheduler.grantCall(this);
  }
}
