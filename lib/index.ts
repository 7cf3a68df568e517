/** The construct library: put `Drover` into a stack of your own, or `DroverStack` into an app. */
export type { Stage } from '../core/job/status.ts';
export { Drover, type DroverProps } from './drover.ts';
export { DroverStack, type DroverStackProps } from './drover-stack.ts';
export { bundledFunctions, type FunctionFactory, inlineFunctions } from './functions/function-factory.ts';
export type { FunctionName } from './functions/function-names.ts';
export { InvalidSetting } from './invalid-setting.ts';
export type { JobApi } from './job-api.ts';
export type { JobRoles } from './job-roles.ts';
export type {
  ArrivalJob,
  InventoryTriggerProps,
  ObjectTriggerProps,
  ScheduledJob,
  ScheduleTriggerProps,
  TriggerJob,
  TriggerProps,
  WatchedBucket,
} from './triggers/trigger-props.ts';
