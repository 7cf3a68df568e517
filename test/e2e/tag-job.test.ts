import type { S3Client } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createJob, reportLines, s3ControlOf, s3Of, tagJob, untilEnded } from './support/clients.ts';
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

describe('a tag job, from CreateJob to its report', () => {
  test('tags every object and reports each line', async () => {
    const keys = Array.from({ length: 500 }, (_, n) => `photos/${n} of 500.jpg`);
    await putObjects(s3, 'data', keys);
    const spelled = keys.map((key) => encodeURIComponent(key).replaceAll('%2F', '/'));
    const manifest = await putManifest(s3, 'data', 'manifest.csv', [
      ...spelled.map((key) => `data,${key}`),
      'data,none',
    ]);
    const job = await untilEnded(control, await createJob(control, tagJob(manifest)));
    expect(job).toMatchObject({
      Status: 'Complete',
      ProgressSummary: { TotalNumberOfTasks: 501, NumberOfTasksSucceeded: 500, NumberOfTasksFailed: 1 },
      FailureReasons: [],
    });
    expect(await untagged(s3, 'data', keys, 'done=yes')).toEqual([]);
    const lines = await reportLines(s3, job.JobId ?? '');
    expect(lines.filter((line) => line.endsWith(',,succeeded,200,,Successful')).sort()).toEqual(
      spelled.map((key) => `data,${key},,succeeded,200,,Successful`).sort(),
    );
    expect(lines.filter((line) => line.includes('failed'))).toEqual([
      expect.stringMatching(/^data,none,,failed,404,NoSuchKey,"?The specified key does not exist/),
    ]);
  }, 60_000);
});
