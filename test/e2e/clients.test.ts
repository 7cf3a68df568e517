import type { S3Client } from '@aws-sdk/client-s3';
import type { CreateJobCommandInput, S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { reportLines, s3ControlOf, s3Of, tagJob, until } from './support/clients.ts';
import { CLIENT_KINDS, type JobClient } from './support/job-clients.ts';
import { ACCOUNT, LocalCloud } from './support/local-cloud.ts';
import { createBuckets, putManifest, putObjects } from './support/objects.ts';

const KEYS = ['a', 'b', 'c'];
const NO_JOB = '00000000-0000-4000-8000-000000000000';

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;
let manifest: { arn: string; etag: string };

beforeAll(async () => {
  cloud = await LocalCloud.start();
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  await createBuckets(s3, 'data', 'reports');
  await putObjects(s3, 'data', KEYS);
  manifest = await putManifest(
    s3,
    'data',
    'm.csv',
    KEYS.map((key) => `data,${key}`),
  );
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  await cloud.remove();
});

for (const kind of CLIENT_KINDS) {
  const suite = kind.absent() ? describe.skip : describe;
  suite(`unchanged: ${kind.name}`, () => {
    let client: JobClient;
    beforeAll(() => {
      client = kind.open(cloud);
    });
    afterAll(() => client.close());
    jobsOf(kind.name, () => client);
    refusalsOf(() => client);
  });
}

/** A job that waits for confirmation, because the request does not say that it needs none. */
function waitingJob(changes: Partial<CreateJobCommandInput> = {}): CreateJobCommandInput {
  const { ConfirmationRequired: _, ...input } = tagJob(manifest, changes);
  return input;
}

async function createdBy(client: JobClient, input: object): Promise<{ AccountId: string; JobId: string }> {
  const { JobId } = await client.call('CreateJob', input);
  expect(JobId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  return { AccountId: ACCOUNT, JobId: String(JobId) };
}

/** The job as the client shows it once it has this status; the waiting itself is left to the quickest of the clients. */
async function statusOf(client: JobClient, job: { AccountId: string; JobId: string }, wanted: string): Promise<object> {
  await until(control, job.JobId, ({ Status }) => Status === wanted);
  const { Job } = await client.call('DescribeJob', job);
  expect(Job).toMatchObject({ Status: wanted });
  return Job as object;
}

function jobsOf(name: string, client: () => JobClient): void {
  test('creates, describes, confirms and follows a job to its report', async () => {
    const Description = `made by ${name} & <others>`;
    const job = await createdBy(client(), waitingJob({ Description }));
    const waiting = await statusOf(client(), job, 'Suspended');
    expect(waiting).toMatchObject({
      JobId: job.JobId,
      JobArn: `arn:aws:s3:us-east-1:${ACCOUNT}:job/${job.JobId}`,
      ConfirmationRequired: true,
      SuspendedCause: 'AWAITING_CONFIRMATION',
      Description,
      Priority: 10,
      Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'done', Value: 'yes' }] } },
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
        Location: { ObjectArn: manifest.arn, ETag: manifest.etag },
      },
      Report: { Enabled: true, Bucket: 'arn:aws:s3:::reports', ReportScope: 'AllTasks' },
      ProgressSummary: { TotalNumberOfTasks: 3, NumberOfTasksSucceeded: 0, NumberOfTasksFailed: 0 },
      FailureReasons: [],
    });
    expect(Date.now() - Date.parse(String(Reflect.get(waiting, 'CreationTime')))).toBeLessThan(600_000);
    expect(waiting).not.toHaveProperty('TerminationDate');

    const confirmed = await client().call('UpdateJobStatus', {
      ...job,
      RequestedJobStatus: 'Ready',
      StatusUpdateReason: 'looked at',
    });
    expect(confirmed).toEqual({ JobId: job.JobId, Status: 'Ready', StatusUpdateReason: 'looked at' });
    const complete = await statusOf(client(), job, 'Complete');
    expect(complete).toMatchObject({
      ProgressSummary: { TotalNumberOfTasks: 3, NumberOfTasksSucceeded: 3, NumberOfTasksFailed: 0 },
      StatusUpdateReason: 'looked at',
    });
    expect(complete).toHaveProperty('TerminationDate');
    const lines = await reportLines(s3, job.JobId);
    expect(lines.sort()).toEqual(KEYS.map((key) => `data,${key},,succeeded,200,,Successful`));
  }, 120_000);

  test('changes priority and tags of a job, and cancels it', async () => {
    const job = await createdBy(client(), waitingJob({ Tags: [{ Key: 'team', Value: 'a/b c' }] }));
    await statusOf(client(), job, 'Suspended');
    expect(await client().call('UpdateJobPriority', { ...job, Priority: 2_147_483_647 })).toEqual({
      JobId: job.JobId,
      Priority: 2_147_483_647,
    });
    expect(await client().call('GetJobTagging', job)).toEqual({ Tags: [{ Key: 'team', Value: 'a/b c' }] });
    const Tags = [
      { Key: 'one', Value: '1' },
      { Key: 'two', Value: '' },
    ];
    expect(await client().call('PutJobTagging', { ...job, Tags })).toEqual({});
    expect(await client().call('GetJobTagging', job)).toEqual({ Tags });
    expect(await client().call('DeleteJobTagging', job)).toEqual({});
    expect(await client().call('GetJobTagging', job)).toEqual({ Tags: [] });

    const cancelled = { ...job, RequestedJobStatus: 'Cancelled', StatusUpdateReason: 'no longer needed' };
    expect(await client().call('UpdateJobStatus', cancelled)).toEqual({
      JobId: job.JobId,
      Status: 'Cancelled',
      StatusUpdateReason: 'no longer needed',
    });
    expect(await statusOf(client(), job, 'Cancelled')).toMatchObject({ Priority: 2_147_483_647 });
    for (const RequestedJobStatus of ['Cancelled', 'Ready']) {
      await expect(client().call('UpdateJobStatus', { ...job, RequestedJobStatus })).rejects.toMatchObject({
        code: 'JobStatusException',
        message: expect.stringContaining(`${job.JobId} is Cancelled`),
      });
    }
  }, 120_000);

  test('lists jobs newest first, in pages, and by status', async () => {
    const made: string[] = [];
    for (const n of [1, 2, 3]) made.unshift((await createdBy(client(), waitingJob({ Description: `n ${n}` }))).JobId);
    for (const JobId of made) await until(control, JobId, ({ Status }) => Status === 'Suspended');
    const first = await page(client(), { MaxResults: 2 });
    expect(first.Jobs.map(({ JobId }) => JobId)).toEqual(made.slice(0, 2));
    expect(first.Jobs[0]).toMatchObject({
      Description: 'n 3',
      Operation: 'S3PutObjectTagging',
      Priority: 10,
      Status: 'Suspended',
      ProgressSummary: { TotalNumberOfTasks: 3 },
    });
    const second = await page(client(), { MaxResults: 2, NextToken: first.NextToken });
    expect(second.Jobs[0]?.JobId).toBe(made[2]);

    const [last = ''] = made;
    await client().call('UpdateJobStatus', { AccountId: ACCOUNT, JobId: last, RequestedJobStatus: 'Cancelled' });
    const ended = await page(client(), { JobStatuses: ['Cancelled', 'Complete'] });
    expect(ended.Jobs[0]?.JobId).toBe(last);
    expect([...new Set(ended.Jobs.map(({ Status }) => Status))].sort()).toEqual(['Cancelled', 'Complete']);
    expect((await page(client(), { JobStatuses: ['Failed'] })).Jobs).toEqual([]);
  }, 120_000);

  test('is told of the same job for the same ClientRequestToken, and refused another request with it', async () => {
    const input = waitingJob();
    const job = await createdBy(client(), input);
    expect(await createdBy(client(), input)).toEqual(job);
    await expect(client().call('CreateJob', { ...input, Priority: 11 })).rejects.toMatchObject({
      code: 'IdempotencyException',
      message: expect.stringContaining(job.JobId),
    });
  }, 60_000);
}

