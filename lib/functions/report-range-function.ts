import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CallerProps } from './caller-props.ts';
import { EngineFunction } from './engine-function.ts';

/** Merges the results of a range of shards into one file of the completion report. */
export class ReportRangeFunction extends EngineFunction {
  constructor(scope: Construct, id: string, props: CallerProps) {
    super(scope, id, props, {
      name: 'report-range',
      description: 'Merges the results of a range of shards into one report file.',
      memorySize: 1024,
      timeout: Duration.minutes(15),
      environment: props.scheduler.environment,
    });
    props.tables.grantReadJobs(this);
    props.tables.grantReadProgress(this);
    props.workBucket.grantReadWrite(this);
    props.jobRoles.grantAssume(this);
  }
}
