import type { S3Client } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createJob, reportLines, s3ControlOf, s3Of, tagJob, untilEnded } from './support/clients.ts';
import { LocalCloud } from './support/local-cloud.ts';
import { createBuckets, fillBucket, untagged } from './support/objects.ts';

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

/** A tag job over what a listing finds, without a manifest. */
function listingJob(filter: object) {
  const { Manifest: _, ...job } = tagJob({ arn: '', etag: '' });
  const generator = { SourceBucket: 'arn:aws:s3:::data', EnableManifestOutput: false, Filter: filter };
  return { ...job, ManifestGenerator: { S3JobManifestGenerator: generator } };
}

describe('a job whose manifest is generated', () => {
  test('does its operation on every object that the filter lets through, and shows the generator', async () => {
    const wanted = Array.from({ length: 2_500 }, (_, n) => `photos/é ${n % 7}/${n}+.jpg`);
    await fillBucket(cloud.endpoint, 'data', [...wanted, 'photos/none.png', 'other/1.jpg']);
    const KeyNameConstraint = { MatchAnyPrefix: ['photos/'], MatchAnySuffix: ['.jpg'] };
    const input = listingJob({ KeyNameConstraint, ObjectSizeGreaterThanBytes: 1 });
    const job = await untilEnded(control, await createJob(control, input));
    expect(job).toMatchObject({
      Status: 'Complete',
      ProgressSummary: { TotalNumberOfTasks: 2_500, NumberOfTasksSucceeded: 2_500, NumberOfTasksFailed: 0 },
      ManifestGenerator: input.ManifestGenerator,
    });
    expect(job.Manifest).toBeUndefined();
    expect(await untagged(s3, 'data', wanted, 'done=yes')).toEqual([]);
    expect((await untagged(s3, 'data', ['photos/none.png', 'other/1.jpg'], 'done=yes')).length).toBe(2);
    expect(await reportLines(s3, job.JobId ?? '')).toHaveLength(2_500);
  }, 90_000);

  test('fails, as with S3, where the filter lets nothing through', async () => {
    const job = await untilEnded(control, await createJob(control, listingJob({ ObjectSizeGreaterThanBytes: 1e9 })));
    expect(job).toMatchObject({
      Status: 'Failed',
      FailureReasons: [{ FailureReason: 'Manifest generation found no keys matching the filter criteria.' }],
    });
  }, 60_000);
});
