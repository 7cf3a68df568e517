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
import { TriggerCall, TriggerFunction } from './trigger-function.ts';
import { WorkerFunction } from './worker-function.ts';

export interface EngineFunctionsProps extends EngineProps {
  readonly machines: MachineAddresses;
}

/** Each function by its name. */
export type EngineFunctions = Readonly<Record<FunctionName, EngineFunction> & { trigger: TriggerFunction }>;

/** All functions of a deployment. The scheduler is first: the others are told its name. */
export function engineFunctions(scope: Construct, props: EngineFunctionsProps): EngineFunctions {
  const scheduler = new SchedulerFunction(scope, 'Scheduler', props);
  const caller = { ...props, scheduler: new SchedulerCall(scheduler) };
  const trigger = new TriggerFunction(scope, 'Trigger', caller);
  return {
    scheduler,
    trigger,
    api: new ApiFunction(scope, 'JobApiHandler', { ...caller, triggers: new TriggerCall(trigger) }),
    sweeper: new SweeperFunction(scope, 'Sweeper', caller),
    prepare: new PrepareFunction(scope, 'PrepareTurn', caller),
    'prepare-chunk': new PrepareChunkFunction(scope, 'PrepareChunk', caller),
    run: new RunFunction(scope, 'RunTurn', caller),
    worker: new WorkerFunction(scope, 'Worker', caller),
    report: new ReportFunction(scope, 'ReportTurn', caller),
    'report-range': new ReportRangeFunction(scope, 'ReportRange', caller),
  };
}
