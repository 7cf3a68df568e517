import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CallerProps } from './caller-props.ts';
import { EngineFunction } from './engine-function.ts';

/** The turns of ReportJob: settles and seals the blocks, then writes the completion report's manifest. */
export class ReportFunction extends EngineFunction {
  constructor(scope: Construct, id: string, props: CallerProps) {
    super(scope, id, props, {
      name: 'report',
      description: 'Turns of ReportJob: settles and seals the blocks, plans the report, writes its manifest.',
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
