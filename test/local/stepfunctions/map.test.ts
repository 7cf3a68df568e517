import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  StopExecutionCommand,
  UpdateMapRunCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ServiceRefusal } from '../../../local/service.ts';
import {
  begin,
  ended,
  execute,
  FunctionThrew,
  functionArn,
  type Harness,
  history,
  single,
  startHarness,
  until,
} from './harness.ts';
import { ITEM_PROCESSOR, ITEMS_MAP, numbersCsv, TURN_MACHINE } from './turn-machine.ts';

interface ItemInput {
  readonly jobId: string;
  readonly item: { readonly n: string };
}

let harness: Harness;
/** What the item function does, of each test. */
let item: (input: ItemInput) => unknown;

beforeEach(async () => {
  item = () => ({ done: true });
  harness = await startHarness({
    fakes: {
      item: (input: ItemInput) => item(input),
      turn: ({ turn }: { turn: number }) => {
        const action = ['map', 'wait', 'map', 'done'][turn];
        return { jobId: 'j', epoch: 1, turn: turn + 1, action, items: 'items.csv', concurrency: 2, seconds: 0 };
      },
    },
    files: { 'work/items.csv': numbersCsv(5), 'work/many.csv': numbersCsv(2000) },
  });
});
afterEach(() => harness.close());

const INPUT = { jobId: 'j', items: 'items.csv', concurrency: 0 };
/** A Map whose result is the state's. */
const GATHER = { ...ITEMS_MAP, ResultPath: '$' };
/** Children that give back what their function answered. */
const ANSWERS = {
  ...ITEM_PROCESSOR,
  StartAt: 'Item',
  States: { Item: { Type: 'Task', Resource: functionArn('item'), End: true } },
};

async function mapRunArnOf(executionArn: string): Promise<string> {
  const { mapRuns } = await harness.client.send(new ListMapRunsCommand({ executionArn }));
  return mapRuns![0]!.mapRunArn!;
}

async function describeMapRun(executionArn: string) {
  return await harness.client.send(new DescribeMapRunCommand({ mapRunArn: await mapRunArnOf(executionArn) }));
}

/** Holds every item until it is let go, one at a time. */
class Gate {
  readonly held: (() => void)[] = [];

  readonly hold = (): Promise<void> => new Promise((resolve) => this.held.push(resolve));
}

