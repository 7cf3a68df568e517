import { functionArn } from './harness.ts';

const RETRY_THROTTLES = {
  ErrorEquals: ['Lambda.TooManyRequestsException'],
  IntervalSeconds: 1,
  MaxAttempts: 20,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  JitterStrategy: 'FULL',
};

/** The workflow of one item: a function, and an end as short as JSON can be. */
export const ITEM_PROCESSOR = {
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  StartAt: 'Item',
  States: {
    Item: {
      Type: 'Task',
      Resource: functionArn('item'),
      Retry: [RETRY_THROTTLES],
      ResultPath: null,
      Next: 'Nothing',
    },
    Nothing: { Type: 'Pass', Result: 0, End: true },
  },
};

/** A Map over the CSV at `$.items` of the bucket `work`. */
export const ITEMS_MAP = {
  Type: 'Map',
  Label: 'Items',
  ItemReader: {
    Resource: 'arn:aws:states:::s3:getObject',
    ReaderConfig: { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' },
    Parameters: { Bucket: 'work', 'Key.$': '$.items' },
  },
  ItemSelector: { 'jobId.$': '$.jobId', 'item.$': '$$.Map.Item.Value' },
  ItemProcessor: ITEM_PROCESSOR,
  MaxConcurrencyPath: '$.concurrency',
  ToleratedFailurePercentage: 100,
  ResultPath: null,
};

/** The form of the state machines that the local cloud is there for: turn → map or wait → turn → … → done. */
export const TURN_MACHINE = {
  StartAt: 'Turn',
  States: {
    Turn: {
      Type: 'Task',
      Resource: functionArn('turn'),
      Parameters: { 'jobId.$': '$.jobId', 'epoch.$': '$.epoch', 'turn.$': '$.turn' },
      Retry: [RETRY_THROTTLES],
      Next: 'What next',
    },
    'What next': {
      Type: 'Choice',
      Choices: [
        { Variable: '$.action', StringEquals: 'map', Next: 'Map' },
        { Variable: '$.action', StringEquals: 'wait', Next: 'Wait' },
        { Variable: '$.action', StringEquals: 'done', Next: 'Done' },
      ],
    },
    Map: { ...ITEMS_MAP, Next: 'Turn', Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Turn' }] },
    Wait: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'Turn' },
    Done: { Type: 'Succeed' },
  },
};

/** A CSV of one column, `n`, with the numbers from 0. */
export function numbersCsv(count: number): string {
  return ['n', ...Array.from({ length: count }, (_, n) => String(n))].join('\n');
}
