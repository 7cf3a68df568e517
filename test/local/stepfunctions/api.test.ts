import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  ListStateMachinesCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateMapRunCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { begin, ended, execute, type Harness, history, ROLE, single, startHarness, until } from './harness.ts';
import { ITEMS_MAP, numbersCsv } from './turn-machine.ts';

const PASS = JSON.stringify(single({ Type: 'Pass' }));
const WAIT = JSON.stringify(single({ Type: 'Wait', Seconds: 1000 }));
const ARN = 'arn:aws:states:us-east-1:000000000000';

let harness: Harness;
let passArn: string;
let waitArn: string;

beforeAll(async () => {
  harness = await startHarness({ fakes: { item: () => null }, files: { 'work/items.csv': numbersCsv(2) } });
  passArn = await harness.service.createStateMachine('pass', PASS, ROLE);
  waitArn = await harness.service.createStateMachine('wait', WAIT, ROLE);
});
afterAll(() => harness.close());

// biome-ignore lint/suspicious/noExplicitAny: the commands share no type
const send = (command: any): Promise<any> => harness.client.send(command);

describe('State machines', () => {
  test('are created, described, updated, listed by pages and deleted', async () => {
    const created = await send(new CreateStateMachineCommand({ name: 'life', definition: PASS, roleArn: ROLE }));
    expect(created.stateMachineArn).toBe(`${ARN}:stateMachine:life`);
    const again = await send(new CreateStateMachineCommand({ name: 'life', definition: PASS, roleArn: ROLE }));
    expect(again).toMatchObject({ stateMachineArn: created.stateMachineArn, creationDate: created.creationDate });
    const { stateMachineArn } = created;
    await send(new UpdateStateMachineCommand({ stateMachineArn, definition: WAIT }));
    expect(await send(new DescribeStateMachineCommand({ stateMachineArn }))).toMatchObject({
      name: 'life',
      definition: WAIT,
      roleArn: ROLE,
      status: 'ACTIVE',
      type: 'STANDARD',
      creationDate: created.creationDate,
    });
    const first = await send(new ListStateMachinesCommand({ maxResults: 1 }));
    const rest = await send(new ListStateMachinesCommand({ nextToken: first.nextToken }));
    const names = [...first.stateMachines, ...rest.stateMachines].map(({ name }: { name: string }) => name);
    expect(names).toEqual(['life', 'pass', 'wait']);
    await send(new DeleteStateMachineCommand({ stateMachineArn }));
    await send(new DeleteStateMachineCommand({ stateMachineArn }));
    await expect(send(new DescribeStateMachineCommand({ stateMachineArn }))).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
      message: `State Machine Does Not Exist: '${stateMachineArn}'`,
    });
  });

  test('that the loader creates again are updated', async () => {
    const arn = await harness.service.createStateMachine('loaded', PASS, ROLE);
    expect(await harness.service.createStateMachine('loaded', WAIT, ROLE)).toBe(arn);
    expect(await send(new DescribeStateMachineCommand({ stateMachineArn: arn }))).toMatchObject({ definition: WAIT });
    await send(new DeleteStateMachineCommand({ stateMachineArn: arn }));
  });
});