interface Page {
  readonly NextToken?: string;
  readonly Jobs: { readonly JobId: string; readonly Status: string }[];
}

async function page(client: JobClient, input: object): Promise<Page> {
  return (await client.call('ListJobs', { AccountId: ACCOUNT, ...input })) as unknown as Page;
}

function refusalsOf(client: () => JobClient): void {
  test.each<[string, Partial<CreateJobCommandInput>, string, RegExp]>([
    ['a role that is none', { RoleArn: 'me' }, 'BadRequestException', /RoleArn must be the ARN of a role/],
    [
      'a role that jobs may not use',
      { RoleArn: `arn:aws:iam::${ACCOUNT}:role/admin` },
      'AccessDenied',
      /role\/admin.*role\/drover\/\*/,
    ],
    [
      'an operation that only S3 can do',
      { Operation: { S3ReplicateObject: {} } },
      'BadRequestException',
      /S3ReplicateObject/,
    ],
  ])('CreateJob with %s', async (_, changes, code, message) => {
    await expect(client().call('CreateJob', tagJob(manifest, changes))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('an unknown job', async () => {
    const job = { AccountId: ACCOUNT, JobId: NO_JOB };
    const calls = [
      client().call('DescribeJob', job),
      client().call('UpdateJobPriority', { ...job, Priority: 1 }),
      client().call('UpdateJobStatus', { ...job, RequestedJobStatus: 'Ready' }),
      client().call('GetJobTagging', job),
    ];
    for (const refused of await Promise.allSettled(calls)) {
      expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'NotFoundException' } });
    }
  }, 60_000);

  test('a status that cannot be asked for, and too many tags', async () => {
    const job = await createdBy(client(), waitingJob());
    await expect(client().call('UpdateJobStatus', { ...job, RequestedJobStatus: 'Paused' })).rejects.toMatchObject({
      code: 'BadRequestException',
    });
    const Tags = Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: 'v' }));
    await expect(client().call('PutJobTagging', { ...job, Tags })).rejects.toMatchObject({
      code: 'TooManyTagsException',
    });
  }, 60_000);

  test('a list of what there cannot be', async () => {
    for (const input of [{ JobStatuses: ['Sleeping'] }, { MaxResults: 1001 }]) {
      await expect(page(client(), input)).rejects.toMatchObject({ code: 'InvalidRequestException' });
    }
    await expect(page(client(), { NextToken: 'none-of-ours' })).rejects.toMatchObject({
      code: 'InvalidNextTokenException',
    });
  }, 60_000);
}
