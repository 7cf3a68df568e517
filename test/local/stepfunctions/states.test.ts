import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { begin, ended, execute, FakeClock, type Harness, history, single, startHarness, until } from './harness.ts';

let harness: Harness;
let clock: FakeClock;

beforeAll(async () => {
  clock = new FakeClock();
  harness = await startHarness({ clock });
});
afterAll(() => harness.close());

/** Goes to `yes` if the rule matches. */
function choice(rule: object): object {
  return {
    StartAt: 'Choice',
    States: {
      Choice: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
      Yes: { Type: 'Pass', Result: true, End: true },
      No: { Type: 'Pass', Result: false, End: true },
    },
  };
}

describe('Choice', () => {
  const input = {
    text: 'abc',
    other: 'abd',
    number: 5,
    six: 6,
    yes: true,
    none: null,
    time: '2026-01-01T00:00:00Z',
    later: '2026-01-01T01:30:00+01:00',
    list: [{ deep: 'x' }],
    star: 'a*c',
  };
  const $ = (name: string) => ({ Variable: `$.${name}` });

  test.each<[string, object, boolean]>([
    ['StringEquals', { ...$('text'), StringEquals: 'abc' }, true],
    ['StringEquals of another type', { ...$('number'), StringEquals: '5' }, false],
    ['StringEqualsPath', { ...$('text'), StringEqualsPath: '$.other' }, false],
    ['StringLessThan', { ...$('text'), StringLessThan: 'abd' }, true],
    ['StringLessThanEquals', { ...$('text'), StringLessThanEquals: 'abc' }, true],
    ['StringGreaterThan', { ...$('text'), StringGreaterThan: 'abc' }, false],
    ['StringGreaterThanEquals', { ...$('text'), StringGreaterThanEquals: 'abc' }, true],
    ['StringGreaterThanEqualsPath', { ...$('other'), StringGreaterThanEqualsPath: '$.text' }, true],
    ['StringMatches', { ...$('text'), StringMatches: 'a*' }, true],
    ['StringMatches, a star that is one', { ...$('text'), StringMatches: 'a\\*c' }, false],
    ['StringMatches, a star that is there', { ...$('star'), StringMatches: 'a\\*c' }, true],
    ['StringMatches, a dot is a dot', { ...$('text'), StringMatches: 'a.c' }, false],
    ['NumericEquals', { ...$('number'), NumericEquals: 5 }, true],
    ['NumericLessThan', { ...$('number'), NumericLessThan: 5 }, false],
    ['NumericLessThanEquals', { ...$('number'), NumericLessThanEquals: 5 }, true],
    ['NumericGreaterThan', { ...$('number'), NumericGreaterThan: 4.5 }, true],
    ['NumericGreaterThanEqualsPath', { ...$('number'), NumericGreaterThanEqualsPath: '$.six' }, false],
    ['BooleanEquals', { ...$('yes'), BooleanEquals: true }, true],
    ['BooleanEqualsPath', { ...$('yes'), BooleanEqualsPath: '$.yes' }, true],
    ['TimestampEquals', { ...$('time'), TimestampEquals: '2026-01-01T00:00:00.000Z' }, true],
    ['TimestampLessThanPath, with zones', { ...$('time'), TimestampLessThanPath: '$.later' }, true],
    ['TimestampGreaterThan of what is no time', { ...$('text'), TimestampGreaterThan: '2026-01-01T00:00:00Z' }, false],
    ['IsPresent', { ...$('gone'), IsPresent: false }, true],
    ['IsNull', { ...$('none'), IsNull: true }, true],
    ['IsString', { ...$('text'), IsString: true }, true],
    ['IsNumeric', { ...$('text'), IsNumeric: true }, false],
    ['IsBoolean', { ...$('yes'), IsBoolean: true }, true],
    ['IsTimestamp', { ...$('time'), IsTimestamp: true }, true],
    ['a deep variable', { Variable: '$.list[0].deep', StringEquals: 'x' }, true],
    ['a variable of the context', { Variable: '$$.State.Name', StringEquals: 'Choice' }, true],
    [
      'And',
      {
        And: [
          { ...$('yes'), BooleanEquals: true },
          { ...$('number'), NumericEquals: 6 },
        ],
      },
      false,
    ],
    [
      'Or',
      {
        Or: [
          { ...$('yes'), BooleanEquals: false },
          { ...$('number'), NumericEquals: 5 },
        ],
      },
      true,
    ],
    ['Not', { Not: { ...$('number'), NumericEquals: 5 } }, false],
  ])('%s', async (_name, rule, matches) => {
    expect((await execute(harness, choice(rule), input)).result).toBe(matches);
  });

  test('of which a variable is missing fails the execution', async () => {
    const { error, cause } = await execute(harness, choice({ Variable: '$.gone', StringEquals: 'x' }));
    expect(error).toBe('States.Runtime');
    expect(cause).toContain("Invalid path '$.gone'");
  });

  test('of which no rule matches fails the execution where there is no Default', async () => {
    const definition = {
      StartAt: 'Choice',
      States: {
        Choice: { Type: 'Choice', Choices: [{ Variable: '$.n', NumericEquals: 1, Next: 'End' }] },
        End: { Type: 'Succeed' },
      },
    };
    expect(await execute(harness, definition, { n: 2 })).toMatchObject({
      status: 'FAILED',
      error: 'States.NoChoiceMatched',
    });
  });
});