describe('StartExecution', () => {
  const start = (members: object) => send(new StartExecutionCommand({ stateMachineArn: passArn, ...members }));

  test('of the same name and input, while it runs, is answered as the first time', async () => {
    const request = { stateMachineArn: waitArn, name: 'same', input: '{"a":1}' };
    const answers = await Promise.all([1, 2, 3].map(() => start(request)));
    const [{ executionArn, startDate }] = answers;
    expect(executionArn).toBe(`${ARN}:execution:wait:same`);
    for (const answer of answers) expect(answer).toMatchObject({ executionArn, startDate });
    const taken = { name: 'ExecutionAlreadyExists', message: `Execution Already Exists: '${executionArn}'` };
    await expect(start({ ...request, input: '{"a":2}' })).rejects.toMatchObject(taken);
    await send(new StopExecutionCommand({ executionArn }));
    await expect(start(request)).rejects.toMatchObject(taken);
  });

  test('gives a name and an input where there are none', async () => {
    const { executionArn } = await start({});
    expect(await ended(harness.client, executionArn)).toMatchObject({
      name: expect.stringMatching(/^[0-9a-f-]{36}$/),
      input: '{}',
    });
  });

  test.each(['a b', 'a/b', 'a:b', 'a*', 'a\n', 'a$', 'a,b', 'a\u0080', 'a"'])('refuses the name %j', async (name) => {
    await expect(start({ name })).rejects.toMatchObject({ name: 'InvalidName', message: `Invalid Name: '${name}'` });
  });

  test('takes names of 1 to 80 characters', async () => {
    await start({ name: 'x'.repeat(80) });
    await start({ name: 'ü.-_+=@!' });
    await expect(start({ name: 'x'.repeat(81) })).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(start({ name: '' })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('takes an input of 262144 bytes and not one more', async () => {
    const input = (bytes: number) => `"${'é'.repeat((bytes - 2) / 2)}"`;
    await start({ input: input(262_144) });
    await expect(start({ input: `${input(262_144)} ` })).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
    await expect(start({ input: 'x'.repeat(262_145) })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test.each(['', 'not json', "{'a':1}", '{'])('refuses the input %j', async (input) => {
    await expect(start({ input })).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
  });
});

describe('Lists', () => {
  test('of executions are newest first, by status and by pages', async () => {
    const stateMachineArn = await harness.service.createStateMachine('listed', WAIT, ROLE);
    const arns: string[] = [];
    for (let n = 0; n < 5; n++) {
      const { executionArn, startDate } = await send(new StartExecutionCommand({ stateMachineArn, name: `n${n}` }));
      arns.unshift(executionArn);
      await until(() => Date.now() > startDate.getTime());
    }
    await send(new StopExecutionCommand({ executionArn: arns[1] }));
    const list = async (members: object) => {
      const page = await send(new ListExecutionsCommand({ stateMachineArn, ...members }));
      return { ...page, arns: page.executions.map(({ executionArn }: { executionArn: string }) => executionArn) };
    };
    const first = await list({ maxResults: 3 });
    expect(first.arns).toEqual(arns.slice(0, 3));
    const second = await list({ maxResults: 3, nextToken: first.nextToken });
    expect(second.arns).toEqual(arns.slice(3));
    expect(second.nextToken).toBeUndefined();
    expect((await list({ statusFilter: 'ABORTED' })).arns).toEqual([arns[1]]);
    expect((await list({ statusFilter: 'RUNNING' })).arns).toHaveLength(4);
    for (const executionArn of arns) await send(new StopExecutionCommand({ executionArn }));
  });

  test('of events have pages, in both directions, and leave data out when asked', async () => {
    const { executionArn } = await execute(harness, single(ITEMS_MAP), {
      jobId: 'j',
      items: 'items.csv',
      concurrency: 0,
    });
    const ids = async (reverseOrder: boolean) => {
      const pages: number[][] = [];
      for (let nextToken: string | undefined, more = true; more; more = nextToken !== undefined) {
        const page = await send(
          new GetExecutionHistoryCommand({ executionArn, maxResults: 3, reverseOrder, nextToken }),
        );
        pages.push(page.events.map(({ id }: { id: number }) => id));
        nextToken = page.nextToken;
      }
      return pages;
    };
    expect(await ids(false)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8],
    ]);
    expect(await ids(true)).toEqual([
      [8, 7, 6],
      [5, 4, 3],
      [2, 1],
    ]);
    const bare = await send(new GetExecutionHistoryCommand({ executionArn, includeExecutionData: false }));
    expect(bare.events[0].executionStartedEventDetails.input).toBeUndefined();
  });

  test('of the events of an execution that runs are up to date', async () => {
    const executionArn = await begin(harness, JSON.parse(WAIT));
    await until(async () => (await history(harness.client, executionArn)).length === 2);
    const reversed = await send(new GetExecutionHistoryCommand({ executionArn, reverseOrder: true }));
    expect(reversed.events.map(({ type }: { type: string }) => type)).toEqual(['WaitStateEntered', 'ExecutionStarted']);
    await send(new StopExecutionCommand({ executionArn }));
  });
});

test('StopExecution of what has ended changes nothing', async () => {
  const { executionArn, stopDate } = await execute(harness, single({ Type: 'Pass' }));
  expect(await send(new StopExecutionCommand({ executionArn, error: 'late' }))).toMatchObject({ stopDate });
  expect(await send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({ status: 'SUCCEEDED' });
});

describe('Errors have the names that AWS gives them:', () => {
  const execution = `${ARN}:execution:pass:gone`;
  const mapRun = `${ARN}:mapRun:pass/Label:00000000-0000-4000-8000-000000000000`;

  test.each<[string, object, string]>([
    ['no ARN', new DescribeExecutionCommand({ executionArn: 'gone' }), 'InvalidArn'],
    [
      'the ARN of another kind',
      new DescribeExecutionCommand({ executionArn: `${ARN}:stateMachine:pass` }),
      'InvalidArn',
    ],
    ['no execution', new DescribeExecutionCommand({ executionArn: execution }), 'ExecutionDoesNotExist'],
    ['no execution to stop', new StopExecutionCommand({ executionArn: execution }), 'ExecutionDoesNotExist'],
    ['no execution with events', new GetExecutionHistoryCommand({ executionArn: execution }), 'ExecutionDoesNotExist'],
    ['no execution with Map runs', new ListMapRunsCommand({ executionArn: execution }), 'ExecutionDoesNotExist'],
    [
      'the execution of another account',
      new DescribeExecutionCommand({ executionArn: execution.replace('000000000000', '111111111111') }),
      'ExecutionDoesNotExist',
    ],
    [
      'no state machine',
      new StartExecutionCommand({ stateMachineArn: `${ARN}:stateMachine:gone` }),
      'StateMachineDoesNotExist',
    ],
    ['no Map run', new DescribeMapRunCommand({ mapRunArn: mapRun }), 'ResourceNotFound'],
    ['no Map run to update', new UpdateMapRunCommand({ mapRunArn: mapRun, maxConcurrency: 1 }), 'ResourceNotFound'],
    ['no Map run to list', new ListExecutionsCommand({ mapRunArn: mapRun }), 'ResourceNotFound'],
    [
      'a definition that is none',
      new CreateStateMachineCommand({ name: 'bad', definition: '{}', roleArn: ROLE }),
      'InvalidDefinition',
    ],
    [
      'a resource that is not known',
      new CreateStateMachineCommand({
        name: 'bad',
        definition: JSON.stringify(single({ Type: 'Task', Resource: 'arn:aws:states:::sns:publish' })),
        roleArn: ROLE,
      }),
      'InvalidDefinition',
    ],
    ['a name', new CreateStateMachineCommand({ name: 'a b', definition: PASS, roleArn: ROLE }), 'InvalidName'],
    [
      'another machine of the name',
      new CreateStateMachineCommand({ name: 'pass', definition: WAIT, roleArn: ROLE }),
      'StateMachineAlreadyExists',
    ],
    [
      'an EXPRESS machine',
      new CreateStateMachineCommand({ name: 'express', definition: PASS, roleArn: ROLE, type: 'EXPRESS' }),
      'StateMachineTypeNotSupported',
    ],
    ['an operation', new RedriveExecutionCommand({ executionArn: execution }), 'UnknownOperationException'],
  ])('%s', async (_what, command, name) => {
    await expect(send(command)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });

  test.each<[string, () => object, string]>([
    ['too many results', () => new ListStateMachinesCommand({ maxResults: 1001 }), 'ValidationException'],
    ['a token that is none', () => new ListStateMachinesCommand({ nextToken: 'bogus' }), 'InvalidToken'],
    [
      'a status that is none',
      () => new ListExecutionsCommand({ stateMachineArn: passArn, statusFilter: 'succeeded' as never }),
      'ValidationException',
    ],
    ['neither machine nor Map run', () => new ListExecutionsCommand({}), 'ValidationException'],
    [
      'nothing to update',
      () => new UpdateStateMachineCommand({ stateMachineArn: passArn }),
      'MissingRequiredParameter',
    ],
    ['a member left out', () => new DescribeExecutionCommand({ executionArn: undefined }), 'ValidationException'],
    [
      'a member of another type',
      () => new DescribeExecutionCommand({ executionArn: 5 as never }),
      'SerializationException',
    ],
  ])('%s', async (_what, command, name) => {
    await expect(send(command())).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });

  test('the update of a Map run that has ended', async () => {
    const input = { jobId: 'j', items: 'items.csv', concurrency: 0 };
    const { executionArn } = await execute(harness, single(ITEMS_MAP), input);
    const { mapRuns } = await send(new ListMapRunsCommand({ executionArn }));
    const update = new UpdateMapRunCommand({ mapRunArn: mapRuns[0].mapRunArn, maxConcurrency: 1 });
    await expect(send(update)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
