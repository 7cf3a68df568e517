import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createEventsService, type EventsService } from '../../../local/events/events-service.ts';
import { until } from '../lambda/until.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:react';
const identity = { account: '000000000000', region: 'us-east-1' };

let folder: string;
let service: EventsService;
let server: Server;
let client: EventBridgeClient;
let sent: { arn: string; event: Record<string, unknown> }[];

/** Opens the service on the test's folder, on a port of its own. */
async function open(): Promise<void> {
  const invokeAsync = async (arn: string, payload: string) => {
    sent.push({ arn, event: JSON.parse(payload) });
  };
  service = await createEventsService({ dataFolder: folder, identity, lambda: { invokeAsync } });
  server = createServer((request, response) => void service.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  client = new EventBridgeClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
}

async function close(): Promise<void> {
  client.destroy();
  await service.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

const created = (key: string) => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  resources: ['arn:aws:s3:::control'],
  detail: { object: { key } },
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'events-'));
  sent = [];
  await open();
});

afterEach(async () => {
  await close();
  await rm(folder, { recursive: true });
});

describe('a rule', () => {
  test('sends the events that fit its pattern to its function, in the envelope of AWS', async () => {
    const EventPattern = JSON.stringify({ source: ['aws.s3'], detail: { object: { key: [{ suffix: '.csv' }] } } });
    const { RuleArn } = await client.send(new PutRuleCommand({ Name: 'csv', EventPattern }));
    expect(RuleArn).toBe('arn:aws:events:us-east-1:000000000000:rule/csv');
    await client.send(new PutTargetsCommand({ Rule: 'csv', Targets: [{ Id: '1', Arn: FUNCTION }] }));
    await service.put(created('a.csv'));
    await service.put(created('a.txt'));
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      arn: FUNCTION,
      event: { version: '0', account: '000000000000', region: 'us-east-1', ...created('a.csv') },
    });
    expect(sent[0]?.event.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(sent[0]?.event.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('sends a constant or a part of the event where its target says so', async () => {
    await service.putRule('parts', {
      EventPattern: { source: ['aws.s3'] },
      Targets: [
        { Id: 'constant', Arn: FUNCTION, Input: '{"a":1}' },
        { Id: 'part', Arn: FUNCTION, InputPath: '$.detail.object' },
      ],
    });
    await service.put(created('k'));
    expect(sent.map(({ event }) => event)).toEqual([{ a: 1 }, { key: 'k' }]);
  });

  test('is silent while it is disabled', async () => {
    await service.putRule('all', { EventPattern: { source: ['aws.s3'] }, Targets: [{ Id: '1', Arn: FUNCTION }] });
    await client.send(new DisableRuleCommand({ Name: 'all' }));
    await service.put(created('one'));
    await client.send(new EnableRuleCommand({ Name: 'all' }));
    await service.put(created('two'));
    expect(sent.map(({ event }) => event.detail)).toEqual([{ object: { key: 'two' } }]);
  });

  test('that came over the API is there after the next start, one of the template is not', async () => {
    await client.send(new PutRuleCommand({ Name: 'kept', EventPattern: '{"source":["x"]}', Description: 'mine' }));
    await client.send(new PutTargetsCommand({ Rule: 'kept', Targets: [{ Id: '1', Arn: FUNCTION }] }));
    await service.putRule('brought', { EventPattern: { source: ['x'] } });
    await close();
    await open();
    const { Rules } = await client.send(new ListRulesCommand({}));
    expect(Rules?.map(({ Name }) => Name)).toEqual(['kept']);
    const rule = await client.send(new DescribeRuleCommand({ Name: 'kept' }));
    expect(rule).toMatchObject({ State: 'ENABLED', Description: 'mine', EventPattern: '{"source":["x"]}' });
    const { Targets } = await client.send(new ListTargetsByRuleCommand({ Rule: 'kept' }));
    expect(Targets).toEqual([{ Id: '1', Arn: FUNCTION }]);
  });

  test('is deleted only without targets', async () => {
    await client.send(new PutRuleCommand({ Name: 'r', EventPattern: '{"source":["x"]}' }));
    await client.send(new PutTargetsCommand({ Rule: 'r', Targets: [{ Id: '1', Arn: FUNCTION }] }));
    const refusal = { name: 'ValidationException', message: "Rule can't be deleted since it has targets." };
    await expect(client.send(new DeleteRuleCommand({ Name: 'r' }))).rejects.toMatchObject(refusal);
    await client.send(new RemoveTargetsCommand({ Rule: 'r', Ids: ['1'] }));
    await client.send(new DeleteRuleCommand({ Name: 'r' }));
    const describe = client.send(new DescribeRuleCommand({ Name: 'r' }));
    await expect(describe).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('is refused with what the local cloud does not know, by name', async () => {
    const Targets = [{ Id: '1', Arn: FUNCTION }];
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ Targets }, /EventPattern or ScheduleExpression/],
      [{ EventPattern: { source: 'x' } }, /"source" must be/],
      [{ ScheduleExpression: 'rate(1 second)' }, /ScheduleExpression/],
      [
        { EventPattern: { source: ['x'] }, Targets: [{ Id: '1', Arn: 'arn:aws:sqs:us-east-1:000000000000:q' }] },
        /Lambda/,
      ],
      [{ EventPattern: { source: ['x'] }, Targets: [{ ...Targets[0], InputTransformer: {} }] }, /InputTransformer/],
      [{ EventPattern: { source: ['x'] }, Targets: [{ ...Targets[0], DeadLetterConfig: {} }] }, /DeadLetterConfig/],
    ];
    for (const [properties, message] of bad) await expect(service.putRule('r', properties)).rejects.toThrow(message);
    const elsewhere = new PutRuleCommand({ Name: 'r', EventPattern: '{"source":["x"]}', EventBusName: 'mine' });
    await expect(client.send(elsewhere)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('PutEvents', () => {
  test('delivers what is in order and says what is wrong with the rest', async () => {
    await service.putRule('own', { EventPattern: { source: ['own'] }, Targets: [{ Id: '1', Arn: FUNCTION }] });
    const good = { Source: 'own', DetailType: 'Thing Done', Detail: '{"n":1}', Resources: ['r'] };
    const Entries = [good, { ...good, Source: 'aws.s3' }, { ...good, Detail: '[' }, { ...good, Detail: undefined }];
    const answer = await client.send(new PutEventsCommand({ Entries }));
    expect(answer.FailedEntryCount).toBe(3);
    expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'NotAuthorizedForSourceException',
      'MalformedDetail',
      'InvalidArgument',
    ]);
    expect(sent.map(({ event }) => event)).toEqual([
      expect.objectContaining({
        id: answer.Entries?.[0]?.EventId,
        source: 'own',
        'detail-type': 'Thing Done',
        resources: ['r'],
        detail: { n: 1 },
      }),
    ]);
  });
});

describe('a schedule', () => {
  const schedule = { ScheduleExpression: 'rate(1 minute)', Targets: [{ Id: '1', Arn: FUNCTION }] };
  const firings = () => join(folder, 'firings.json');
  const readLast = async () => JSON.parse(await readFile(firings(), 'utf8').catch(() => '{}')).tick?.last;

  /** Makes it that the rule fired so long ago, as the service finds it at its next start. */
  async function restartAfter(milliseconds: number): Promise<void> {
    await close();
    await mkdir(folder, { recursive: true });
    const last = Date.now() - milliseconds;
    await writeFile(firings(), JSON.stringify({ tick: { expression: schedule.ScheduleExpression, last } }));
    await open();
  }

  test('counts from when the rule is first seen', async () => {
    const before = Date.now();
    service.start();
    await service.putRule('tick', schedule);
    await until(async () => (await readLast()) >= before);
    expect(sent).toEqual([]);
  });

  test('fires once, at once, for all that came due while nothing ran, and remembers that', async () => {
    await restartAfter(10 * 60_000);
    await service.putRule('tick', schedule);
    const before = Date.now();
    service.start();
    await until(async () => (await readLast()) >= before);
    expect(sent).toEqual([
      {
        arn: FUNCTION,
        event: expect.objectContaining({
          source: 'aws.events',
          'detail-type': 'Scheduled Event',
          resources: ['arn:aws:events:us-east-1:000000000000:rule/tick'],
          detail: {},
        }),
      },
    ]);
  });

  test('fires when its time comes', async () => {
    await restartAfter(60_000 - 300);
    await service.putRule('tick', schedule);
    service.start();
    await until(() => sent.length > 0);
    expect(sent).toHaveLength(1);
  });

  test('does not fire before its time or while it is disabled', async () => {
    await restartAfter(30_000);
    await service.putRule('tick', schedule);
    const last = await readLast();
    service.start();
    await service.putRule('off', { ...schedule, State: 'DISABLED' });
    await service.putRule('marker', schedule);
    await until(async () => (await readFile(firings(), 'utf8')).includes('marker'));
    expect(sent).toEqual([]);
    expect(await readLast()).toBe(last);
  });
});
