import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createSnsService, type SnsService } from '../../../local/sns/sns-service.ts';

const IDENTITY = { account: '000000000000', region: 'us-east-1' };
const JOBS = 'arn:aws:sns:us-east-1:000000000000:jobs';
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:told';

let folder: string;
let service: SnsService;
let server: Server;
let sns: SNSClient;
let invoked: { readonly to: string; readonly event: Record<string, Record<string, unknown>[]> }[];

async function open(): Promise<SnsService> {
  const lambda = {
    async invokeAsync(to: string, payload: string): Promise<void> {
      invoked.push({ to, event: JSON.parse(payload) });
    },
  };
  return await createSnsService({
    dataFolder: join(folder, 'sns'),
    logFolder: join(folder, 'logs'),
    identity: IDENTITY,
    lambda,
  });
}

beforeEach(async () => {
  invoked = [];
  folder = await mkdtemp(join(tmpdir(), 'sns-'));
  service = await open();
  server = createServer((request, response) => void service.handle(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  sns = new SNSClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
});

afterEach(async () => {
  sns.destroy();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await service.stop();
  await rm(folder, { recursive: true });
});

test('what is published reaches the functions that subscribed, and the log of the topic', async () => {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'jobs' }));
  expect(TopicArn).toBe(JOBS);
  const subscribe = { TopicArn, Protocol: 'lambda', Endpoint: FUNCTION };
  const { SubscriptionArn } = await sns.send(new SubscribeCommand(subscribe));
  expect((await sns.send(new SubscribeCommand(subscribe))).SubscriptionArn).toBe(SubscriptionArn);
  const { MessageId } = await sns.send(new PublishCommand({ TopicArn, Subject: 's & t', Message: '{"a": "ü"}' }));
  expect(invoked).toEqual([
    {
      to: FUNCTION,
      event: {
        Records: [
          {
            EventSource: 'aws:sns',
            EventVersion: '1.0',
            EventSubscriptionArn: SubscriptionArn,
            Sns: expect.objectContaining({ Type: 'Notification', MessageId, TopicArn, Message: '{"a": "ü"}' }),
          },
        ],
      },
    },
  ]);
  const log = await readFile(join(folder, 'logs', 'topic-jobs.log'), 'utf8');
  expect(JSON.parse(log)).toMatchObject({ MessageId, Subject: 's & t', Message: '{"a": "ü"}' });

  await sns.send(new UnsubscribeCommand({ SubscriptionArn: SubscriptionArn ?? '' }));
  await sns.send(new PublishCommand({ TopicArn, Message: 'again' }));
  expect(invoked).toHaveLength(1);
});

test('topics and subscriptions that came over the API are there after a restart, the template’s come with it', async () => {
  await sns.send(new CreateTopicCommand({ Name: 'jobs' }));
  await sns.send(new SubscribeCommand({ TopicArn: JOBS, Protocol: 'lambda', Endpoint: FUNCTION }));
  await service.putSubscription(await service.putTopic('declared'), 'lambda', FUNCTION);
  await service.stop();
  service = await open();
  const { Topics } = await sns.send(new ListTopicsCommand({}));
  expect(Topics).toEqual([{ TopicArn: JOBS }]);
  const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: JOBS }));
  expect(Subscriptions?.map(({ Endpoint }) => Endpoint)).toEqual([FUNCTION]);
});

test('what SNS would refuse is refused with its words', async () => {
  const refused = (TopicArn: string, more: object = {}): Promise<unknown> =>
    sns
      .send(new PublishCommand({ TopicArn, Message: 'm', ...more }))
      .catch(({ name, message }) => `${name}: ${message}`);
  expect(await refused(JOBS)).toBe('NotFoundException: Topic does not exist');
  expect(await refused('jobs')).toBe('InvalidParameterException: Invalid parameter: TopicArn');
  await sns.send(new CreateTopicCommand({ Name: 'jobs' }));
  expect(await refused(JOBS, { Subject: 'x'.repeat(101) })).toMatch('Invalid parameter: Subject');
  expect(await refused(JOBS, { Message: 'x'.repeat(262_145) })).toMatch('Message too long');
  expect(await refused(JOBS, { MessageStructure: 'json' })).toMatch(
    'the local SNS knows TopicArn, Subject and Message',
  );
  await expect(sns.send(new CreateTopicCommand({ Name: 'jobs.fifo' }))).rejects.toThrow('no FIFO topics');
  const email = { TopicArn: JOBS, Protocol: 'email', Endpoint: 'a@example.com' };
  await expect(sns.send(new SubscribeCommand(email))).rejects.toThrow("knows lambda, not 'email'");
  await sns.send(new DeleteTopicCommand({ TopicArn: JOBS }));
  expect(await refused(JOBS)).toMatch('does not exist');
});
