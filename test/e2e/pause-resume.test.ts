import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { S3Client } from '@aws-sdk/client-s3';
import type { JobDescriptor, S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  createJob,
  describeJob,
  reportLines,
  s3ControlOf,
  s3Of,
  tagJob,
  until,
  untilEnded,
} from './support/clients.ts';
import { LocalCloud } from './support/local-cloud.ts';
import { createBuckets, fillBucket, putManifest } from './support/objects.ts';

const run = promisify(execFile);

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;

beforeAll(async () => {
  cloud = await LocalCloud.start();
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  await createBuckets(s3, 'data', 'reports');
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  await cloud.remove();
});

async function drover(...argv: string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  return (await run(process.execPath, [resolve('bin/drover.js'), ...argv, '--endpoint', cloud.endpoint], { env }))
    .stdout;
}

/** Requests for objects take a while, so that there is a midst of a job. */
async function slowDown(path: string): Promise<void> {
  const rules = [{ service: 's3', path, latency: 150 }];
  await fetch(`${cloud.endpoint}/_drover/faults`, { method: 'PUT', body: JSON.stringify({ rules }) });
}

/** Requests of the paused job that S3 has seen. */
async function seen(): Promise<number> {
  const answer = await fetch(`${cloud.endpoint}/_drover/faults`);
  const { rules } = (await answer.json()) as { rules: { happened: number }[] };
  return rules[0]?.happened ?? 0;
}

async function jobOver(prefix: string, objects: number, Priority: number): Promise<string> {
  const keys = Array.from({ length: objects }, (_, n) => `${prefix}/${n}`);
  await fillBucket(cloud.endpoint, 'data', keys);
  const lines = keys.map((key) => `data,${key}`);
  return await createJob(control, tagJob(await putManifest(s3, 'data', `${prefix}.csv`, lines), { Priority }));
}

test('a job that is paused begins no task, whatever its priority, over a SIGKILL, until it is resumed', async () => {
  await slowDown('/data/slow/');
  const paused = await jobOver('slow', 12_000, 100);
  await until(control, paused, (job) => succeeded(job) > 0);
  expect(await drover('jobs', 'pause', paused, '--reason', 'lunch')).toContain('Pausing');
  const held = await until(control, paused, ({ Status }) => Status === 'Paused', 10_000);
  expect(held.StatusUpdateReason).toContain('lunch');

  const before = await seen();
  const other = await jobOver('other', 500, 1);
  expect(await untilEnded(control, other)).toMatchObject({ Status: 'Complete' });
  expect(await seen()).toBe(before);
  await cloud.kill();
  await cloud.start();
  expect((await describeJob(control, paused)).Status).toBe('Paused');

  expect(await drover('jobs', 'resume', paused)).toContain(paused);
  expect(await untilEnded(control, paused, 120_000)).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { TotalNumberOfTasks: 12_000, NumberOfTasksSucceeded: 12_000, NumberOfTasksFailed: 0 },
  });
  expect(new Set(await reportLines(s3, paused)).size).toBe(12_000);
}, 300_000);

test('limits are changed while a job runs, and shown', async () => {
  await slowDown('/data/limited/');
  const job = await jobOver('limited', 3_000, 10);
  await until(control, job, (each) => succeeded(each) > 0);
  await drover('jobs', 'update', job, '--rate', '200', '--max-workers', '1');
  const text = await drover('jobs', 'describe', job);
  expect(text).toContain('at most 200 tasks a second');
  await drover('jobs', 'update', job, '--rate', 'none');
  expect(await untilEnded(control, job, 120_000)).toMatchObject({ Status: 'Complete' });
}, 200_000);

function succeeded({ ProgressSummary }: JobDescriptor): number {
  return ProgressSummary?.NumberOfTasksSucceeded ?? 0;
}
