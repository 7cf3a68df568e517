import { ArnFormat, Names, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Stage } from '../core/job/status.ts';

/** The label of every turn machine's Map: part of the ARNs of its Map runs and children. */
export const MAP_LABEL = 'Items';

/** At most 80 characters for Step Functions; the rest is left for labels and execution names in ARNs of at most 256. */
const LONGEST_NAME = 64;

/**
 * A state machine's name and ARNs, known before it exists. The scheduler, which starts machines, needs them; the
 * machines need the turn functions; those need the scheduler: by reference that would be a circle.
 */
export class MachineAddress {
  readonly name: string;
  readonly arn: string;
  /** All executions of the machine, not its children. */
  readonly executionArns: string;
  readonly mapRunArns: string;

  constructor(scope: Construct, stage: Stage) {
    const deployment = Names.uniqueResourceName(scope, { maxLength: LONGEST_NAME - '-prepare'.length, separator: '-' });
    this.name = `${deployment}-${stage}`;
    const arn = (resource: string, resourceName: string) =>
      Stack.of(scope).formatArn({
        service: 'states',
        resource,
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    this.arn = arn('stateMachine', this.name);
    this.executionArns = arn('execution', `${this.name}:*`);
    this.mapRunArns = arn('mapRun', `${this.name}/${MAP_LABEL}:*`);
  }
}

/** The addresses of a deployment's three machines. */
export type MachineAddresses = Readonly<Record<Stage, MachineAddress>>;

export function machineAddresses(scope: Construct): MachineAddresses {
  return {
    prepare: new MachineAddress(scope, 'prepare'),
    run: new MachineAddress(scope, 'run'),
    report: new MachineAddress(scope, 'report'),
  };
}
