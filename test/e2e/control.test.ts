import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import {
  type CreateJobCommandInput,
  type JobListDescriptor,
  ListJobsCommand,
  type S3ControlClient,
  UpdateJobPriorityCommand,
  UpdateJobStatusCommand,
  type UpdateJobStatusCommandOutput,
} from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createFunction } from '../../examples/demo/functions.ts';
import {
  createJob,
  describeJob,
  keysOf,
  lambdaOf,
  s3ControlOf,
  s3Of,
  tagJob,
  until,
  untilEnded,
} from './support/clients.ts';
import { unhurriedFunction } from './support/functions.ts';
import { ACCOUNT, LocalCloud } from './support/local-cloud.ts';
import { createBuckets, putManifest, putObjects, untagged } from './support/objects.ts';
import { countedLines, countsOf } from './support/reports.ts';

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;
let lambda: LambdaClient;
let unhurried: string;

beforeAll(async () => {
  cloud = await LocalCloud.start();
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  lambda = lambdaOf(cloud);
  await createBuckets(s3, 'data', 'reports');
  unhurried = await createFunction(lambda, await unhurriedFunction(100));
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  lambda.destroy();
  await cloud.remove();
});

async function ask(
  JobId: string,
  RequestedJobStatus: 'Cancelled' | 'Ready',
  StatusUpdateReason?: string,
): Promise<UpdateJobStatusCommandOutput> {
  return await control.send(
    new UpdateJobStatusCommand({ AccountId: ACCOUNT, JobId, RequestedJobStatus, StatusUpdateReason }),
  );
}

/** A job of so many calls of a function that takes a tenth of a second; nothing needs to be at its keys. */
async function slowJob(name: string, tasks: number, changes: Partial<CreateJobCommandInput> = {}): Promise<string> {
  const lines = Array.from({ length: tasks }, (_, n) => `data,${name}/${n}`);
  const manifest = await putManifest(s3, 'data', `${name}.csv`, lines);
  const Operation = { LambdaInvoke: { FunctionArn: unhurried } };
  return await createJob(control, tagJob(manifest, { Operation, ...changes }));
}

describe('confirmation', () => {
  test('is asked for unless the request says that it is not needed, and nothing is done before', async () => {
    const keys = ['c/1', 'c/2'];
    await putObjects(s3, 'data', keys);
    const manifest = await putManifest(s3, 'data', 'confirm.csv', ['data,c/1', 'data,c/2']);
    const { ConfirmationRequired: _, ...input } = tagJob(manifest);
    const jobId = await createJob(control, input);
    const suspended = await until(control, jobId, ({ Status }) => Status === 'Suspended');
    expect(suspended).toMatchObject({
      ConfirmationRequired: true,
      SuspendedCause: 'AWAITING_CONFIRMATION',
      ProgressSummary: { TotalNumberOfTasks: 2, NumberOfTasksSucceeded: 0 },
    });
    expect(suspended.SuspendedDate?.getTime()).toBeGreaterThanOrEqual(suspended.CreationTime?.getTime() ?? Infinity);
    expect(await untagged(s3, 'data', keys, '')).toEqual([]);

    expect(await ask(jobId, 'Ready')).toMatchObject({ JobId: jobId, Status: 'Ready' });
    const complete = await untilEnded(control, jobId);
    expect(complete).toMatchObject({ Status: 'Complete', ProgressSummary: { NumberOfTasksSucceeded: 2 } });
    expect(complete.SuspendedDate).toEqual(suspended.SuspendedDate);
    expect(complete.SuspendedCause).toBeUndefined();
    await countedLines(s3, complete);
    await expect(ask(jobId, 'Ready')).rejects.toMatchObject({ name: 'JobStatusException' });
    const priority = new UpdateJobPriorityCommand({ AccountId: ACCOUNT, JobId: jobId, Priority: 1 });
    await expect(control.send(priority)).rejects.toMatchObject({ name: 'BadRequestException' });
  });

  test('that is refused cancels the job at once, with nothing done', async () => {
    const jobId = await slowJob('refused', 2, { ConfirmationRequired: true });
    await until(control, jobId, ({ Status }) => Status === 'Suspended');
    expect(await ask(jobId, 'Cancelled', 'wrong bucket')).toMatchObject({
      Status: 'Cancelled',
      StatusUpdateReason: 'wrong bucket',
    });
    const job = await describeJob(control, jobId);
    expect(job).toMatchObject({ Status: 'Cancelled', StatusUpdateReason: 'wrong bucket', FailureReasons: [] });
    expect(job.TerminationDate).toBeDefined();
    expect(countsOf(job)).toEqual({ succeeded: 0, failed: 0 });
    expect((await keysOf(s3, 'reports')).filter((key) => key.includes(jobId))).toEqual([]);
  });
});

