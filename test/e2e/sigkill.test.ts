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
import { createBuckets, fillBucket, putManifest, untagged } from './support/objects.ts';

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

test('the whole cloud is killed in mid-job, again and again, and the job ends as if nothing had been', async () => {
  const keys = Array.from({ length: 12_000 }, (_, n) => `k/${n}`);
  await fillBucket(cloud.endpoint, 'data', keys);
  const manifest = await putManifest(
    s3,
    'data',
    'm.csv',
    keys.map((key) => `data,${key}`),
  );
  const jobId = await createJob(control, tagJob(manifest));
  // Killed at once, while the manifest is being read, and then at ever later points of the work itself.
  await cloud.kill();
  await cloud.start();
  for (const share of [0.01, 0.2, 0.4, 0.6, 0.8]) {
    const counted = succeeded(await until(control, jobId, (job) => succeeded(job) >= share * keys.length));
    await cloud.kill();
    await cloud.start();
    // Counts only grow, over a crash too.
    expect(succeeded(await describeJob(control, jobId))).toBeGreaterThanOrEqual(counted);
  }

  const job = await untilEnded(control, jobId, 180_000);
  expect(job).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { TotalNumberOfTasks: 12_000, NumberOfTasksSucceeded: 12_000, NumberOfTasksFailed: 0 },
  });
  const lines = await reportLines(s3, jobId);
  expect(lines.sort()).toEqual(keys.map((key) => `data,${key},,succeeded,200,,Successful`).sort());
  expect(await untagged(s3, 'data', keys, 'done=yes')).toEqual([]);
}, 400_000);

function succeeded({ ProgressSummary }: JobDescriptor): number {
  return ProgressSummary?.NumberOfTasksSucceeded ?? 0;
}
