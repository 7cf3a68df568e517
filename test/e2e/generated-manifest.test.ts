import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { JobManifestFormat, S3ControlClient, S3ManifestOutputLocation } from '@aws-sdk/client-s3-control';
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
  await createBuckets(s3, 'data', 'reports', 'lists');
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

/** The same, whose list is to be written to a bucket. */
function writingJob(location: Partial<S3ManifestOutputLocation>) {
  const job = listingJob({ KeyNameConstraint: { MatchAnyPrefix: ['photos/'] } });
  const ManifestOutputLocation: S3ManifestOutputLocation = {
    Bucket: 'arn:aws:s3:::lists',
    ManifestFormat: 'S3InventoryReport_CSV_20211130',
    ...location,
  };
  const { S3JobManifestGenerator: generator } = job.ManifestGenerator;
  const writing = { ...generator, EnableManifestOutput: true, ManifestOutputLocation };
  return { ...job, ManifestGenerator: { S3JobManifestGenerator: writing } };
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

describe('a generated manifest that is written to a bucket', () => {
  const KeyId = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555';

  test('is shown by DescribeJob, encrypted as asked, and is the manifest of other jobs', async () => {
    const input = writingJob({ ManifestPrefix: 'mine', ManifestEncryption: { SSEKMS: { KeyId } } });
    const first = await untilEnded(control, await createJob(control, input));
    expect(first).toMatchObject({ Status: 'Complete', ProgressSummary: { TotalNumberOfTasks: 2_501 } });
    const { Format, Location } = first.GeneratedManifestDescriptor ?? {};
    const Key = `mine/manifest-${first.JobId}/manifest.json`;
    expect(Location?.ObjectArn).toBe(`arn:aws:s3:::lists/${Key}`);
    const head = await s3.send(new HeadObjectCommand({ Bucket: 'lists', Key }));
    expect(head).toMatchObject({ ETag: `"${Location?.ETag}"`, ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KeyId });
    for (const format of [Format, 'S3InventoryReport_CSV_20161130']) {
      const Manifest = { Spec: { Format: format as JobManifestFormat }, Location };
      const second = await untilEnded(
        control,
        await createJob(control, { ...tagJob({ arn: '', etag: '' }), Manifest }),
      );
      expect(second).toMatchObject({
        Status: 'Complete',
        ProgressSummary: { TotalNumberOfTasks: 2_501, NumberOfTasksSucceeded: 2_501 },
      });
    }
  }, 120_000);

  test.each([
    ['there is no such bucket', { Bucket: 'arn:aws:s3:::nowhere' }, /nowhere: NoSuchBucket/],
    ['the bucket is another’s', { ExpectedManifestBucketOwner: '999999999999' }, /lists: AccessDenied/],
  ])(
    'fails the job before its first task where %s',
    async (_, location, reason) => {
      const job = await untilEnded(control, await createJob(control, writingJob(location)));
      expect(job).toMatchObject({
        Status: 'Failed',
        FailureReasons: [{ FailureCode: 'ManifestGenerationFailed', FailureReason: expect.stringMatching(reason) }],
      });
      expect(job.FailureReasons?.[0]?.FailureReason).toContain('Failed to write manifest');
      expect(job.GeneratedManifestDescriptor).toBeUndefined();
    },
    60_000,
  );
});
