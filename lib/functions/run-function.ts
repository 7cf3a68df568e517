import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CallerProps } from './caller-props.ts';
import { EngineFunction } from './engine-function.ts';

/** The turns of RunJob: plans waves until nothing is left to do. */
export class RunFunction extends EngineFunction {
  constructor(scope: Construct, id: string, props: CallerProps) {
    super(scope, id, props, {
      name: 'run',
      description: 'Turns of RunJob: plans the next wave of shards from the blocks.',
      // Holds the list of unfinished shards: 200,000 of them for a billion objects.
      memorySize: 1024,
      timeout: Duration.minutes(5),
      environment: props.scheduler.environment,
    });
    props.tables.grantChangeJobs(this);
    props.tables.grantReadProgress(this);
    props.workBucket.grantReadWrite(this);
    props.scheduler.grantCall(this);
  }
}