describe('Pass', () => {
  test.each<[string, object, unknown, unknown]>([
    ['its input', {}, { a: 1 }, { a: 1 }],
    ['its Result', { Result: 0 }, { a: 1 }, 0],
    ['its Result at ResultPath', { Result: { b: 2 }, ResultPath: '$.x.y' }, { a: 1 }, { a: 1, x: { y: { b: 2 } } }],
    ['its input where ResultPath is null', { Result: 5, ResultPath: null }, { a: 1 }, { a: 1 }],
    ['its Parameters', { Parameters: { 'b.$': '$.a', c: [{ 'd.$': '$.a' }] } }, { a: 1 }, { b: 1, c: [{ d: 1 }] }],
    ['nothing where InputPath is null', { InputPath: null }, { a: 1 }, {}],
    ['a quoted member', { InputPath: "$['a b']" }, { 'a b': 1 }, 1],
    [
      'what States.Format makes',
      { Parameters: { 't.$': "States.Format('{}-{}', $.a, 'it\\'s')" } },
      { a: 1 },
      { t: "1-it's" },
    ],
    ['what States.StringToJson reads', { Parameters: { 'v.$': 'States.StringToJson($.a)' } }, { a: '[1]' }, { v: [1] }],
    [
      'what States.JsonToString writes',
      { Parameters: { 'v.$': 'States.JsonToString($)' } },
      { a: 1 },
      { v: '{"a":1}' },
    ],
    ['what States.MathAdd adds', { Parameters: { 'v.$': 'States.MathAdd($.a, -3)' } }, { a: 1 }, { v: -2 }],
    ['calls within calls', { Parameters: { 'v.$': "States.Format('{}', States.MathAdd(1, 2))" } }, {}, { v: '3' }],
  ])('gives %s', async (_what, fields, input, output) => {
    expect((await execute(harness, single({ Type: 'Pass', ...fields }), input)).result).toEqual(output);
  });

  test('knows the context object', async () => {
    const Parameters = { 'execution.$': '$$.Execution', 'state.$': '$$.State', 'machine.$': '$$.StateMachine' };
    const { result, executionArn, name, stateMachineArn } = await execute(
      harness,
      single({ Type: 'Pass', Parameters }),
      { a: 1 },
    );
    expect(result).toEqual({
      execution: {
        Id: executionArn,
        Input: { a: 1 },
        Name: name,
        RoleArn: 'arn:aws:iam::000000000000:role/states',
        StartTime: new Date(clock.now()).toISOString(),
        RedriveCount: 0,
      },
      state: { Name: 'Only', EnteredTime: new Date(clock.now()).toISOString(), RetryCount: 0 },
      machine: { Id: stateMachineArn, Name: stateMachineArn!.split(':').at(-1) },
    });
  });

  test.each([
    ['InputPath', { InputPath: '$.gone' }, 'States.Runtime'],
    ['ResultPath', { Result: 1, ResultPath: '$.a.b' }, 'States.ResultPathMatchFailure'],
    ['an intrinsic function', { Parameters: { 'x.$': 'States.StringToJson($.a)' } }, 'States.IntrinsicFailure'],
  ])('fails the execution when %s does not fit the input', async (_what, fields, error) => {
    expect(await execute(harness, single({ Type: 'Pass', ...fields }), { a: 'text' })).toMatchObject({ error });
  });
});