describe('A distributed Map', () => {
  test('starts a child for each row, with what ItemSelector makes of it', async () => {
    const { status, result } = await execute(harness, single(ITEMS_MAP), INPUT);
    expect({ status, result }).toEqual({ status: 'SUCCEEDED', result: INPUT });
    expect(harness.functions.calls.map(({ input }) => input)).toEqual(
      ['0', '1', '2', '3', '4'].map((n) => ({ jobId: 'j', item: { n } })),
    );
  });

  test('results in the outputs in the order of the items', async () => {
    const gate = new Gate();
    item = async ({ item: { n } }) => {
      await gate.hold();
      return Number(n);
    };
    const arn = await begin(harness, single({ ...GATHER, ItemProcessor: ANSWERS }), INPUT);
    await until(() => gate.held.length === 5);
    for (const release of gate.held.reverse()) release();
    expect((await ended(harness.client, arn)).output).toBe('[0,1,2,3,4]');
  });

  test('tells its history as AWS does, without that of its children', async () => {
    const { executionArn } = await execute(harness, single(ITEMS_MAP), INPUT);
    const events = await history(harness.client, executionArn!);
    expect(events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapRunStarted',
      'MapRunSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events[3]?.mapRunStartedEventDetails?.mapRunArn).toBe(await mapRunArnOf(executionArn!));
  });

  test('has children that are executions of their own', async () => {
    const { executionArn, stateMachineArn } = await execute(harness, single(ITEMS_MAP), INPUT);
    const mapRunArn = await mapRunArnOf(executionArn!);
    expect(mapRunArn).toMatch(/:mapRun:machine-\d+\/Items:[0-9a-f-]{36}$/);
    const first = await harness.client.send(new ListExecutionsCommand({ mapRunArn, maxResults: 3 }));
    const second = await harness.client.send(new ListExecutionsCommand({ mapRunArn, nextToken: first.nextToken }));
    const children = [...first.executions!, ...second.executions!];
    expect(children).toHaveLength(5);
    expect(new Set(children.map((child) => child.executionArn)).size).toBe(5);
    expect(children[0]).toMatchObject({
      executionArn: expect.stringMatching(/:execution:machine-\d+\/Items:[0-9a-f-]{36}$/),
      stateMachineArn: `${stateMachineArn}/Items`,
      status: 'SUCCEEDED',
      mapRunArn,
      itemCount: 1,
    });
    const child = children[4]!.executionArn!;
    expect(await harness.client.send(new DescribeExecutionCommand({ executionArn: child }))).toMatchObject({
      input: '{"jobId":"j","item":{"n":"4"}}',
      output: '0',
      mapRunArn,
    });
    expect((await history(harness.client, child)).map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
    const { executions } = await harness.client.send(new ListExecutionsCommand({ stateMachineArn }));
    expect(executions?.map((execution) => execution.executionArn)).toEqual([executionArn]);
  });

  test('is described: settings, counts, status', async () => {
    item = ({ item: { n } }) => {
      if (n === '3') throw new FunctionThrew('Error', 'no');
      return null;
    };
    const { executionArn } = await execute(harness, single(ITEMS_MAP), { ...INPUT, concurrency: 4 });
    const counts = { pending: 0, running: 0, succeeded: 4, failed: 1, timedOut: 0, aborted: 0, total: 5 };
    expect(await describeMapRun(executionArn!)).toMatchObject({
      executionArn,
      status: 'SUCCEEDED',
      maxConcurrency: 4,
      toleratedFailurePercentage: 100,
      itemCounts: counts,
      executionCounts: counts,
      startDate: expect.any(Date),
      stopDate: expect.any(Date),
    });
  });

  test('runs no more children at once than MaxConcurrencyPath says, and more after UpdateMapRun', async () => {
    const gate = new Gate();
    item = gate.hold;
    const executionArn = await begin(harness, single(ITEMS_MAP), { ...INPUT, items: 'many.csv', concurrency: 2 });
    await until(() => gate.held.length === 2);
    const mapRunArn = await mapRunArnOf(executionArn);
    await harness.client.send(new UpdateMapRunCommand({ mapRunArn, maxConcurrency: 7 }));
    await until(() => gate.held.length === 7);
    expect(await describeMapRun(executionArn)).toMatchObject({
      maxConcurrency: 7,
      itemCounts: { running: 7, pending: 1993 },
    });
    // Fewer: those that run end, and no others begin until there is room.
    await harness.client.send(new UpdateMapRunCommand({ mapRunArn, maxConcurrency: 1 }));
    for (const release of gate.held.splice(0, 6)) release();
    await until(async () => (await describeMapRun(executionArn)).itemCounts?.succeeded === 6);
    expect(gate.held).toHaveLength(1);
    item = () => null;
    await harness.client.send(new UpdateMapRunCommand({ mapRunArn, maxConcurrency: 0 }));
    gate.held[0]!();
    expect(await ended(harness.client, executionArn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(harness.functions.calls).toHaveLength(2000);
  });

  test('of 2,000 children passes when each ends as short as JSON can be', async () => {
    const { result } = await execute(harness, single(GATHER), { ...INPUT, items: 'many.csv' });
    expect(result).toEqual(Array.from({ length: 2000 }, () => 0));
  });

  test('of 2,000 children that give 200 bytes each exceeds the limit, even if the result is thrown away', async () => {
    item = () => 'x'.repeat(198);
    const definition = single({ ...ITEMS_MAP, ItemProcessor: ANSWERS });
    const { status, error, cause, executionArn } = await execute(harness, definition, { ...INPUT, items: 'many.csv' });
    expect({ status, error, cause }).toEqual({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause: "The state/task 'Only' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
    expect(await describeMapRun(executionArn!)).toMatchObject({ status: 'FAILED', itemCounts: { succeeded: 2000 } });
  });

  test('fails past the tolerated failures: children that run are aborted, others never begin', async () => {
    const gate = new Gate();
    item = async ({ item: { n } }) => {
      if (n === '1' || n === '2') throw new FunctionThrew('Error', 'no');
      await gate.hold();
    };
    const tolerant = { ...ITEMS_MAP, ToleratedFailurePercentage: undefined, ToleratedFailureCount: 1 };
    const { executionArn, status, error, cause } = await execute(harness, single(tolerant), {
      ...INPUT,
      concurrency: 2,
    });
    expect({ status, error, cause }).toEqual({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
      cause: 'The specified tolerated failure threshold was exceeded',
    });
    expect(await describeMapRun(executionArn!)).toMatchObject({
      status: 'FAILED',
      itemCounts: { failed: 2, aborted: 1, pending: 2 },
    });
    expect((await history(harness.client, executionArn!)).map(({ type }) => type).slice(-3)).toEqual([
      'MapRunFailed',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
  });

  test.each([
    ['no tolerance', {}, 'FAILED'],
    ['20 %', { ToleratedFailurePercentage: 20 }, 'SUCCEEDED'],
    ['19 %', { ToleratedFailurePercentage: 19 }, 'FAILED'],
    ['one', { ToleratedFailureCount: 1 }, 'SUCCEEDED'],
    ['none, by a path', { ToleratedFailureCountPath: '$.concurrency' }, 'FAILED'],
    ['20 %, but not one', { ToleratedFailurePercentage: 20, ToleratedFailureCount: 0 }, 'FAILED'],
  ])('of which one in five fails, with %s', async (_what, tolerance, status) => {
    item = ({ item: { n } }) => {
      if (n === '4') throw new FunctionThrew('Error', 'no');
      return null;
    };
    const definition = single({ ...ITEMS_MAP, ToleratedFailurePercentage: undefined, ...tolerance });
    expect(await execute(harness, definition, INPUT)).toMatchObject({ status });
  });

  test.each([
    ['is missing', { items: 'gone.csv' }, "There is no object 'gone.csv' in the bucket 'work'"],
    ['names a column twice', { items: 'twice.csv' }, 'CSV headers cannot contain duplicates.'],
  ])('fails with States.ItemReaderFailed when the CSV %s, which Catch takes', async (_what, input, cause) => {
    harness.objects.objects['work/twice.csv'] = 'a,a\n1,2';
    const definition = {
      StartAt: 'Map',
      States: {
        Map: { ...ITEMS_MAP, Next: 'Done', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }] },
        Done: { Type: 'Succeed' },
      },
    };
    const { result, executionArn } = await execute(harness, definition, { ...INPUT, ...input });
    expect(result).toEqual({ Error: 'States.ItemReaderFailed', Cause: cause });
    expect(await describeMapRun(executionArn!)).toMatchObject({ status: 'FAILED', itemCounts: { total: 0 } });
  });

  test('reads given headers, other delimiters, and no more than MaxItems', async () => {
    harness.objects.objects['work/given.csv'] = '1|2\n3\n5|6|7\n8|9';
    const ReaderConfig = {
      InputType: 'CSV',
      CSVHeaderLocation: 'GIVEN',
      CSVHeaders: ['a', 'b'],
      CSVDelimiter: 'PIPE',
      MaxItems: 3,
    };
    const definition = single({ ...ITEMS_MAP, ItemReader: { ...ITEMS_MAP.ItemReader, ReaderConfig } });
    await execute(harness, definition, { ...INPUT, items: 'given.csv' });
    expect(harness.functions.calls.map(({ input }) => (input as { item: object }).item)).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '' },
      { a: '5', b: '6' },
    ]);
  });

  test('goes through an array of its input where it has no reader, and through none', async () => {
    const { ItemReader: _reader, ...map } = GATHER;
    const definition = single({ ...map, ItemsPath: '$.list', ItemProcessor: ANSWERS });
    item = ({ item: value }) => value;
    expect((await execute(harness, definition, { ...INPUT, list: [1, 'b'] })).result).toEqual([1, 'b']);
    expect((await execute(harness, definition, { ...INPUT, list: [] })).result).toEqual([]);
  });

  test('starts no more children a second than the limit, where one is set', async () => {
    const slow = await startHarness({
      fakes: { item: () => null },
      files: { 'work/items.csv': numbersCsv(5) },
      limits: { childStartsPerSecond: 100 },
    });
    try {
      const { executionArn } = await execute(slow, single(ITEMS_MAP), INPUT);
      const { mapRuns } = await slow.client.send(new ListMapRunsCommand({ executionArn }));
      const { executions } = await slow.client.send(new ListExecutionsCommand({ mapRunArn: mapRuns![0]!.mapRunArn }));
      const starts = executions!.map(({ startDate }) => startDate!.getTime());
      expect(starts[4]! - starts[0]!).toBeGreaterThanOrEqual(40);
    } finally {
      await slow.close();
    }
  });
});

describe('StopExecution', () => {
  test('ends the execution, its Map run and its children; a function that runs goes on', async () => {
    const gate = new Gate();
    let finished = 0;
    item = async () => {
      await gate.hold();
      finished++;
    };
    const executionArn = await begin(harness, single(ITEMS_MAP), { ...INPUT, concurrency: 3 });
    await until(() => gate.held.length === 3);
    await harness.client.send(new StopExecutionCommand({ executionArn, error: 'Stopped', cause: 'by hand' }));
    expect(await ended(harness.client, executionArn)).toMatchObject({
      status: 'ABORTED',
      error: 'Stopped',
      cause: 'by hand',
    });
    const mapRun = await describeMapRun(executionArn);
    expect(mapRun).toMatchObject({ status: 'ABORTED', itemCounts: { aborted: 3, running: 0, pending: 2 } });
    const { executions } = await harness.client.send(new ListExecutionsCommand({ mapRunArn: mapRun.mapRunArn }));
    expect(executions?.map(({ status }) => status)).toEqual(['ABORTED', 'ABORTED', 'ABORTED']);
    expect((await history(harness.client, executionArn)).at(-1)).toMatchObject({
      type: 'ExecutionAborted',
      executionAbortedEventDetails: { error: 'Stopped', cause: 'by hand' },
    });
    for (const release of gate.held) release();
    await until(() => finished === 3);
    expect(harness.functions.calls).toHaveLength(3);
    expect((await describeMapRun(executionArn)).itemCounts).toMatchObject({ aborted: 3, succeeded: 0 });
  });

  test('of one child counts it as aborted; the others go on', async () => {
    const gate = new Gate();
    item = gate.hold;
    const executionArn = await begin(harness, single(ITEMS_MAP), INPUT);
    await until(() => gate.held.length === 5);
    const mapRunArn = await mapRunArnOf(executionArn);
    const { executions } = await harness.client.send(new ListExecutionsCommand({ mapRunArn, statusFilter: 'RUNNING' }));
    await harness.client.send(new StopExecutionCommand({ executionArn: executions![2]!.executionArn }));
    for (const release of gate.held) release();
    expect(await ended(harness.client, executionArn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await describeMapRun(executionArn)).toMatchObject({ itemCounts: { succeeded: 4, aborted: 1 } });
  });
});

describe('The turn machine', () => {
  test('goes from turn to map, to wait, and to its end', async () => {
    const { status, result } = await execute(harness, TURN_MACHINE, { jobId: 'j', epoch: 1, turn: 0 });
    expect(status).toBe('SUCCEEDED');
    expect(result).toMatchObject({ action: 'done', turn: 4 });
    const names = harness.functions.calls.map(({ name }) => name);
    expect(names.filter((name) => name === 'turn')).toHaveLength(4);
    expect(names.filter((name) => name === 'item')).toHaveLength(10);
  });

  test('takes another turn when the map could not be read', async () => {
    delete harness.objects.objects['work/items.csv'];
    expect(await execute(harness, TURN_MACHINE, { jobId: 'j', epoch: 1, turn: 0 })).toMatchObject({
      status: 'SUCCEEDED',
      result: { turn: 4 },
    });
  });

  test('has children that wait for a free function', async () => {
    let refusals = 3;
    item = () => {
      if (refusals-- > 0) throw new ServiceRefusal('TooManyRequestsException', 'Rate Exceeded.');
      return null;
    };
    await harness.close();
    harness = await startHarness({
      random: () => 0,
      fakes: { ...harness.functions.functions },
      files: harness.objects.objects,
    });
    expect(await execute(harness, TURN_MACHINE, { jobId: 'j', epoch: 1, turn: 0 })).toMatchObject({
      status: 'SUCCEEDED',
    });
    expect(harness.functions.calls.filter(({ name }) => name === 'item')).toHaveLength(13);
  });
});
