import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeJobCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../local/faults/fault-injector.ts';
import { createFrontDoor, type FrontDoor } from '../../../local/server/front-door.ts';
import type { ServiceName } from '../../../local/server/route.ts';
import type { LocalService } from '../../../local/service.ts';

interface Seen {
  readonly service: string;
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly host: string | undefined;
}

const NAMES: readonly ServiceName[] = ['s3', 'dynamodb', 'states', 'lambda', 'events', 'sts', 'execute-api'];
let door: FrontDoor;
let seen: Seen[];

beforeEach(async () => {
  seen = [];
  door = await createFrontDoor({ host: '127.0.0.1', port: 0, faults: new FaultInjector() });
});

afterEach(() => door.close(0));

/** Answers everything with 418 and remembers what it was sent. */
function teapot(service: string): LocalService {
  return {
    async handle(request, response) {
      seen.push({ service, method: request.method, url: request.url, host: request.headers.host });
      request.resume();
      response.writeHead(418).end();
    },
    async stop() {},
  };
}

function openAll(): void {
  door.open(Object.fromEntries(NAMES.map((name) => [name, teapot(name)])));
}

function port(): number {
  return Number(new URL(door.endpoint).port);
}

async function raw(text: string): Promise<string> {
  const socket = connect(port(), '127.0.0.1');
  socket.write(text.replaceAll('\n', '\r\n'));
  let answer = '';
  socket.on('data', (data) => {
    answer += data;
  });
  await once(socket, 'close');
  return answer;
}

describe('requests are told apart', () => {
  const config = () => ({
    endpoint: door.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const sent: [string, () => Promise<unknown>][] = [
    ['s3', () => new S3Client({ ...config(), forcePathStyle: true }).send(new ListBucketsCommand({}))],
    ['dynamodb', () => new DynamoDBClient(config()).send(new ListTablesCommand({}))],
    ['states', () => new SFNClient(config()).send(new ListStateMachinesCommand({}))],
    ['lambda', () => new LambdaClient(config()).send(new InvokeCommand({ FunctionName: 'f' }))],
    ['events', () => new EventBridgeClient(config()).send(new ListRulesCommand({}))],
    ['sts', () => new STSClient(config()).send(new GetCallerIdentityCommand({}))],
  ];

  test.each(sent)('by the service that the SDK signs for: %s', async (service, send) => {
    openAll();
    await send().catch(() => {});
    expect(seen.map((one) => one.service)).toEqual([service]);
  });

  test('S3 Control, though signed for s3, goes to the REST API, whatever the host', async () => {
    openAll();
    const agent = new Agent({
      lookup: (_name, options, done) =>
        options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
    });
    const client = new S3ControlClient({
      ...config(),
      endpoint: `http://drover.local:${port()}`,
      requestHandler: { httpAgent: agent },
    });
    await client.send(new DescribeJobCommand({ AccountId: '000000000000', JobId: 'some-job' })).catch(() => {});
    expect(seen).toEqual([
      {
        service: 'execute-api',
        method: 'GET',
        url: '/v20180820/jobs/some-job',
        host: `000000000000.drover.local:${port()}`,
      },
    ]);
  });

  test('a presigned URL by its credential, one of S3 unsigned, one of Lambda unsigned', async () => {
    openAll();
    const s3 = new S3Client({ ...config(), forcePathStyle: true });
    await fetch(await getSignedUrl(s3, new GetObjectCommand({ Bucket: 'b', Key: 'k' })));
    await fetch(`${door.endpoint}/bucket/key`);
    await fetch(`${door.endpoint}/2015-03-31/functions/`);
    expect(seen.map((one) => one.service)).toEqual(['s3', 's3', 'lambda']);
  });

  test('unsigned by target, by path and by host', async () => {
    openAll();
    const post = { method: 'POST', headers: { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' } };
    await fetch(door.endpoint, post);
    await fetch(`${door.endpoint}/_aws/execute-api/abc/prod/jobs`);
    await raw('GET /prod/jobs HTTP/1.1\nHost: abc.execute-api.us-east-1.amazonaws.com\nConnection: close\n\n');
    expect(seen.map((one) => one.service)).toEqual(['states', 'execute-api', 'execute-api']);
  });

  test('an unknown service is named in an error that its client can read', async () => {
    openAll();
    const authorization = 'AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/sqs/aws4_request, Signature=0';
    const xml = await fetch(door.endpoint, { method: 'POST', headers: { authorization } });
    expect(xml.status).toBe(501);
    expect(await xml.text()).toMatch(/<Code>UnknownService<\/Code>.*service "sqs"/);
    const json = await fetch(door.endpoint, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/x-amz-json-1.0' },
    });
    expect(await json.json()).toMatchObject({ __type: 'UnknownService', message: expect.stringContaining('"sqs"') });
    expect(seen).toEqual([]);
  });
});

describe('as an HTTP proxy', () => {
  test('absolute form: the host is the one asked for, the path stays byte for byte', async () => {
    openAll();
    await raw(
      `POST http://000000000000.drover.local/v20180820/jobs?x=1 HTTP/1.1\nHost: 127.0.0.1:${port()}\nContent-Length: 0\nConnection: close\n\n`,
    );
    await raw('GET http://drover.local/bucket/a/../c//d%2F HTTP/1.1\nHost: x\nConnection: close\n\n');
    await raw('GET http://drover.local HTTP/1.1\nHost: x\nConnection: close\n\n');
    expect(seen).toEqual([
      { service: 'execute-api', method: 'POST', url: '/v20180820/jobs?x=1', host: '000000000000.drover.local' },
      { service: 's3', method: 'GET', url: '/bucket/a/../c//d%2F', host: 'drover.local' },
      { service: 's3', method: 'GET', url: '/', host: 'drover.local' },
    ]);
  });

  test('CONNECT is answered with what to do instead', async () => {
    const answer = await raw('CONNECT s3.amazonaws.com:443 HTTP/1.1\nHost: s3.amazonaws.com:443\n\n');
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
    expect(answer).toMatch(/begins with http:\/\//);
  });
});

describe('readiness', () => {
  test('health and everything else answer 503 until the services are there, health alone until all is ready', async () => {
    expect((await fetch(`${door.endpoint}/_drover/health`)).status).toBe(503);
    expect((await fetch(`${door.endpoint}/bucket/key`)).status).toBe(503);
    openAll();
    expect((await fetch(`${door.endpoint}/bucket/key`)).status).toBe(418);
    expect((await fetch(`${door.endpoint}/_drover/health`)).status).toBe(503);
    door.ready();
    const health = await fetch(`${door.endpoint}/_drover/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toEqual({ status: 'ready' });
  });

  test('a service that throws answers 500 and does not end the process', async () => {
    door.open({ s3: { handle: () => Promise.reject(new Error('disk gone')), async stop() {} } });
    const answer = await fetch(`${door.endpoint}/bucket/key`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain('disk gone');
  });

  test('a taken port is named', async () => {
    await expect(createFrontDoor({ host: '127.0.0.1', port: port(), faults: new FaultInjector() })).rejects.toThrow(
      `Port ${port()} of 127.0.0.1 is taken`,
    );
  });
});