describe('Fail', () => {
  test('ends the execution with its error and cause, fixed or from the input', async () => {
    const fixed = { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'Mine', Cause: 'because' } } };
    expect(await execute(harness, fixed)).toMatchObject({ status: 'FAILED', error: 'Mine', cause: 'because' });
    const byPath = { StartAt: 'F', States: { F: { Type: 'Fail', ErrorPath: '$.e', CausePath: '$.c' } } };
    expect(await execute(harness, byPath, { e: 'Yours', c: 'why' })).toMatchObject({ error: 'Yours', cause: 'why' });
  });
});

describe('Wait', () => {
  const wait = (fields: object) => single({ Type: 'Wait', ...fields });
  const inTwoMinutes = () => new Date(clock.now() + 120_000).toISOString();

  test.each<[string, () => object, () => object]>([
    ['Seconds', () => ({ Seconds: 120 }), () => ({})],
    ['SecondsPath', () => ({ SecondsPath: '$.seconds' }), () => ({ seconds: 120 })],
    ['Timestamp', () => ({ Timestamp: inTwoMinutes() }), () => ({})],
    ['TimestampPath', () => ({ TimestampPath: '$.until' }), () => ({ until: inTwoMinutes() })],
  ])('waits as %s says', async (_field, fields, input) => {
    const given = input();
    const arn = await begin(harness, wait(fields()), given);
    expect(await clock.nextTimer()).toBe(120_000);
    const entered = (await history(harness.client, arn)).at(-1);
    expect(entered?.type).toBe('WaitStateEntered');
    clock.advance(120_000);
    expect(await ended(harness.client, arn)).toMatchObject({ status: 'SUCCEEDED', output: JSON.stringify(given) });
    expect((await history(harness.client, arn)).at(-2)?.type).toBe('WaitStateExited');
  });

  test('fails the execution when SecondsPath gives no whole number', async () => {
    const { error, cause } = await execute(harness, wait({ SecondsPath: '$.s' }), { s: 'soon' });
    expect(error).toBe('States.Runtime');
    expect(cause).toContain('"soon"');
  });
});

describe('An execution', () => {
  test('that takes longer than the definition allows is TIMED_OUT', async () => {
    const definition = { ...single({ Type: 'Wait', Seconds: 500 }), TimeoutSeconds: 60 };
    const arn = await begin(harness, definition);
    expect(await clock.nextTimer()).toBe(60_000);
    clock.advance(60_000);
    expect(await ended(harness.client, arn)).toMatchObject({ status: 'TIMED_OUT' });
    expect((await history(harness.client, arn)).at(-1)?.type).toBe('ExecutionTimedOut');
  });

  test('fails at its 25,000th event', async () => {
    const definition = {
      StartAt: 'Again',
      States: {
        Again: { Type: 'Pass', Next: 'And again' },
        'And again': { Type: 'Pass', Next: 'Again' },
      },
    };
    const { executionArn, status, error, cause } = await execute(harness, definition);
    expect({ status, error, cause }).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    const last = await harness.client.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 2 }),
    );
    expect(last.events?.map(({ id, type }) => ({ id, type }))).toEqual([
      { id: 25_000, type: 'ExecutionFailed' },
      { id: 24_999, type: expect.stringMatching(/^PassState/) },
    ]);
  });

  test('tells the bus when it starts and when it ends', async () => {
    const { executionArn, stateMachineArn } = await execute(harness, single({ Type: 'Pass', Result: 1 }), { a: 1 });
    const toldOf = () => harness.sent.filter(({ resources }) => resources[0] === executionArn);
    // The end is kept, for who asks, before the bus is told of it.
    await until(() => toldOf().length === 2);
    const told = toldOf();
    expect(told.map(({ detail }) => detail)).toMatchObject([
      { status: 'RUNNING', stateMachineArn, input: '{"a":1}', output: null, stopDate: null },
      { status: 'SUCCEEDED', stateMachineArn, input: '{"a":1}', output: '1', stopDate: clock.now() },
    ]);
    expect(told[0]).toMatchObject({ source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change' });
  });
});
