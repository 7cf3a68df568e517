import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  paginateQuery,
  paginateScan,
  TransactWriteItemsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  createDynamoDbService,
  type DynamoDbService,
  type TableDefinition,
} from '../../../local/dynamodb/dynamodb-service.ts';

const identity = { account: '123456789012', region: 'eu-west-1' };
const table: TableDefinition = {
  TableName: 'Jobs',
  AttributeDefinitions: ['pk', 'sk', 'listPk', 'listSk'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'ListJobs',
      KeySchema: [
        { AttributeName: 'listPk', KeyType: 'HASH' },
        { AttributeName: 'listSk', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
};

let folder: string;
const closers: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynamodb-'));
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) {
    await close();
  }
  await rm(folder, { recursive: true });
});

function clientOf(port: number): DynamoDBClient {
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: identity.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  closers.push(async () => client.destroy());
  return client;
}

async function serve(): Promise<{ service: DynamoDbService; client: DynamoDBClient }> {
  const service = await createDynamoDbService({ dataFolder: folder, identity });
  closers.push(() => service.stop());
  const server = createServer((request, response) => void service.handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(
    () => new Promise((resolve) => server.close(resolve)),
    async () => server.closeAllConnections(),
  );
  return { service, client: clientOf((server.address() as AddressInfo).port) };
}

describe('tables', () => {
  test('a table of the template is active when createTable returns, with an ARN of this account', async () => {
    const { service, client } = await serve();
    await service.createTable(table);
    await service.createTable(table);

    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'Jobs' }));
    expect(Table?.TableStatus).toBe('ACTIVE');
    expect(Table?.TableArn).toBe('arn:aws:dynamodb:eu-west-1:123456789012:table/Jobs');
  });

  test('a table whose keys changed is refused, and the message says what to do', async () => {
    const { service } = await serve();
    await service.createTable(table);
    const changed = { ...table, GlobalSecondaryIndexes: [] };
    await expect(service.createTable(changed)).rejects.toThrow(/Jobs.*Start with another data folder/);
  });

  test('an item over 400 KB is refused', async () => {
    const { service, client } = await serve();
    await service.createTable(table);
    const item = { pk: { S: 'a' }, sk: { S: 'b' }, text: { S: 'x'.repeat(400 * 1024) } };
    await expect(client.send(new PutItemCommand({ TableName: 'Jobs', Item: item }))).rejects.toThrow(
      /Item size has exceeded the maximum allowed size/,
    );
  });
});

describe('what is not there is said', () => {
  test('operations by name', async () => {
    const { client } = await serve();
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [] }))).rejects.toThrow(
      /no operation "DynamoDB_20120810.TransactWriteItems"/,
    );
    const ttl = { AttributeName: 'expires', Enabled: true };
    await expect(
      client.send(new UpdateTimeToLiveCommand({ TableName: 'Jobs', TimeToLiveSpecification: ttl })),
    ).rejects.toThrow(/UpdateTimeToLive/);
  });

  test('the old item on a failed condition', async () => {
    const { service, client } = await serve();
    await service.createTable(table);
    const put = new PutItemCommand({
      TableName: 'Jobs',
      Item: { pk: { S: 'a' }, sk: { S: 'b' } },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(client.send(put)).rejects.toThrow(/ReturnValuesOnConditionCheckFailure "ALL_OLD" is not supported/);
  });

  test('a body that is no JSON', async () => {
    const { client } = await serve();
    const { hostname, port } = await client.config.endpoint!();
    const answer = await fetch(`http://${hostname}:${port}/`, {
      method: 'POST',
      headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem' },
      body: '{',
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ __type: expect.stringMatching(/#SerializationException$/) });
  });
});

describe('killed amid writes', () => {
  test('what was acknowledged is there, and the index says what the table says', async () => {
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < 3; round++) {
      await writeUntilKilled(round, acknowledged);
    }

    const { client } = await serve();
    const items = new Map<string, { listSk: string; version: number }>();
    for await (const page of paginateScan({ client }, { TableName: 'Jobs', ConsistentRead: true })) {
      for (const item of page.Items ?? []) {
        items.set(item.pk!.S!, { listSk: item.listSk!.S!, version: Number(item.version!.N) });
      }
    }
    for (const [pk, version] of acknowledged) {
      expect(items.get(pk)?.version).toBeGreaterThanOrEqual(version);
    }
    const indexed: [string, string][] = [];
    const query = {
      TableName: 'Jobs',
      IndexName: 'ListJobs',
      KeyConditionExpression: 'listPk = :job',
      ExpressionAttributeValues: { ':job': { S: 'JOB' } },
    };
    for await (const page of paginateQuery({ client }, query)) {
      indexed.push(...(page.Items ?? []).map((item): [string, string] => [item.pk!.S!, item.listSk!.S!]));
    }
    const expected = [...items].map(([pk, item]) => [pk, item.listSk]);
    expect(indexed.sort()).toEqual(expected.sort());
    expect(indexed.length).toBeGreaterThan(100);
  }, 60_000);
});

/** Writes items over and over, each time at another place of the index, and kills the server in their midst. */
async function writeUntilKilled(round: number, acknowledged: Map<string, number>): Promise<void> {
  const host = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'dynamodb-host.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const exited = once(host, 'exit');
  const [port] = await once(createInterface(host.stdout), 'line');
  const client = clientOf(Number(port));
  if (round === 0) {
    await client.send(
      new CreateTableCommand({ ...(table as object), BillingMode: 'PAY_PER_REQUEST' } as CreateTableCommand['input']),
    );
  }
  let writes = 0;
  const writer = async (start: number): Promise<void> => {
    for (let n = start; ; n += 10) {
      const pk = `job-${n % 300}`;
      const version = round * 1_000_000 + n;
      const item = { pk, sk: 'request', listPk: 'JOB', listSk: `${version}#${pk}` };
      const Item = {
        ...Object.fromEntries(Object.entries(item).map(([name, S]) => [name, { S }])),
        version: { N: `${version}` },
      };
      await client.send(new PutItemCommand({ TableName: 'Jobs', Item }));
      acknowledged.set(pk, version);
      if (++writes === 700) {
        host.kill('SIGKILL');
      }
    }
  };
  await Promise.allSettled(Array.from({ length: 10 }, (_, start) => writer(start)));
  await exited;
}
