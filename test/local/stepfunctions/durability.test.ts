import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateMapRunCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  begin,
  ended,
  execute,
  FakeClock,
  FunctionThrew,
  functionArn,
  type Harness,
  history,
  ROLE,
  single,
  startHarness,
  until,
} from './harness.ts';
import { ITEMS_MAP, numbersCsv } from './turn-machine.ts';

describe('After a new start on the same folder', () => {
  let harness: Harness;
  let clock: FakeClock;
  let answer: (input: unknown) => unknown;

  beforeEach(async () => {
    clock = new FakeClock();
    answer = () => 'done';
    harness = await startHarness({
      clock,
      fakes: {
        first: () => ({ first: true }),
        second: (input) => answer(input),
        item: (input) => answer(input),
      },
      files: { 'work/items.csv': numbersCsv(6) },
    });
  });
  afterEach(() => harness.close());

  const never = () => new Promise(() => undefined);

  test('a task that was in flight is carried out again, those before it are not; the history shows it once', async () => {
    answer = never;
    const executionArn = await begin(harness, {
      StartAt: 'First',
      States: {
        First: { Type: 'Task', Resource: functionArn('first'), Next: 'Second' },
        Second: { Type: 'Task', Resource: functionArn('second'), End: true },
      },
    });
    await until(() => harness.functions.calls.length === 2);
    expect((await history(harness.client, executionArn)).at(-1)?.type).toBe('LambdaFunctionStarted');
    answer = () => 'done';
    await harness.restart();
    expect(await ended(harness.client, executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
    expect(harness.functions.calls.map(({ name }) => name)).toEqual(['first', 'second', 'second']);
    const events = await history(harness.client, executionArn);
    expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect(events.filter(({ type }) => type === 'LambdaFunctionScheduled')).toHaveLength(2);
  });

  test('a Wait ends when it would have ended', async () => {
    const executionArn = await begin(harness, single({ Type: 'Wait', Seconds: 100 }));
    await clock.nextTimer();
    clock.advance(40_000);
    await harness.restart();
    expect(await clock.nextTimer()).toBe(60_000);
    clock.advance(60_000);
    expect(await ended(harness.client, executionArn)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await history(harness.client, executionArn)).map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'WaitStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('retries made are counted, and the pause before the next ends when it would have ended', async () => {
    answer = () => {
      throw new FunctionThrew('Error', 'no');
    };
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10, MaxAttempts: 2 }];
    const executionArn = await begin(harness, single({ Type: 'Task', Resource: functionArn('second'), Retry }));
    expect(await clock.nextTimer()).toBe(10_000);
    clock.advance(10_000);
    expect(await clock.nextTimer()).toBe(20_000);
    clock.advance(5_000);
    await harness.restart();
    expect(await clock.nextTimer()).toBe(15_000);
    clock.advance(15_000);
    expect(await ended(harness.client, executionArn)).toMatchObject({ status: 'FAILED', error: 'Error' });
    expect(harness.functions.calls).toHaveLength(3);
  });

  test('a Map run goes on: ended children stay, others keep their names, settings and the CSV are as they were', async () => {
    answer = (input) => (Number((input as { item: { n: string } }).item.n) < 2 ? null : never());
    const executionArn = await begin(harness, single(ITEMS_MAP), { jobId: 'j', items: 'items.csv', concurrency: 3 });
    const { mapRuns } = await harness.client.send(new ListMapRunsCommand({ executionArn }));
    const mapRunArn = mapRuns![0]!.mapRunArn!;
    const counts = async () => (await harness.client.send(new DescribeMapRunCommand({ mapRunArn }))).itemCounts!;
    const children = async () => (await harness.client.send(new ListExecutionsCommand({ mapRunArn }))).executions!;
    await until(async () => (await counts()).succeeded === 2 && (await counts()).running === 3);
    await harness.client.send(new UpdateMapRunCommand({ mapRunArn, maxConcurrency: 2 }));
    const before = await children();
    delete harness.objects.objects['work/items.csv'];
    harness.functions.calls.length = 0;
    await harness.restart();
    await until(() => harness.functions.calls.length === 2);
    expect(await counts()).toMatchObject({ succeeded: 2, running: 2, pending: 2 });
    answer = () => null;
    await harness.restart();
    expect(await ended(harness.client, executionArn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await counts()).toMatchObject({ succeeded: 6, pending: 0 });
    const after = await children();
    expect(after.slice(0, 5).map(({ executionArn: arn }) => arn)).toEqual(before.map(({ executionArn: arn }) => arn));
    const again = harness.functions.calls.map(({ input }) => (input as { item: { n: string } }).item.n);
    expect(again).not.toContain('0');
    expect(again).not.toContain('1');
  });

  test('a Map run can be stopped at once, with the children that had begun', async () => {
    answer = () => {
      throw new FunctionThrew('Error', 'no');
    };
    const Item = {
      ...ITEMS_MAP.ItemProcessor.States.Item,
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 100 }],
    };
    const ItemProcessor = { ...ITEMS_MAP.ItemProcessor, States: { ...ITEMS_MAP.ItemProcessor.States, Item } };
    const input = { jobId: 'j', items: 'items.csv', concurrency: 4 };
    const executionArn = await begin(harness, single({ ...ITEMS_MAP, ItemProcessor }), input);
    const { mapRuns } = await harness.client.send(new ListMapRunsCommand({ executionArn }));
    const mapRunArn = mapRuns![0]!.mapRunArn!;
    await until(() => harness.functions.calls.length === 4);
    await clock.nextTimer();
    await harness.restart();
    await harness.client.send(new StopExecutionCommand({ executionArn }));
    expect(await ended(harness.client, executionArn)).toMatchObject({ status: 'ABORTED' });
    const { executions } = await harness.client.send(new ListExecutionsCommand({ mapRunArn }));
    expect(executions?.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'ABORTED'));
    expect(await harness.client.send(new DescribeMapRunCommand({ mapRunArn }))).toMatchObject({
      status: 'ABORTED',
      itemCounts: { aborted: 4, pending: 2 },
    });
  });

  test('an execution has the definition that it was started with', async () => {
    const executionArn = await begin(harness, single({ Type: 'Wait', Seconds: 100 }));
    const { stateMachineArn } = await harness.client.send(new DescribeExecutionCommand({ executionArn }));
    const name = stateMachineArn!.split(':').at(-1)!;
    await harness.service.createStateMachine(name, JSON.stringify(single({ Type: 'Pass', Result: 'new' })), ROLE);
    await harness.restart();
    await clock.nextTimer();
    clock.advance(100_000);
    expect(await ended(harness.client, executionArn)).toMatchObject({ output: '{}' });
  });

  test('what has ended is still there, and its name is taken', async () => {
    const { executionArn, stateMachineArn, name } = await execute(harness, single({ Type: 'Pass', Result: 7 }));
    await harness.restart();
    expect(await harness.client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({ output: '7' });
    expect(await history(harness.client, executionArn!)).toHaveLength(4);
    await expect(
      harness.client.send(new StartExecutionCommand({ stateMachineArn, name, input: '{}' })),
    ).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });
});

