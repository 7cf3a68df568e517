import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createJob, keysOf, lambdaOf, s3ControlOf, s3Of, tagJob, untilEnded } from './support/clients.ts';
import { recorderFunction } from './support/functions.ts';
import { LocalCloud, ROLE } from './support/local-cloud.ts';
import { createBuckets, putManifest, putObjects } from './support/objects.ts';

const run = promisify(execFile);

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;

beforeAll(async () => {
  cloud = await LocalCloud.start();
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  await createBuckets(s3, 'data', 'reports', 'told');
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  await cloud.remove();
});

async function drover(...argv: string[]): Promise<Record<string, string>[]> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const flags = [...argv, '--json', '--endpoint', cloud.endpoint];
  const { stdout } = await run(process.execPath, [resolve('bin/drover.js'), ...flags], { env });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, string>);
}

/** A rule as users have it for S3 Batch Operations, with another source; its target keeps what it is told. */
async function listen(): Promise<void> {
  const lambda = lambdaOf(cloud);
  const events = new EventBridgeClient({
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  try {
    const { name, runtime, handler, zip } = await recorderFunction('told');
    const { FunctionArn } = await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: runtime,
        Handler: handler,
        Role: ROLE,
        Code: { ZipFile: zip },
      }),
    );
    const detail = { eventSource: ['s3.amazonaws.com'], eventName: ['JobCreated', 'JobStatusChanged'] };
    const EventPattern = JSON.stringify({
      source: ['drover'],
      'detail-type': ['AWS Service Event via CloudTrail'],
      detail,
    });
    await events.send(new PutRuleCommand({ Name: 'job-events', EventPattern }));
    await events.send(new PutTargetsCommand({ Rule: 'job-events', Targets: [{ Id: 'recorder', Arn: FunctionArn }] }));
  } finally {
    lambda.destroy();
    events.destroy();
  }
}

interface Told {
  readonly detail: { readonly serviceEventDetails: { readonly jobId: string; readonly status: string } };
}

/** The statuses that were told of a job, in their order. */
async function toldOf(jobId: string): Promise<string[]> {
  const keys = await keysOf(s3, 'told');
  const events = await Promise.all(
    keys.map(async (Key) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'told', Key }));
      return JSON.parse((await Body?.transformToString()) ?? '') as Told;
    }),
  );
  return events
    .map(({ detail }) => detail.serviceEventDetails)
    .filter((details) => details.jobId === jobId)
    .map(({ status }) => status);
}

const STATUSES = ['New', 'Preparing', 'Ready', 'Active', 'Completing', 'Complete'];

test('each change of a job’s status reaches a function once and for all, over a SIGKILL, and drover events', async () => {
  await listen();
  await putObjects(s3, 'data', ['a', 'b']);
  const manifest = await putManifest(s3, 'data', 'm.csv', ['data,a', 'data,b']);
  const jobId = await createJob(control, tagJob(manifest));
  await cloud.kill();
  await cloud.start();
  await untilEnded(control, jobId, 90_000);
  const end = Date.now() + 90_000;
  for (let told: string[] = []; told.length < STATUSES.length; ) {
    told = await toldOf(jobId);
    if (Date.now() > end) throw new Error(`told: ${told.join()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect((await toldOf(jobId)).sort()).toEqual([...STATUSES].sort());

  const log = await drover('jobs', 'events', jobId);
  expect(log.filter(({ Kind }) => Kind === 'Status').map(({ Status }) => Status)).toEqual(STATUSES);
  expect(log.filter(({ Kind }) => Kind === 'Wave').length).toBeGreaterThan(0);
  const news = await drover('events');
  expect(news.filter(({ JobId }) => JobId === jobId).map(({ Status }) => Status)).toEqual(STATUSES);
}, 300_000);
