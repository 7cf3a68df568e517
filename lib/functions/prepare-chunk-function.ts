import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CallerProps } from './caller-props.ts';
import { EngineFunction } from './engine-function.ts';

/** Reads one chunk of a manifest and writes its shard files. */
export class PrepareChunkFunction extends EngineFunction {
  constructor(scope: Construct, id: string, props: CallerProps) {
    super(scope, id, props, {
      name: 'prepare-chunk',
      description: 'Reads one chunk of a manifest into shard files.',
      // Scanning lines is CPU work: one vCPU. Memory does not grow with the chunk.
      memorySize: 1769,
      timeout: Duration.minutes(15),
      environment: props.scheduler.environment,
    });
    props.tables.grantChangeJobs(this);
    props.workBucket.grantReadWrite(this);
    props.jobRoles.grantAssume(this);
    props.scheduler.grantCall(this);
  }
}
