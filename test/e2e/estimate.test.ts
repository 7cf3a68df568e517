import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { S3Client } from '@aws-sdk/client-s3';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Estimate } from '../../core/estimate/estimate.ts';
import { createJob, s3ControlOf, s3Of, tagJob, until } from './support/clients.ts';
import { LocalCloud } from './support/local-cloud.ts';
import { createBuckets, putManifest } from './support/objects.ts';

const run = promisify(execFile);

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;

beforeAll(async () => {
  cloud = await LocalCloud.start();
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  await createBuckets(s3, 'data', 'reports', 'examples');
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  await cloud.remove();
});

async function drover(...argv: string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const line = [resolve('bin/drover.js'), ...argv, '--endpoint', cloud.endpoint];
  return (await run(process.execPath, line, { env })).stdout;
}

async function estimated(...argv: string[]): Promise<Estimate> {
  return JSON.parse(await drover('estimate', ...argv, '--json')) as Estimate;
}

test('a prepared job is estimated as its request is, by its number of tasks or a look at its manifest', async () => {
  const manifest = await putManifest(
    s3,
    'data',
    'manifest.csv',
    Array.from({ length: 700 }, (_, line) => `data,some/key/${line}`),
  );
  const jobId = await createJob(control, tagJob(manifest, { ConfirmationRequired: true }));
  await until(control, jobId, ({ Status }) => Status === 'Suspended');
  const ofJob = await estimated(jobId);
  const asked = ['--operation', 'put-object-tagging', '--tags', 'done=yes'];
  expect(ofJob).toMatchObject({ JobId: jobId, Tasks: 700, Costs: { Requests: { USD: expect.closeTo(0.0035, 9) } } });
  for (const known of [
    ['--tasks', '700'],
    ['--manifest', 's3://data/manifest.csv'],
  ]) {
    const ofRequest = await estimated(...asked, ...known);
    for (const member of ['Tasks', 'RunTime', 'Costs', 'S3BatchOperations'] as const) {
      expect(ofRequest[member]).toEqual(ofJob[member]);
    }
  }
}, 60_000);

test('the example jobs are estimated as they stand', async () => {
  const Body = await readFile('examples/manifest.csv');
  await s3.send(new PutObjectCommand({ Bucket: 'examples', Key: 'manifest.csv', Body }));
  const tagging = await drover('estimate', '--file', 'examples/job.yaml');
  expect(tagging).toMatch(/^Operation {2}S3PutObjectTagging\nTasks {6}3, counted in the manifest$/m);
  expect(tagging).toMatch(/^S3 Batch Operations instead +0\.2500$/m);
  const invoking = await drover('estimate', '--file', 'examples/job.json');
  expect(invoking).toContain('The function’s own duration, and what it asks of S3, are paid for besides.');
}, 60_000);

test('a look at the manifest tells its number of tasks, whatever its kind', async () => {
  await run(process.execPath, ['--import', 'tsx', 'examples/manifests/make.ts'], {
    env: { ...process.env, ...cloud.environment },
  });
  const filtered = 'with the filter left out of account: fewer';
  for (const [job, tasks] of Object.entries({
    csv: '3, counted in the manifest',
    'csv-inventory': `about 3, counted in the inventory, ${filtered}`,
    'parquet-inventory': '3, by the footers of its Parquet files',
    parquet: `about 3, by the footers of its Parquet files, ${filtered}`,
    'csv-table': '3, counted in the manifest',
    failed: '2, counted in the manifest',
  })) {
    expect(await drover('estimate', '--file', `examples/manifests/${job}.yaml`)).toMatch(`\nTasks      ${tasks}\n`);
  }
}, 60_000);
