import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ServiceRefusal } from '../../../local/service.ts';
import {
  begin,
  ended,
  execute,
  FakeClock,
  FunctionThrew,
  functionArn,
  type Harness,
  history,
  single,
  startHarness,
} from './harness.ts';

const twice = { Type: 'Task', Resource: functionArn('twice') };

describe('Task', () => {
  let harness: Harness;
  let clock: FakeClock;
  let failures: Error[];

  beforeEach(async () => {
    clock = new FakeClock();
    failures = [];
    harness = await startHarness({
      clock,
      random: () => 0.5,
      fakes: {
        twice: ({ n }: { n: number }) => ({ n: 2 * n }),
        flaky: () => {
          const failure = failures.shift();
          if (failure !== undefined) throw failure;
          return 'at last';
        },
        large: ({ bytes }: { bytes: number }) => 'x'.repeat(bytes - 2),
        never: () => new Promise(() => undefined),
      },
    });
  });
  afterEach(() => harness.close());

  test('gives its input to the function and takes the answer as output', async () => {
    const { result, status } = await execute(harness, single(twice), { n: 21 });
    expect(status).toBe('SUCCEEDED');
    expect(result).toEqual({ n: 42 });
  });

  test('tells the history as AWS does', async () => {
    const { executionArn } = await execute(harness, single({ ...twice, TimeoutSeconds: 5 }), { n: 1 });
    const truncated = { truncated: false };
    const timestamp = new Date(clock.now());
    expect(await history(harness.client, executionArn!)).toEqual([
      {
        id: 1,
        previousEventId: 0,
        timestamp,
        type: 'ExecutionStarted',
        executionStartedEventDetails: {
          input: '{"n":1}',
          inputDetails: truncated,
          roleArn: 'arn:aws:iam::000000000000:role/states',
        },
      },
      {
        id: 2,
        previousEventId: 0,
        timestamp,
        type: 'TaskStateEntered',
        stateEnteredEventDetails: { name: 'Only', input: '{"n":1}', inputDetails: truncated },
      },
      {
        id: 3,
        previousEventId: 2,
        timestamp,
        type: 'LambdaFunctionScheduled',
        lambdaFunctionScheduledEventDetails: {
          resource: functionArn('twice'),
          input: '{"n":1}',
          inputDetails: truncated,
          timeoutInSeconds: 5,
        },
      },
      { id: 4, previousEventId: 3, timestamp, type: 'LambdaFunctionStarted' },
      {
        id: 5,
        previousEventId: 4,
        timestamp,
        type: 'LambdaFunctionSucceeded',
        lambdaFunctionSucceededEventDetails: { output: '{"n":2}', outputDetails: truncated },
      },
      {
        id: 6,
        previousEventId: 5,
        timestamp,
        type: 'TaskStateExited',
        stateExitedEventDetails: { name: 'Only', output: '{"n":2}', outputDetails: truncated },
      },
      {
        id: 7,
        previousEventId: 6,
        timestamp,
        type: 'ExecutionSucceeded',
        executionSucceededEventDetails: { output: '{"n":2}', outputDetails: truncated },
      },
    ]);
  });

  test('moves data by InputPath, Parameters, ResultSelector, ResultPath and OutputPath', async () => {
    const { result } = await execute(
      harness,
      single({
        ...twice,
        InputPath: '$.box',
        Parameters: { 'n.$': '$.values[1]', constant: true },
        ResultSelector: { 'doubled.$': '$.n', 'by.$': '$$.Execution.Name' },
        ResultPath: '$.box.found',
        OutputPath: '$.box',
      }),
      { box: { values: [1, 4] } },
    );
    expect(result).toEqual({ values: [1, 4], found: { doubled: 8, by: expect.any(String) } });
    expect(harness.functions.calls[0]?.input).toEqual({ n: 4, constant: true });
  });

  test('of the resource lambda:invoke gets the whole answer of Invoke', async () => {
    const { result, executionArn } = await execute(
      harness,
      single({
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: { FunctionName: 'twice', 'Payload.$': '$' },
        OutputPath: '$.Payload',
      }),
      { n: 3 },
    );
    expect(result).toEqual({ n: 6 });
    const types = (await history(harness.client, executionArn!)).map(({ type }) => type);
    expect(types).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test.each([
    [
      'an error of the function',
      new FunctionThrew('Error', 'no'),
      'Error',
      '{"errorType":"Error","errorMessage":"no"}',
    ],
    [
      'a function that died',
      new FunctionThrew('', 'Task timed out'),
      'Lambda.Unknown',
      expect.stringContaining('timed'),
    ],
    [
      'a refusal of Lambda',
      new ServiceRefusal('TooManyRequestsException', 'Rate Exceeded.'),
      'Lambda.TooManyRequestsException',
      expect.stringContaining('Rate Exceeded.'),
    ],
  ])('fails the execution with the name of %s', async (_what, failure, error, cause) => {
    failures = [failure];
    const description = await execute(harness, single({ Type: 'Task', Resource: functionArn('flaky') }));
    expect(description).toMatchObject({ status: 'FAILED', error, cause });
  });

  test('goes where its Catch says, with the error at its ResultPath', async () => {
    failures = [new FunctionThrew('Oops', 'no')];
    const { result } = await execute(
      harness,
      {
        StartAt: 'Try',
        States: {
          Try: {
            Type: 'Task',
            Resource: functionArn('flaky'),
            End: true,
            Catch: [
              { ErrorEquals: ['Other'], Next: 'Wrong' },
              { ErrorEquals: ['States.ALL'], Next: 'Right', ResultPath: '$.failure' },
            ],
          },
          Right: { Type: 'Succeed' },
          Wrong: { Type: 'Fail' },
        },
      },
      { kept: 1 },
    );
    expect(result).toEqual({ kept: 1, failure: { Error: 'Oops', Cause: '{"errorType":"Oops","errorMessage":"no"}' } });
  });

  test('is retried as Retry says: backoff, the longest delay, jitter, attempts of each retrier', async () => {
    failures = [
      ...Array.from({ length: 4 }, () => new ServiceRefusal('TooManyRequestsException', 'later')),
      new FunctionThrew('Odd', 'once'),
    ];
    const arn = await begin(
      harness,
      single({
        Type: 'Task',
        Resource: functionArn('flaky'),
        Retry: [
          {
            ErrorEquals: ['Lambda.TooManyRequestsException'],
            IntervalSeconds: 2,
            BackoffRate: 3,
            MaxAttempts: 4,
            MaxDelaySeconds: 20,
          },
          { ErrorEquals: ['States.ALL'], IntervalSeconds: 8, MaxAttempts: 1, JitterStrategy: 'FULL' },
        ],
      }),
    );
    const delays: number[] = [];
    for (let retry = 0; retry < 5; retry++) {
      delays.push(await clock.nextTimer());
      clock.advance(delays.at(-1)!);
    }
    expect(delays).toEqual([2000, 6000, 18000, 20000, 4000]);
    expect(await ended(harness.client, arn)).toMatchObject({ status: 'SUCCEEDED', output: '"at last"' });
  });

  test('fails when the attempts are used up', async () => {
    failures = Array.from({ length: 3 }, () => new FunctionThrew('Odd', 'always'));
    const Retry = [{ ErrorEquals: ['Odd'], MaxAttempts: 2 }];
    const arn = await begin(harness, single({ Type: 'Task', Resource: functionArn('flaky'), Retry }));
    for (let retry = 0; retry < 2; retry++) clock.advance(await clock.nextTimer());
    expect(await ended(harness.client, arn)).toMatchObject({ status: 'FAILED', error: 'Odd' });
    expect(harness.functions.calls).toHaveLength(3);
  });

  test('that takes longer than TimeoutSeconds fails with States.Timeout, which States.TaskFailed does not catch', async () => {
    const Catch = [{ ErrorEquals: ['States.TaskFailed'], Next: 'Only' }];
    const arn = await begin(
      harness,
      single({ Type: 'Task', Resource: functionArn('never'), TimeoutSeconds: 3, Catch }),
    );
    clock.advance(await clock.nextTimer());
    expect(await ended(harness.client, arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect((await history(harness.client, arn)).map(({ type }) => type)).toContain('LambdaFunctionTimedOut');
  });

  test('may answer 262144 bytes and not one more', async () => {
    const large = single({ Type: 'Task', Resource: functionArn('large') });
    expect(await execute(harness, large, { bytes: 262_144 })).toMatchObject({ status: 'SUCCEEDED' });
    expect(await execute(harness, large, { bytes: 262_145 })).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause: `The state/task '${functionArn('large')}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    });
  });

  test('that exceeds the limit is caught by the name of the error, not by States.ALL', async () => {
    const large = (name: string) => ({
      StartAt: 'Try',
      States: {
        Try: {
          Type: 'Task',
          Resource: functionArn('large'),
          End: true,
          Catch: [{ ErrorEquals: [name], Next: 'Caught' }],
        },
        Caught: { Type: 'Pass', Result: 'caught', End: true },
      },
    });
    const input = { bytes: 300_000 };
    expect(await execute(harness, large('States.DataLimitExceeded'), input)).toMatchObject({ result: 'caught' });
    expect(await execute(harness, large('States.ALL'), input)).toMatchObject({ status: 'FAILED' });
  });

  test('whose input and result together exceed the limit fails, too', async () => {
    const { status, error } = await execute(
      harness,
      single({ Type: 'Task', Resource: functionArn('large'), ResultPath: '$.result' }),
      { bytes: 200_000, padding: 'x'.repeat(100_000) },
    );
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('that cannot find what its Parameters name fails with States.Runtime, which nothing catches', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Only' }];
    const description = await execute(harness, single({ ...twice, Parameters: { 'n.$': '$.gone' }, Catch }));
    expect(description).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause:
        "An error occurred while executing the state 'Only' (entered at the event id #2). " +
        "The JSONPath '$.gone' specified for the field 'n.$' could not be found in the input '{}'",
    });
  });
});
