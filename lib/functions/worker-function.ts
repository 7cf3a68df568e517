import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CallerProps } from './caller-props.ts';
import { EngineFunction } from './engine-function.ts';

/** Carries out the tasks of one shard, whatever the operation: what a task may do is the affair of the job's role. */
export class WorkerFunction extends EngineFunction {
  constructor(scope: Construct, id: string, props: CallerProps) {
    super(scope, id, props, {
      name: 'worker',
      description: 'Carries out the tasks of one shard with the permissions of the job role.',
      // The thin client takes 0.05 ms of CPU a request without TLS (the AWS SDK 0.5 ms), so most of a worker's time is
      // waiting, and memory is what it costs: a third of a vCPU does for 128 requests in flight. TLS and the
      // larger payloads of LambdaInvoke want room; 1,769 MB (one vCPU) would only pay for idle CPU.
      memorySize: 1024,
      // Lambda's most. A worker ends its part and returns well before.
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
