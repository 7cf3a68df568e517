import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { MachineAddresses } from '../machine-address.ts';
import { EngineFunction, type EngineProps } from './engine-function.ts';

export interface SchedulerProps extends EngineProps {
  readonly machines: MachineAddresses;
}

/**
 * Gives the capacity to jobs, and is the only one that starts and stops executions (docs/adr/0002). It tells of changes of
 * status and closes jobs that have ended (docs/adr/0011).
 */
export class SchedulerFunction extends EngineFunction {
  constructor(scope: Construct, id: string, props: SchedulerProps) {
    super(scope, id, props, {
      name: 'scheduler',
      description: 'Shares out the capacity among open jobs; starts and stops their executions.',
      memorySize: 512,
      timeout: Duration.seconds(60),
      environment: { ...machineEnvironment(props.machines), ...props.notifications.environment },
    });
    // The sweeper asks again each minute: an older call has nothing to add.
    this.handler.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.minutes(5) });
    props.tables.grantChangeJobs(this);
    props.tables.grantCloseJobs(this);
    props.notifications.grantTell(this);
    grantRunMachines(this, props.machines);
  }
}

/** An asynchronous call of the scheduler: its name for the environment of who calls, and the permission. */
export class SchedulerCall {
  readonly environment: Readonly<Record<string, string>>;

  constructor(private readonly scheduler: SchedulerFunction) {
    this.environment = { SCHEDULER_FUNCTION: scheduler.handler.functionName };
  }

  grantCall(grantee: iam.IGrantable): void {
    // Not grantInvoke(), which allows each version and alias too.
    grantee.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [this.scheduler.handler.functionArn],
      }),
    );
  }
}

/** The machines' ARNs, as the functions that need them find them. */
export function machineEnvironment(machines: MachineAddresses): Record<string, string> {
  return {
    PREPARE_STATE_MACHINE: machines.prepare.arn,
    RUN_STATE_MACHINE: machines.run.arn,
    REPORT_STATE_MACHINE: machines.report.arn,
  };
}

function grantRunMachines(scheduler: SchedulerFunction, machines: MachineAddresses): void {
  const all = Object.values(machines);
  const allow = (actions: string[], resources: string[]) =>
    scheduler.grantPrincipal.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources }));
  allow(
    ['states:StartExecution'],
    all.map((machine) => machine.arn),
  );
  // The end of an execution's ARN is its name, and that of a Map run's an id that Step Functions makes.
  allow(
    ['states:DescribeExecution', 'states:StopExecution', 'states:ListMapRuns'],
    all.map((machine) => machine.executionArns),
  );
  allow(
    ['states:DescribeMapRun', 'states:UpdateMapRun'],
    all.map((machine) => machine.mapRunArns),
  );
}
