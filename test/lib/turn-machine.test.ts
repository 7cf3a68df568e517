import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { droverStack, flat, resourcesOf } from './synthesized.ts';

/** The package brings no types. */
const validateAsl = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => {
  readonly isValid: boolean;
  errorsText(separator: string): string;
};

interface State {
  readonly [member: string]: unknown;
}

interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** The definition as Step Functions is given it, with a made-up ARN for each function. */
function definitionText(value: unknown): string {
  return flat(value)
    .replace(/<AWS::Partition>/g, 'aws')
    .replace(/<(\w+)\.Arn>/g, 'arn:aws:lambda:us-east-1:111122223333:function:$1');
}

const machines = resourcesOf(droverStack(), 'AWS::StepFunctions::StateMachine').map(
  ([, { Properties }]) => [String(Properties.StateMachineName).replace(/^.*-/, ''), Properties] as const,
);

test('there are three: prepare, run and report', () => {
  expect(machines.map(([stage]) => stage).sort()).toEqual(['prepare', 'report', 'run']);
});

describe.each(machines)('the machine %s', (_, properties) => {
  const text = definitionText(properties.DefinitionString);
  const definition = JSON.parse(text) as Definition;
  const map = definition.States.Map as State & { ItemProcessor: Definition & { ProcessorConfig: unknown } };

  test('is valid Amazon States Language', () => {
    const { isValid, errorsText } = validateAsl(JSON.parse(text));
    expect(isValid ? '' : errorsText('\n')).toBe('');
  });

  test('is Standard, without tracing, logging or a time limit', () => {
    expect(properties.StateMachineType).toBe('STANDARD');
    expect(properties).not.toHaveProperty('TracingConfiguration');
    expect(properties).not.toHaveProperty('LoggingConfiguration');
    expect(definition).not.toHaveProperty('TimeoutSeconds');
  });

  test('is plain: JSONPath, no variables, no intrinsic functions', () => {
    for (const word of ['JSONata', '"Assign"', '"Arguments"', '"Output"', '{%', 'States.Format', 'States.JsonMerge']) {
      expect(text).not.toContain(word);
    }
  });

  test('goes from a turn to a map, a wait or the end, and back', () => {
    expect(definition.StartAt).toBe('Turn');
    expect(definition.States.Turn).toMatchObject({
      Type: 'Task',
      Next: 'What next',
      Parameters: { 'jobId.$': '$.jobId', 'epoch.$': '$.epoch', 'turn.$': '$.turn' },
    });
    expect(definition.States['What next']).toEqual({
      Type: 'Choice',
      Choices: [
        { Variable: '$.action', StringEquals: 'map', Next: 'Map' },
        { Variable: '$.action', StringEquals: 'wait', Next: 'Wait' },
        { Variable: '$.action', StringEquals: 'done', Next: 'Done' },
      ],
    });
    expect(definition.States.Wait).toEqual({ Type: 'Wait', SecondsPath: '$.seconds', Next: 'Turn' });
    expect(definition.States.Done).toEqual({ Type: 'Succeed' });
    expect(Object.keys(definition.States)).toHaveLength(5);
  });

  test('maps over the CSV of the turn with Standard children, whatever becomes of them', () => {
    expect(map).toMatchObject({
      Type: 'Map',
      Label: 'Items',
      Next: 'Turn',
      ResultPath: null,
      MaxConcurrencyPath: '$.concurrency',
      ToleratedFailurePercentage: 100,
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Turn' }],
      ItemSelector: {
        'jobId.$': '$.jobId',
        'epoch.$': '$.epoch',
        'deadline.$': '$.deadline',
        'item.$': '$$.Map.Item.Value',
      },
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' },
        Parameters: { Bucket: expect.stringContaining('WorkBucket'), 'Key.$': '$.items' },
      },
    });
    expect(map.ItemProcessor.ProcessorConfig).toEqual({ Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' });
    // It would run every child anew.
    expect(map).not.toHaveProperty('Retry');
  });

  test('has children whose output is one character', () => {
    const { Item, Nothing } = map.ItemProcessor.States;
    expect(map.ItemProcessor.StartAt).toBe('Item');
    expect(Item).toMatchObject({ Type: 'Task', ResultPath: null, Next: 'Nothing' });
    expect(Item).not.toHaveProperty('Parameters');
    expect(Nothing).toEqual({ Type: 'Pass', Result: 0, End: true });
  });

  test.each([
    ['turn', () => definition.States.Turn, true],
    ['item', () => map.ItemProcessor.States.Item, false],
  ])('calls the %s function by its ARN and outlasts minutes of throttling', (_name, state, afterServiceErrors) => {
    const task = state() as State & {
      Retry: { ErrorEquals: string[]; MaxAttempts: number; JitterStrategy?: string }[];
    };
    expect(task.Resource).toMatch(/^arn:aws:lambda:/);
    const throttled = task.Retry.find(({ ErrorEquals }) => ErrorEquals.includes('Lambda.TooManyRequestsException'));
    expect(throttled).toEqual({
      ErrorEquals: ['Lambda.TooManyRequestsException'],
      IntervalSeconds: 1,
      BackoffRate: 2,
      MaxDelaySeconds: 60,
      MaxAttempts: 20,
      JitterStrategy: 'FULL',
    });
    // After a service error an item may still be running, and a second worker beside it would take it for dead.
    const retries = task.Retry.some(({ ErrorEquals }) => ErrorEquals.includes('Lambda.ServiceException'));
    expect(retries).toBe(afterServiceErrors);
  });

  test('repeats a turn that failed twice, and an item never: the blocks say what it left', () => {
    const retries = (state: State | undefined) =>
      ((state?.Retry ?? []) as { ErrorEquals: string[]; MaxAttempts: number }[]).filter(({ ErrorEquals }) =>
        ErrorEquals.some((error) => error === 'States.TaskFailed' || error === 'States.ALL'),
      );
    expect(retries(definition.States.Turn)).toEqual([expect.objectContaining({ MaxAttempts: 2 })]);
    expect(retries(map.ItemProcessor.States.Item)).toEqual([]);
  });
});