describe('Killed with SIGKILL', () => {
  let folder: string;
  let host: ChildProcess;
  let client: SFNClient;

  /** Starts the process that hosts the service. */
  async function start(): Promise<void> {
    const script = new URL('service-process.ts', import.meta.url).pathname;
    const args = ['--import', 'tsx', script, join(folder, 'data'), join(folder, 'log')];
    host = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [port] = (await once(createInterface({ input: host.stdout! }), 'line')) as [string];
    client = new SFNClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  }

  async function kill(): Promise<void> {
    client.destroy();
    const gone = once(host, 'exit');
    host.kill('SIGKILL');
    await gone;
  }

  async function logged(word: string): Promise<string[]> {
    const lines = (await readFile(join(folder, 'log'), 'utf8').catch(() => '')).split('\n');
    return lines.filter((line) => line.startsWith(word)).map((line) => line.slice(word.length + 1));
  }

  async function succeeded(mapRunArn: string): Promise<string[]> {
    const { executions } = await client.send(
      new ListExecutionsCommand({ mapRunArn, statusFilter: 'SUCCEEDED', maxResults: 1000 }),
    );
    // The children's names end in the number of their item, from 1.
    return executions!.map(({ name }) => String(Number.parseInt(name!.slice(-12), 16) - 1));
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'states-'));
  });
  afterEach(async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  });

  test('in mid-map, several times: every item is run, those whose child had ended are not run again', async () => {
    await start();
    const { stateMachineArn } = await client.send(
      new CreateStateMachineCommand({ name: 'map', definition: JSON.stringify(single(ITEMS_MAP)), roleArn: ROLE }),
    );
    const input = JSON.stringify({ jobId: 'j', items: 'items.csv', concurrency: 8 });
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, name: 'one', input }));
    const finished = new Map<string, number>();
    for (const progress of [60, 160, 280]) {
      await until(async () => (await logged('end')).length >= progress);
      const { mapRuns } = await client.send(new ListMapRunsCommand({ executionArn }));
      const done = await succeeded(mapRuns![0]!.mapRunArn!);
      const runs = await logged('begin');
      for (const n of done) finished.set(n, runs.filter((run) => run === n).length);
      await kill();
      await start();
    }
    expect(await ended(client, executionArn!)).toMatchObject({ status: 'SUCCEEDED' });
    const runs = await logged('begin');
    expect(new Set(await logged('end')).size).toBe(400);
    expect(finished.size).toBeGreaterThan(200);
    for (const [n, times] of finished) expect(runs.filter((run) => run === n)).toHaveLength(times);
    const { mapRuns } = await client.send(new ListMapRunsCommand({ executionArn }));
    expect(mapRuns).toHaveLength(1);
    const { itemCounts } = await client.send(new DescribeMapRunCommand({ mapRunArn: mapRuns![0]!.mapRunArn }));
    expect(itemCounts).toMatchObject({ succeeded: 400, total: 400 });
  });
});
