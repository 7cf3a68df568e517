import type { S3Client } from '@aws-sdk/client-s3';
import { type S3ControlClient, UpdateJobPriorityCommand } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createJob, describeJob, s3ControlOf, s3Of, tagJob, until, untilEnded } from './support/clients.ts';
import { ACCOUNT, LocalCloud } from './support/local-cloud.ts';
import { createBuckets, fillBucket, putManifest } from './support/objects.ts';

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;

beforeAll(async () => {
  // One worker for all jobs: who has it is who has precedence.
  cloud = await LocalCloud.startWith({ DROVER_MAX_CONCURRENT_WORKERS: '1' });
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  await createBuckets(s3, 'data', 'reports');
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  await cloud.remove();
});

/** Requests for objects take a while from here on. */
async function slowDown(): Promise<void> {
  const rules = [{ service: 's3', path: '/data/slow/', latency: 300 }];
  await fetch(`${cloud.endpoint}/_drover/faults`, { method: 'PUT', body: JSON.stringify({ rules }) });
}

/** The manifest of a job of ten seconds or more. */
async function manifest(name: string): Promise<{ arn: string; etag: string }> {
  const keys = Array.from({ length: 2_500 }, (_, n) => `slow/${name}/${n}`);
  await fillBucket(cloud.endpoint, 'data', keys);
  return await putManifest(
    s3,
    'data',
    `${name}.csv`,
    keys.map((key) => `data,${key}`),
  );
}

/** Names of jobs in the order in which they ended. */
async function order(jobs: Readonly<Record<string, string>>): Promise<string[]> {
  const ends = await Promise.all(
    Object.entries(jobs).map(async ([name, jobId]) => {
      const { TerminationDate, ...ended } = await untilEnded(control, jobId, 120_000);
      expect(ended).toMatchObject({
        Status: 'Complete',
        ProgressSummary: { NumberOfTasksSucceeded: 2_500, NumberOfTasksFailed: 0 },
      });
      return { name, at: TerminationDate?.getTime() ?? 0 };
    }),
  );
  return ends.sort((a, b) => a.at - b.at).map(({ name }) => name);
}

test('jobs end in the order of their priorities, and one whose priority is raised overtakes within ten seconds', async () => {
  const [lowest, middling, highest] = [await manifest('low'), await manifest('middle'), await manifest('high')];
  await slowDown();
  // The lowest comes first and is set aside for each that is higher.
  const low = await createJob(control, tagJob(lowest, { Priority: 10 }));
  await until(control, low, ({ Status }) => Status === 'Active');
  const middle = await createJob(control, tagJob(middling, { Priority: 20 }));
  const high = await createJob(control, tagJob(highest, { Priority: 30 }));
  await until(control, high, ({ Status }) => Status === 'Active', 30_000);
  expect((await describeJob(control, low)).Status).toBe('Paused');
  expect(['Ready', 'Paused']).toContain((await describeJob(control, middle)).Status);

  const raised = Date.now();
  await control.send(new UpdateJobPriorityCommand({ AccountId: ACCOUNT, JobId: low, Priority: 40 }));
  await until(control, low, ({ Status }) => Status === 'Active', 10_000);
  expect(Date.now() - raised).toBeLessThan(10_000);
  expect(await order({ low, middle, high })).toEqual(['low', 'high', 'middle']);
}, 240_000);