test('a running job that is cancelled begins nothing more, and reports what it did', async () => {
  const jobId = await slowJob('cancelled', 1_000);
  await until(control, jobId, (job) => job.Status === 'Active' && countsOf(job).succeeded > 0);
  expect(await ask(jobId, 'Cancelled', 'seen enough')).toMatchObject({
    Status: 'Cancelling',
    StatusUpdateReason: 'seen enough',
  });
  await expect(ask(jobId, 'Ready')).rejects.toMatchObject({ name: 'JobStatusException' });
  const job = await untilEnded(control, jobId);
  expect(job).toMatchObject({ Status: 'Cancelled', StatusUpdateReason: 'seen enough', FailureReasons: [] });
  expect(countsOf(job).succeeded).toBeLessThan(1_000);
  await countedLines(s3, job);
  await expect(ask(jobId, 'Cancelled')).rejects.toMatchObject({ name: 'JobStatusException' });
}, 60_000);

test('a job of higher priority pauses one of lower, and both end whole', async () => {
  const low = await slowJob('low', 200, { Priority: 1 });
  await until(control, low, (job) => job.Status === 'Active' && countsOf(job).succeeded > 0);
  const high = await slowJob('high', 60, { Priority: 2 });
  const seen: (string | undefined)[] = [];
  const lowJob = await until(
    control,
    low,
    ({ Status }) => {
      if (seen.at(-1) !== Status) seen.push(Status);
      return Status === 'Complete';
    },
    90_000,
  );
  const highJob = await describeJob(control, high);

  expect(seen.slice(0, 4)).toEqual(['Active', 'Pausing', 'Paused', 'Active']);
  expect(lowJob.TerminationDate?.getTime()).toBeGreaterThan(highJob.TerminationDate?.getTime() ?? Infinity);
  for (const [job, tasks] of [
    [highJob, 60],
    [lowJob, 200],
  ] as const) {
    expect(countsOf(job)).toEqual({ succeeded: tasks, failed: 0 });
    await countedLines(s3, job);
  }
}, 120_000);

test('every job is listed once, newest first, however small the pages are', async () => {
  const manifest = await putManifest(s3, 'data', 'listed.csv', ['data,c/1']);
  const made: string[] = [];
  for (let n = 0; n < 12; n += 1) {
    const jobId = await createJob(control, tagJob(manifest, { ConfirmationRequired: true, Priority: n }));
    await until(control, jobId, ({ Status }) => Status === 'Suspended');
    made.unshift(jobId);
  }
  for (const jobId of made.slice(0, 4)) await ask(jobId, 'Cancelled');

  expect((await listed({ MaxResults: 5 })).slice(0, 12).map(({ JobId }) => JobId)).toEqual(made);
  const suspended = await listed({ MaxResults: 3, JobStatuses: ['Suspended'] });
  expect(suspended.map(({ JobId }) => JobId)).toEqual(made.slice(4));
  expect(suspended.map(({ Priority }) => Priority)).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
  const all = (await listed({})).map(({ JobId }) => JobId);
  expect(new Set(all).size).toBe(all.length);
  expect((await listed({ MaxResults: 4 })).map(({ JobId }) => JobId)).toEqual(all);
}, 60_000);

/** All pages together, none longer than was asked for. */
async function listed(input: { MaxResults?: number; JobStatuses?: ['Suspended'] }): Promise<JobListDescriptor[]> {
  const jobs: JobListDescriptor[] = [];
  let NextToken: string | undefined;
  do {
    const page = await control.send(new ListJobsCommand({ AccountId: ACCOUNT, ...input, NextToken }));
    expect(page.Jobs?.length).toBeLessThanOrEqual(input.MaxResults ?? 1_000);
    jobs.push(...(page.Jobs ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return jobs;
}
