import type { Construct } from 'constructs';
import type { MachineAddresses } from '../machine-address.ts';
import { ApiFunction } from './api-function.ts';
import type { EngineFunction, EngineProps } from './engine-function.ts';
import type { FunctionName } from './function-names.ts';
import { PrepareChunkFunction } from './prepare-chunk-function.ts';
import { PrepareFunction } from './prepare-function.ts';
import { ReportFunction } from './report-function.ts';
import { ReportRangeFunction } from './report-range-function.ts';
import { RunFunction } from './run-function.ts';
import { SchedulerCall, SchedulerFunction } from './scheduler-function.ts';
import { SweeperFunction } from './sweeper-function.ts';
import { WorkerFunction } from './worker-function.ts';

export interface EngineFunctionsProps extends EngineProps {
  readonly machines: MachineAddresses;
}

/** All functions of a deployment. The scheduler is first: the others are told its name. */
export function engineFunctions(
  scope: Construct,
  props: EngineFunctionsProps,
): Readonly<Record<FunctionName, EngineFunction>> {
  const scheduler = new SchedulerFunction(scope, 'Scheduler', props);
  const caller = { ...props, scheduler: new SchedulerCall(scheduler) };
  return {
    scheduler,
    api: new ApiFunction(scope, 'JobApiHandler', caller),
    sweeper: new SweeperFunction(scope, 'Sweeper', caller),
    prepare: new PrepareFunction(scope, 'PrepareTurn', caller),
    'prepare-chunk': new PrepareChunkFunction(scope, 'PrepareChunk', caller),
    run: new RunFunction(scope, 'RunTurn', caller),
    worker: new WorkerFunction(scope, 'Worker', caller),
    report: new ReportFunction(scope, 'ReportTurn', caller),
    'report-range': new ReportRangeFunction(scope, 'ReportRange', caller),
  };
}
