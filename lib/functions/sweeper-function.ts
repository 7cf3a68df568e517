import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { MachineAddresses } from '../machine-address.ts';
import type { CallerProps } from './caller-props.ts';
import { EngineFunction } from './engine-function.ts';
import { machineEnvironment } from './scheduler-function.ts';

export interface SweeperProps extends CallerProps {
  readonly machines: MachineAddresses;
}

/** Each minute: puts jobs that stand still back on their way, and deletes what is past its time. */
export class SweeperFunction extends EngineFunction {
  constructor(scope: Construct, id: string, props: SweeperProps) {
    super(scope, id, props, {
      name: 'sweeper',
      description: 'Each minute: revives jobs that stand still, measures the capacity, deletes old jobs.',
      memorySize: 512,
      timeout: Duration.seconds(60),
      environment: { ...props.scheduler.environment, ...machineEnvironment(props.machines) },
    });
    // The next minute brings the next call.
    this.handler.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    props.tables.grantChangeJobs(this);
    props.tables.grantDeleteJobs(this);
    props.tables.grantReadProgress(this);
    props.tables.grantDeleteProgress(this);
    props.workBucket.grantDelete(this);
    props.scheduler.grantCall(this);
    this.grantObserve(props.machines);
  }

  private grantObserve(machines: MachineAddresses): void {
    const allow = (actions: string[], resources: string[]) =>
      this.grantPrincipal.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources }));
    allow(
      ['states:DescribeExecution'],
      Object.values(machines).map((machine) => machine.executionArns),
    );
    // The account's concurrency; the action knows no resources.
    allow(['lambda:GetAccountSettings'], ['*']);
  }
}
