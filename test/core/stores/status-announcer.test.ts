import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { JobEvent } from '../../../core/job/job-event.ts';
import { createStatusAnnouncer } from '../../../core/stores/status-announcer.ts';

/** What was sent to EventBridge and SNS, which both answer as they are told to. */
let server: Server;
let sent: { readonly target: string; readonly body: string }[];
let refusal: object;
/** Of SNS, by topic. */
let snsRefusals: Readonly<Record<string, string>>;
let endpoint: string;

beforeEach(async () => {
  sent = [];
  refusal = {};
  snsRefusals = {};
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const target = String(request.headers['x-amz-target'] ?? 'SNS');
      sent.push({ target, body });
      const code = snsRefusals[new URLSearchParams(body).get('TopicArn') ?? ''];
      if (code !== undefined) {
        response.writeHead(code === 'InternalError' ? 500 : 404, { 'content-type': 'text/xml' });
        return response.end(
          `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Code>${code}</Code><Message>why</Message></Error></ErrorResponse>`,
        );
      }
      if (target === 'SNS') {
        const result = '<PublishResult><MessageId>m</MessageId></PublishResult>';
        response.setHeader('content-type', 'text/xml');
        return response.end(
          `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${result}</PublishResponse>`,
        );
      }
      const { Entries } = JSON.parse(body) as { Entries: object[] };
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      return response.end(JSON.stringify({ FailedEntryCount: 0, Entries: Entries.map(() => refusal) }));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

const IDENTITY = { account: '111122223333', region: 'eu-west-1', partition: 'aws' };
const JOB = 'e849b567-5232-44be-9a0c-40988f14e80c';

function announcer(topicArn?: string) {
  const common = {
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  };
  return createStatusAnnouncer({
    events: new EventBridgeClient(common),
    sns: new SNSClient(common),
    identity: IDENTITY,
    topicArn,
  });
}

const change = (number: number, status: JobEvent['status'], more: Partial<JobEvent> = {}): JobEvent => {
  return {
    id: `s${number}`,
    at: '2026-02-27T15:25:49.000Z',
    kind: 'Status',
    text: '',
    ...(status && { status }),
    ...more,
  };
};

test('events have the form of those of S3 Batch Operations, from a source of their own', async () => {
  const failed = change(2, 'Failed', { failureCodes: ['InvalidManifest'], reasons: ['why'] });
  await announcer()(JOB, [change(1, 'New'), failed]);
  const { Entries } = JSON.parse(sent[0]?.body ?? '') as { Entries: Record<string, string>[] };
  expect(Entries).toHaveLength(2);
  expect(Entries[0]).toMatchObject({ Source: 'drover', DetailType: 'AWS Service Event via CloudTrail' });
  const [first, second] = Entries.map(({ Detail = '' }) => JSON.parse(Detail));
  expect(first).toEqual({
    eventVersion: '1.05',
    userIdentity: { accountId: '111122223333', invokedBy: 's3.amazonaws.com' },
    eventTime: '2026-02-27T15:25:49.000Z',
    eventSource: 's3.amazonaws.com',
    eventName: 'JobCreated',
    awsRegion: 'eu-west-1',
    sourceIPAddress: 's3.amazonaws.com',
    userAgent: 's3.amazonaws.com',
    eventID: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    readOnly: false,
    eventType: 'AwsServiceEvent',
    recipientAccountId: '111122223333',
    serviceEventDetails: {
      jobId: JOB,
      jobArn: `arn:aws:s3:eu-west-1:111122223333:job/${JOB}`,
      status: 'New',
      jobEventId: expect.stringMatching(/^[0-9a-f]{32}$/),
      failureCodes: [],
      statusChangeReason: [],
    },
  });
  expect(second).toMatchObject({
    eventName: 'JobStatusChanged',
    serviceEventDetails: { status: 'Failed', failureCodes: ['InvalidManifest'], statusChangeReason: ['why'] },
  });
});

test('an event that is told again has the same id', async () => {
  await announcer()(JOB, [change(1, 'New')]);
  await announcer()(JOB, [change(1, 'New')]);
  expect(sent[0]?.body).toBe(sent[1]?.body);
});

test('ten events go at once, as EventBridge takes them', async () => {
  await announcer()(
    JOB,
    Array.from({ length: 21 }, (_, n) => change(n, 'Ready')),
  );
  expect(sent.map(({ body }) => JSON.parse(body).Entries.length)).toEqual([10, 10, 1]);
});

test('topics are told each change, one that is named twice once', async () => {
  const [all, own] = ['all', 'own'].map((name) => `arn:aws:sns:eu-west-1:111122223333:${name}`);
  await announcer(all)(JOB, [change(1, 'Ready'), change(2, 'Active')], own);
  const messages = sent.slice(1).map(({ body }) => new URLSearchParams(body));
  expect(messages.map((message) => message.get('TopicArn'))).toEqual([all, all, own, own]);
  expect(messages.map((message) => message.get('Subject'))).toEqual(
    ['Ready', 'Active', 'Ready', 'Active'].map((status) => `Job ${JOB}: ${status}`),
  );
  expect(JSON.parse(messages[1]?.get('Message') ?? '')).toMatchObject({ serviceEventDetails: { status: 'Active' } });
  await announcer(own)(JOB, [change(1, 'Ready')], own);
  expect(sent).toHaveLength(5 + 2);
});

test('an event that the bus refuses is not told', async () => {
  refusal = { ErrorCode: 'ThrottlingException', ErrorMessage: 'slower' };
  await expect(announcer()(JOB, [change(1, 'New')])).rejects.toThrow('EventBridge: ThrottlingException: slower');
});

test('a topic that is gone is named and keeps nobody else from being told; one that fails is offered all again', async () => {
  const [all = '', own = ''] = ['all', 'own'].map((name) => `arn:aws:sns:eu-west-1:111122223333:${name}`);
  snsRefusals = { [all]: 'NotFound' };
  const lost = await announcer(all)(JOB, [change(1, 'Ready')], own);
  expect(lost).toEqual([`The topic ${all} takes no messages: NotFoundException: why`]);
  expect(new URLSearchParams(sent.at(-1)?.body).get('TopicArn')).toBe(own);
  snsRefusals = { [all]: 'InternalError' };
  const count = sent.length;
  await expect(announcer(all)(JOB, [change(1, 'Ready')], own)).rejects.toThrow('why');
  expect(sent.slice(count)).toHaveLength(3);
});
