import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { CreateJobCommandInput, JobDescriptor, S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createJob, keysOf, s3ControlOf, s3Of, tagJob, untilEnded } from './support/clients.ts';
import { ACCOUNT, LocalCloud } from './support/local-cloud.ts';
import { createBuckets, putManifest, putObjects, untagged } from './support/objects.ts';
import { countedLines, countsOf } from './support/reports.ts';

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;

beforeAll(async () => {
  cloud = await LocalCloud.start();
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  await createBuckets(s3, 'data', 'reports');
  await putObjects(s3, 'data', ['a', 'b', 'c']);
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  await cloud.remove();
});

async function ended(
  manifest: { arn: string; etag: string },
  changes: Partial<CreateJobCommandInput> = {},
): Promise<JobDescriptor> {
  return await untilEnded(control, await createJob(control, tagJob(manifest, changes)));
}

/** A job that failed before it did anything: no task was counted, and there is no report. */
async function expectFailedUnbegun(job: JobDescriptor, code: string, reason: RegExp): Promise<void> {
  expect(job).toMatchObject({
    Status: 'Failed',
    FailureReasons: [{ FailureCode: code, FailureReason: expect.stringMatching(reason) }],
  });
  expect(job.TerminationDate).toBeDefined();
  expect(countsOf(job)).toEqual({ succeeded: 0, failed: 0 });
  expect((await keysOf(s3, 'reports')).filter((key) => key.includes(job.JobId ?? ''))).toEqual([]);
}

describe('a manifest that cannot be used fails the job before its first task, with the reason', () => {
  test('when it was changed since its ETag was taken', async () => {
    const manifest = await putManifest(s3, 'data', 'stale.csv', ['data,a']);
    await s3.send(new PutObjectCommand({ Bucket: 'data', Key: 'stale.csv', Body: 'data,b\n' }));
    await expectFailedUnbegun(
      await ended(manifest),
      'ManifestETagMismatch',
      /s3:\/\/data\/stale\.csv does not have the ETag/,
    );
    expect(await untagged(s3, 'data', ['a', 'b'], '')).toEqual([]);
  });

  test('when it is not there', async () => {
    const job = await ended({ arn: 'arn:aws:s3:::data/none.csv', etag: '0123456789abcdef0123456789abcdef' });
    await expectFailedUnbegun(job, 'ManifestNotFound', /s3:\/\/data\/none\.csv/);
  });

  test.each([
    ['a column too many', 'data,a,b', /Unexpected number of task fields.*\(line 3 of s3:\/\/data\/bad\.csv\)/],
    [
      'a key that is not URL-encoded',
      'data,100%',
      /Invalid object key format "100%".*\(line 3 of s3:\/\/data\/bad\.csv\)/,
    ],
    ['quotes that do not balance', 'data,"a', /not properly formatted.*\(line 3 of s3:\/\/data\/bad\.csv\)/],
  ])('when a line has %s', async (_, line, reason) => {
    const manifest = await putManifest(s3, 'data', 'bad.csv', ['data,a', 'data,b', line, 'data,c']);
    await expectFailedUnbegun(await ended(manifest), 'InvalidManifestContent', reason);
    expect(await untagged(s3, 'data', ['a', 'b', 'c'], '')).toEqual([]);
  });
});

test('a role that jobs may not use is refused, whoever asks', async () => {
  const manifest = await putManifest(s3, 'data', 'role.csv', ['data,a']);
  for (const RoleArn of [`arn:aws:iam::${ACCOUNT}:role/admin`, 'arn:aws:iam::111122223333:role/drover/batch']) {
    await expect(createJob(control, tagJob(manifest, { RoleArn }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(RoleArn),
    });
  }
});

test('a report that cannot be written fails the job, though all of its tasks are done', async () => {
  const keys = ['r/1', 'r/2', 'r/3'];
  await putObjects(s3, 'data', keys);
  const manifest = await putManifest(
    s3,
    'data',
    'report.csv',
    keys.map((key) => `data,${key}`),
  );
  const Report = {
    Enabled: true,
    Bucket: 'arn:aws:s3:::no-such-bucket',
    Format: 'Report_CSV_20180820' as const,
    ReportScope: 'AllTasks' as const,
  };
  const job = await ended(manifest, { Report });
  expect(job).toMatchObject({
    Status: 'Failed',
    ProgressSummary: { TotalNumberOfTasks: 3, NumberOfTasksSucceeded: 3, NumberOfTasksFailed: 0 },
    FailureReasons: [
      {
        FailureCode: 'JobReportNotWritable',
        FailureReason: expect.stringMatching(/^The job report could not be written.*no-such-bucket.*NoSuchBucket/),
      },
    ],
  });
  expect(await untagged(s3, 'data', keys, 'done=yes')).toEqual([]);
});

test('a job all of whose 20,000 tasks fail stops after about a thousand of them', async () => {
  const lines = Array.from({ length: 20_000 }, (_, n) => `data,none/${n}`);
  const job = await ended(await putManifest(s3, 'data', 'all-fail.csv', lines));
  expect(job).toMatchObject({
    Status: 'Failed',
    ProgressSummary: { TotalNumberOfTasks: 20_000, NumberOfTasksSucceeded: 0 },
    FailureReasons: [
      {
        FailureCode: 'TaskFailureThresholdExceeded',
        FailureReason: expect.stringMatching(/tasks failed: more than 50/),
      },
    ],
  });
  const { failed } = countsOf(job);
  expect(failed).toBeGreaterThanOrEqual(1_000);
  expect(failed).toBeLessThan(1_500);
  for (const line of await countedLines(s3, job)) {
    expect(line).toMatch(/^data,none\/\d+,,failed,404,NoSuchKey,/);
  }
}, 120_000);

test('a job most of whose few tasks fail is complete, and its counts and report say what failed', async () => {
  const keys = Array.from({ length: 20 }, (_, n) => `some/${n}`);
  await putObjects(s3, 'data', keys);
  const lines = [...keys, ...keys.map((key) => `none/${key}`), 'none/more'].map((key) => `data,${key}`);
  const all = await ended(await putManifest(s3, 'data', 'some.csv', lines));
  expect(all).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { TotalNumberOfTasks: 41, NumberOfTasksSucceeded: 20, NumberOfTasksFailed: 21 },
    FailureReasons: [],
  });
  await countedLines(s3, all);
  const { Report } = tagJob({ arn: '', etag: '' });
  const failedOnly = { ...Report, Enabled: true, ReportScope: 'FailedTasksOnly' as const };
  const manifest = await putManifest(s3, 'data', 'some-failed.csv', lines.slice(20));
  const none = await ended(manifest, { Report: failedOnly });
  expect((await countedLines(s3, none)).every((line) => line.includes(',failed,404,NoSuchKey,'))).toBe(true);
});

test('an empty version id fails its task only', async () => {
  const manifest = await putManifest(s3, 'data', 'versions.csv', ['data,a,', 'data,b,null']);
  const { Manifest } = tagJob(manifest);
  const job = await ended(manifest, {
    Manifest: {
      ...Manifest,
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key', 'VersionId'] },
      Location: Manifest?.Location,
    },
  });
  expect(job.Status).toBe('Complete');
  expect((await countedLines(s3, job)).sort()).toEqual([
    'data,a,\\N,failed,400,InvalidRequest,Task failed due to missing VersionId',
    'data,b,null,succeeded,200,,Successful',
  ]);
});
