import type { S3Client } from '@aws-sdk/client-s3';
import { type S3ControlClient, UpdateJobStatusCommand } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  createJob,
  describeJob,
  keysOf,
  reportLines,
  s3ControlOf,
  s3Of,
  tagJob,
  until,
  untilEnded,
} from './support/clients.ts';
import { createJsonJob, describeJsonJob } from './support/json-job.ts';
import { ACCOUNT, LocalCloud, ROLE } from './support/local-cloud.ts';
import { createBuckets, putManifest, putObjects } from './support/objects.ts';

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;

beforeAll(async () => {
  cloud = await LocalCloud.start();
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  await createBuckets(s3, 'data', 'archive', 'reports');
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  await cloud.remove();
});

const REPORT = {
  Prefix: 'out',
  Enabled: true,
  Bucket: 'arn:aws:s3:::reports',
  Format: 'Report_CSV_20180820',
  ReportScope: 'AllTasks',
};

/** Deletes what a job before it did. */
const deletion = (token: string, After: object): object => ({
  ClientRequestToken: token,
  ConfirmationRequired: false,
  Priority: 10,
  RoleArn: ROLE,
  Report: REPORT,
  Operation: { Drover: { DeleteObject: { Confirm: 'delete' } } },
  Drover: { After },
});

async function confirm(JobId: string, RequestedJobStatus: 'Ready' | 'Cancelled' = 'Ready'): Promise<void> {
  await control.send(new UpdateJobStatusCommand({ AccountId: ACCOUNT, JobId, RequestedJobStatus }));
}

test('copy, then delete what was copied and only that, though the cloud is killed in between', async () => {
  const keys = Array.from({ length: 60 }, (_, n) => `photos/${n}.jpg`);
  const there = keys.filter((_, n) => n % 4 !== 1);
  await putObjects(s3, 'data', there);
  await putObjects(s3, 'data', ['photos/other.jpg']);
  const manifest = await putManifest(
    s3,
    'data',
    'm.csv',
    keys.map((key) => `data,${key}`),
  );
  const copy = await createJob(control, {
    ...tagJob(manifest),
    ConfirmationRequired: true,
    Operation: { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::archive' } },
  });
  const removal = await createJsonJob(cloud, deletion('after-copy', { JobIds: [copy], Manifest: 'SucceededTasks' }));
  await until(control, copy, ({ Status }) => Status === 'Suspended');
  expect(await describeJsonJob(cloud, removal)).toMatchObject({
    Status: 'New',
    StatusUpdateReason: `Waits for the end of job ${copy} (Drover.After)`,
  });

  await cloud.kill();
  await cloud.start();
  await confirm(copy);
  await cloud.kill();
  await cloud.start();
  expect(await untilEnded(control, copy)).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { NumberOfTasksSucceeded: 45, NumberOfTasksFailed: 15 },
  });
  await cloud.kill();
  await cloud.start();
  // A call of the scheduler that died with the cloud is made good by the sweeper's next.
  expect(await untilEnded(control, removal, 120_000)).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { TotalNumberOfTasks: 45, NumberOfTasksSucceeded: 45, NumberOfTasksFailed: 0 },
  });
  expect(await keysOf(s3, 'archive')).toEqual([...there].sort());
  expect(await keysOf(s3, 'data')).toEqual(['m.csv', 'photos/other.jpg']);
  expect(await reportLines(s3, removal)).toHaveLength(45);
  expect(await describeJsonJob(cloud, copy)).toMatchObject({
    Drover: { Failures: [{ ErrorCode: 'NoSuchKey', Tasks: 15 }] },
  });
}, 300_000);

test('a job has nothing to do where the one before it was cancelled, and says so', async () => {
  await putObjects(s3, 'data', ['one']);
  const manifest = await putManifest(s3, 'data', 'one.csv', ['data,one']);
  const first = await createJob(control, { ...tagJob(manifest), ClientRequestToken: 'c', ConfirmationRequired: true });
  const next = await createJsonJob(cloud, deletion('never', { JobIds: [first], Manifest: 'Same' }));
  await until(control, first, ({ Status }) => Status === 'Suspended');
  await confirm(first, 'Cancelled');
  expect(await untilEnded(control, next)).toMatchObject({
    Status: 'Cancelled',
    StatusUpdateReason: `Nothing to do: job ${first} ended Cancelled, and Drover.After.On is Complete.`,
  });
  expect(await describeJob(control, first)).toMatchObject({ Status: 'Cancelled' });
  expect(await keysOf(s3, 'data')).toContain('one');
}, 60_000);
