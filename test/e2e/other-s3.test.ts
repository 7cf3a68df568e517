import { ListBucketsCommand, type S3Client } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createJob, keysOf, s3ControlOf, s3Of, tagJob, untilEnded } from './support/clients.ts';
import { ACCOUNT, LocalCloud } from './support/local-cloud.ts';
import { createBuckets, putManifest, putObjects, untagged } from './support/objects.ts';
import { countedLines } from './support/reports.ts';

/** The local cloud looks at who signs, and does not check the signature. */
const SIGNED = {
  authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0',
};

async function bucketsOf(s3: S3Client): Promise<string[]> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  return Buckets.flatMap(({ Name }) => Name ?? []);
}

/** Another local cloud plays the S3 of the user's: MinIO, Ceph or any other. */
describe.each(['path', 'virtual'])('with another S3 in %s style', (style) => {
  let other: LocalCloud;
  let cloud: LocalCloud;
  let endpoint: string;
  let otherS3: S3Client;
  let ownS3: S3Client;
  let control: S3ControlClient;

  beforeAll(async () => {
    other = await LocalCloud.start();
    const { port } = new URL(other.endpoint);
    endpoint = style === 'path' ? other.endpoint : `http://s3.localhost:${port}`;
    cloud = await LocalCloud.start('--s3-endpoint', endpoint, '--s3-addressing-style', style);
    otherS3 = s3Of(other);
    ownS3 = s3Of(cloud);
    control = s3ControlOf(cloud);
  }, 200_000);

  afterAll(async () => {
    otherS3.destroy();
    ownS3.destroy();
    control.destroy();
    await cloud.remove();
    await other.remove();
  });

  test('a job acts on the objects of another S3 and reports there, and only its work files are local', async () => {
    const [otherWork = ''] = await bucketsOf(otherS3);
    const own = await bucketsOf(ownS3);
    await createBuckets(otherS3, 'data', 'reports');
    const keys = Array.from({ length: 30 }, (_, n) => `there/${n} ü.txt`);
    await putObjects(otherS3, 'data', keys);
    const spelled = keys.map((key) => `data,${encodeURIComponent(key)}`);
    const manifest = await putManifest(otherS3, 'data', 'm.csv', [...spelled, 'data,none']);

    const job = await untilEnded(control, await createJob(control, tagJob(manifest)));
    expect(job).toMatchObject({
      Status: 'Complete',
      ProgressSummary: { TotalNumberOfTasks: 31, NumberOfTasksSucceeded: 30, NumberOfTasksFailed: 1 },
    });
    expect(await untagged(otherS3, 'data', keys, 'done=yes')).toEqual([]);
    const lines = await countedLines(otherS3, job);
    expect(lines.filter((line) => line.includes(',succeeded,')).sort()).toEqual(
      spelled.map((line) => `${line},,succeeded,200,,Successful`).sort(),
    );

    expect(await bucketsOf(ownS3)).toEqual(own);
    expect(own).toHaveLength(1);
    const work = await keysOf(ownS3, own[0] ?? '');
    expect(work).toContain(`jobs/${job.JobId}/plan.json`);
    expect(await keysOf(otherS3, otherWork)).toEqual([]);

    const answer = await fetch(`${cloud.endpoint}/v20180820/jobs/${job.JobId}`, {
      headers: { ...SIGNED, accept: 'application/json', 'x-amz-account-id': ACCOUNT },
    });
    expect(await answer.json()).toMatchObject({ Job: { Drover: { ObjectsEndpoint: endpoint } } });
  }, 60_000);

  test('a manifest that the other S3 does not have fails the job, whatever the local one has', async () => {
    await createBuckets(ownS3, 'data');
    const manifest = await putManifest(ownS3, 'data', 'local.csv', ['data,x']);
    const job = await untilEnded(control, await createJob(control, tagJob(manifest)));
    expect(job).toMatchObject({ Status: 'Failed', FailureReasons: [{ FailureCode: 'ManifestNotFound' }] });
  }, 60_000);
});
