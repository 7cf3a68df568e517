import type { S3Client } from '@aws-sdk/client-s3';
import type { JobDescriptor, S3ControlClient } from '@aws-sdk/client-s3-control';
import { ListExecutionsCommand, ListStateMachinesCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import {
  createJob,
  describeJob,
  reportLines,
  s3ControlOf,
  s3Of,
  tagJob,
  until,
  untilEnded,
} from './support/clients.ts';
import { describeJsonJob } from './support/json-job.ts';
import { LocalCloud } from './support/local-cloud.ts';
import { createBuckets, fillBucket, putManifest, untagged } from './support/objects.ts';

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;

beforeAll(async () => {
  cloud = await LocalCloud.start();
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  await createBuckets(s3, 'data', 'reports');
}, 150_000);

afterEach(async () => await setFaults());

afterAll(async () => {
  s3.destroy();
  control.destroy();
  await cloud.remove();
});

async function setFaults(...rules: object[]): Promise<void> {
  const answer = await fetch(`${cloud.endpoint}/_drover/faults`, { method: 'PUT', body: JSON.stringify({ rules }) });
  if (!answer.ok) throw new Error(await answer.text());
}

/** How often each rule happened. */
async function happened(): Promise<number[]> {
  const answer = await fetch(`${cloud.endpoint}/_drover/faults`);
  return ((await answer.json()) as { rules: { happened?: number }[] }).rules.map((rule) => rule.happened ?? 0);
}

interface Work {
  readonly jobId: string;
  readonly keys: readonly string[];
}

/** A job that tags so many objects under this prefix. */
async function begin(prefix: string, objects: number): Promise<Work> {
  const keys = Array.from({ length: objects }, (_, n) => `${prefix}/${n}`);
  await fillBucket(cloud.endpoint, 'data', keys);
  const lines = keys.map((key) => `data,${key}`);
  const manifest = await putManifest(s3, 'data', `${prefix}.csv`, lines);
  return { jobId: await createJob(control, tagJob(manifest)), keys };
}

/** Everything done and reported exactly once. */
async function expectWhole({ jobId, keys }: Work, milliseconds = 120_000): Promise<void> {
  expect(await untilEnded(control, jobId, milliseconds)).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { TotalNumberOfTasks: keys.length, NumberOfTasksSucceeded: keys.length, NumberOfTasksFailed: 0 },
  });
  await setFaults();
  expect((await reportLines(s3, jobId)).sort()).toEqual(
    keys.map((key) => `data,${key},,succeeded,200,,Successful`).sort(),
  );
  expect(await untagged(s3, 'data', keys, 'done=yes')).toEqual([]);
}

const slow = (prefix: string): object => ({ service: 's3', path: `/data/${prefix}/`, latency: 40 });

