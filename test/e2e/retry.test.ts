import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createJob, describeJob, s3ControlOf, s3Of, tagJob, untilEnded } from './support/clients.ts';
import { createJsonJob } from './support/json-job.ts';
import { LocalCloud } from './support/local-cloud.ts';
import { createBuckets, putManifest, putObjects, untagged } from './support/objects.ts';

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

test('a job of what failed in another does just that, though its manifest is gone', async () => {
  const keys = Array.from({ length: 40 }, (_, n) => `photos/${n}.jpg`);
  const missing = keys.filter((_, n) => n % 4 === 1);
  await putObjects(
    s3,
    'data',
    keys.filter((key) => !missing.includes(key)),
  );
  const manifest = await putManifest(
    s3,
    'data',
    'manifest.csv',
    keys.map((key) => `data,${key}`),
  );
  const first = await createJob(control, tagJob(manifest));
  expect(await untilEnded(control, first)).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { NumberOfTasksSucceeded: 30, NumberOfTasksFailed: 10 },
  });

  await putObjects(s3, 'data', missing);
  await s3.send(new DeleteObjectCommand({ Bucket: 'data', Key: 'manifest.csv' }));
  const Drover = { CloneOf: first, TasksOf: { JobId: first } };
  const retry = await createJsonJob(cloud, { ClientRequestToken: 'retry', Drover });
  expect(await untilEnded(control, retry)).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { TotalNumberOfTasks: 10, NumberOfTasksSucceeded: 10, NumberOfTasksFailed: 0 },
  });
  expect(await untagged(s3, 'data', keys, 'done=yes')).toEqual([]);
  // An unchanged client shows such a job, which has no manifest.
  expect((await describeJob(control, retry)).Manifest).toBeUndefined();
}, 90_000);
