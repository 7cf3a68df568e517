/** Every function of the deployment. Each has a folder `lambdas/<name>` whose handler.ts exports `handler`. */
export const FUNCTION_NAMES = [
  'api',
  'scheduler',
  'sweeper',
  'prepare',
  'prepare-chunk',
  'run',
  'worker',
  'report',
  'report-range',
  'trigger',
] as const;

export type FunctionName = (typeof FUNCTION_NAMES)[number];
