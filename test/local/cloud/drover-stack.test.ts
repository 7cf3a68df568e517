import { mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListJobsCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../../local/cloud.ts';

/** "After the first start it is ready within five seconds." */
const START_MS = 5_000;

let dataFolder: string;
const clouds: Cloud[] = [];

// The first start may have to build the functions and to synthesize the stack; later ones find both.
beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'drover-stack-'));
  const cloud = await startCloud({ dataFolder, port: 0 });
  await cloud.close();
}, 180_000);

afterAll(async () => {
  for (const cloud of clouds) {
    await cloud.close();
  }
  await rm(dataFolder, { recursive: true });
});

test('the stack that cdk deploy sends is ready within five seconds, and its API answers an S3 Control client', async () => {
  const began = performance.now();
  const cloud = await startCloud({ dataFolder, port: 0 });
  clouds.push(cloud);
  expect((await fetch(`${cloud.endpoint}/_drover/health`)).status).toBe(200);
  expect(performance.now() - began).toBeLessThan(START_MS);

  const loopback = new Agent({
    lookup: (_name, options, done) =>
      options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
  });
  const client = new S3ControlClient({
    endpoint: `http://localhost:${new URL(cloud.endpoint).port}`,
    region: cloud.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: { httpAgent: loopback },
  });
  const { Jobs } = await client.send(new ListJobsCommand({ AccountId: cloud.account }));
  client.destroy();
  expect(Jobs).toEqual([]);
});
