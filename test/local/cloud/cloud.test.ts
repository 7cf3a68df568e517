import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Cloud, type CloudOptions, startCloud } from '../../../local/cloud.ts';

const assembly = join(import.meta.dirname, 'assembly');
const AUTHORIZATION = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, Signature=0';

let dataFolder: string;
const clouds: Cloud[] = [];
const clients: { destroy(): void }[] = [];

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'cloud-'));
});

afterEach(async () => {
  for (const client of clients.splice(0)) {
    client.destroy();
  }
  for (const cloud of clouds.splice(0)) {
    await cloud.close();
  }
  await rm(dataFolder, { recursive: true });
});

async function start(options: Partial<CloudOptions> = {}): Promise<Cloud> {
  const cloud = await startCloud({ dataFolder, port: 0, assembly, ...options });
  clouds.push(cloud);
  return cloud;
}

interface Clients {
  readonly states: SFNClient;
  readonly s3: S3Client;
  readonly sts: STSClient;
  hasItem(id: string): Promise<boolean>;
}

function clientsOf(cloud: Cloud): Clients {
  const { endpoint } = cloud;
  const config = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const dynamodb = new DynamoDBClient(config);
  const states = new SFNClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const sts = new STSClient(config);
  clients.push(dynamodb, states, s3, sts);
  const hasItem = async (id: string) =>
    (await dynamodb.send(new GetItemCommand({ TableName: cloud.outputs.Table, Key: { id: { S: id } } }))).Item !==
    undefined;
  return { states, s3, sts, hasItem };
}

/** The next look is taken when the one before has been answered, so that this waits on the cloud, not on a clock. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await new Promise(setImmediate);
  }
}

describe('the whole cloud', () => {
  test('runs a template: its API, its functions, its machine, its rule, with all services at one port', async () => {
    const cloud = await start();
    const health = await fetch(`${cloud.endpoint}/_drover/health`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ready' }]);

    const answer = await fetch(`${cloud.endpoint}/v20180820/jobs`, { headers: { authorization: AUTHORIZATION } });
    expect(await answer.json()).toEqual({ path: '/v20180820/jobs', table: cloud.outputs.Table });

    const { states, s3, sts, hasItem } = clientsOf(cloud);
    const { executionArn } = await states.send(
      new StartExecutionCommand({ stateMachineArn: cloud.outputs.Machine, input: '{"id":"from the machine"}' }),
    );
    const describe = new DescribeExecutionCommand({ executionArn });
    await until(async () => (await states.send(describe)).status === 'SUCCEEDED');
    expect(await hasItem('from the machine')).toBe(true);

    await s3.send(new PutObjectCommand({ Bucket: cloud.outputs.Bucket, Key: 'from the bucket', Body: 'x' }));
    await until(() => hasItem('from the bucket'));
    expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe('000000000000');
  });

  test('closed amid an execution and started again has the same names and data, and goes on', async () => {
    const first = await start();
    const before = clientsOf(first);
    const { executionArn } = await before.states.send(
      new StartExecutionCommand({ stateMachineArn: first.outputs.Machine, input: '{"id":"kept"}', name: 'once' }),
    );
    await until(() => before.hasItem('kept'));
    await first.close();
    await expect(fetch(`${first.endpoint}/_drover/health`)).rejects.toThrow();

    const second = await start();
    expect(second.outputs).toEqual(first.outputs);
    const after = clientsOf(second);
    expect(await after.hasItem('kept')).toBe(true);
    const describe = new DescribeExecutionCommand({ executionArn });
    await until(async () => (await after.states.send(describe)).status === 'SUCCEEDED');
  });
});

describe('a data folder', () => {
  test('in use is refused, and says by whom; left behind by a killed process it is taken', async () => {
    const host = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'cloud-host.ts'), dataFolder], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const exited = once(host, 'exit');
    const [endpoint] = await once(createInterface(host.stdout), 'line');
    await expect(start()).rejects.toThrow(
      `The data folder ${dataFolder} is in use by another Drover (process ${host.pid}, ${endpoint}).`,
    );
    host.kill('SIGKILL');
    await exited;
    expect((await start()).endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('in use by this very process is refused too, and the first cloud goes on', async () => {
    const cloud = await start();
    await expect(start()).rejects.toThrow(/in use by another Drover/);
    expect((await fetch(`${cloud.endpoint}/_drover/health`)).status).toBe(200);
  });

  test('is free again after a start that failed', async () => {
    const taken = await start();
    const other = await mkdtemp(join(tmpdir(), 'cloud-'));
    try {
      const port = Number(new URL(taken.endpoint).port);
      await expect(start({ dataFolder: other, port })).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`);
      const cloud = await start({ dataFolder: other });
      await cloud.close();
    } finally {
      await rm(other, { recursive: true });
    }
  });
});

describe('what is wrong with the options is said', () => {
  test.each<[Partial<CloudOptions>, RegExp]>([
    [{ account: '123' }, /account must be twelve digits, not "123"/],
    [{ s3Endpoint: 'minio:9000' }, /--s3-endpoint must be a URL such as http:.*not "minio:9000"/],
  ])('%j', async (options, message) => {
    await expect(start(options)).rejects.toThrow(message);
  });
});