test('a job is whole though invocations run twice, events come twice, workers are killed and tables are throttled', async () => {
  await setFaults(
    { function: 'worker', invocation: 'twice' },
    { function: 'scheduler', event: 'twice' },
    { function: 'worker', kill: { afterCalls: 6 }, times: 1 },
    {
      service: 'dynamodb',
      share: 0.15,
      error: { status: 400, code: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException' },
    },
    { index: 'ListJobs', lag: 5_000 },
    slow('mishaps'),
  );
  const work = await begin('mishaps', 800);
  await untilEnded(control, work.jobId, 240_000);
  const counts = await happened();
  expect(Math.min(...counts.slice(0, 4))).toBeGreaterThan(0);
  await expectWhole(work);
}, 300_000);

test('a job waits out an S3 that is down, and fails nothing for it', async () => {
  await setFaults(slow('down'));
  const work = await begin('down', 2_000);
  await until(control, work.jobId, (job) => succeeded(job) > 0);
  await setFaults({ service: 's3', path: '/data/down/', error: { status: 503, code: 'ServiceUnavailable' } });
  const before = succeeded(await describeJob(control, work.jobId));
  // Long enough for each request to have been tried several times.
  await untilHappened(500);
  const { ProgressSummary } = await describeJob(control, work.jobId);
  expect(ProgressSummary).toMatchObject({ NumberOfTasksFailed: 0 });
  expect(succeeded(await describeJob(control, work.jobId)) - before).toBeLessThan(1_000);
  await setFaults();
  await expectWhole(work, 240_000);
  expect(await describeJsonJob(cloud, work.jobId)).toMatchObject({ Drover: { Throttled: { Bucket: 'data' } } });
}, 300_000);

test('a role that is gone in mid-job is named at once, no task fails for it, and the job goes on when it is back', async () => {
  await setFaults(slow('role'));
  const work = await begin('role', 2_000);
  await until(control, work.jobId, (job) => succeeded(job) > 0);
  // Workers that have a session keep it: those that come after them need one.
  await setFaults(
    { service: 'sts', error: { status: 403, code: 'AccessDenied' } },
    { function: 'worker', kill: { afterMilliseconds: 0 }, times: 1 },
    slow('role'),
  );
  const counted = succeeded(await describeJob(control, work.jobId));
  await restart();
  await setFaults({ service: 'sts', error: { status: 403, code: 'AccessDenied' } });
  const troubled = await until(control, work.jobId, ({ StatusUpdateReason = '' }) =>
    /assume/i.test(StatusUpdateReason),
  );
  expect(troubled.Status).toBe('Active');
  expect(troubled.ProgressSummary).toMatchObject({ NumberOfTasksFailed: 0 });
  expect(succeeded(troubled)).toBeGreaterThanOrEqual(counted);
  await setFaults();
  await expectWhole(work, 240_000);
}, 300_000);

test('a task that kills its workers is failed, once it killed three that did nothing else, and the rest of its shard is done', async () => {
  await setFaults({ function: 'worker', kill: { atPath: '/data/poison/77?' } });
  const work = await begin('poison', 600);
  expect(await untilEnded(control, work.jobId, 240_000)).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { TotalNumberOfTasks: 600, NumberOfTasksSucceeded: 599, NumberOfTasksFailed: 1 },
  });
  // The first of them had others in flight as well, so that nobody knew which task it was.
  expect(await happened()).toEqual([4]);
  await setFaults();
  const lines = await reportLines(s3, work.jobId);
  expect(lines).toHaveLength(600);
  expect(lines.filter((line) => !line.endsWith(',,succeeded,200,,Successful'))).toEqual([
    expect.stringMatching(/^data,poison\/77,,failed,500,WorkerCrashed,/),
  ]);
  expect(await untagged(s3, 'data', work.keys, 'done=yes')).toEqual(['poison/77: ']);
}, 300_000);

test('an execution that is stopped by hand, and a redeploy with other settings, do not stop a job', async () => {
  await setFaults(slow('stopped'));
  const work = await begin('stopped', 2_000);
  await until(control, work.jobId, (job) => succeeded(job) > 0);
  await cloud.kill();
  // The template is another one then, and so are the functions' environments.
  await cloud.start({ DROVER_MAX_CONCURRENT_WORKERS: '7' });
  await setFaults(slow('stopped'));
  await until(control, work.jobId, ({ Status }) => Status === 'Active');
  expect(await stopExecutions()).toBeGreaterThan(0);
  await expectWhole(work, 300_000);
}, 400_000);

async function restart(): Promise<void> {
  await cloud.kill();
  await cloud.start();
}

/** Waits until the first rule has happened so often. */
async function untilHappened(times: number): Promise<void> {
  const end = Date.now() + 90_000;
  while (((await happened())[0] ?? 0) < times) {
    if (Date.now() > end) throw new Error(`the fault happened ${(await happened())[0]} times`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Stops what runs of RunJob, as somebody in the console might. */
async function stopExecutions(): Promise<number> {
  const states = new SFNClient({
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  try {
    let stopped = 0;
    const { stateMachines = [] } = await states.send(new ListStateMachinesCommand({}));
    for (const { stateMachineArn } of stateMachines) {
      const { executions = [] } = await states.send(
        new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }),
      );
      for (const { executionArn } of executions) {
        await states.send(new StopExecutionCommand({ executionArn, cause: 'by hand' }));
        stopped += 1;
      }
    }
    return stopped;
  } finally {
    states.destroy();
  }
}

function succeeded({ ProgressSummary }: JobDescriptor): number {
  return ProgressSummary?.NumberOfTasksSucceeded ?? 0;
}
