import { beforeEach, describe, expect, test } from '@jest/globals';
import { START, TAGGING_REQUEST, TestApi } from './fixtures.ts';

let api: TestApi;
let source: string;
beforeEach(async () => {
  api = new TestApi();
  source = await api.create('source', { Drover: { SkipUnchanged: true } });
});

const JOBS = '/v20180820/jobs';

const requestOf = async (jobId: string) => (await api.jobs.getRequest(jobId))?.request;

/** Ends the source job with so many tasks. */
async function end(succeeded: number, failed: number, total: number): Promise<void> {
  api.force(source, { status: 'Cancelled', endedAt: START.toISOString(), totalTasks: total });
  await api.jobs.raiseTotals(source, { succeeded, failed, shardsDone: 1, summedAt: START.getTime() });
}

describe('Drover.CloneOf', () => {
  const clone = async (changes: object) =>
    await api.json('POST', JOBS, { ClientRequestToken: 'clone', ...changes, Drover: { CloneOf: source } });

  test('fills in what the request leaves out', async () => {
    const { status, body } = await clone({ Priority: 7 });
    expect(status).toBe(200);
    expect(await requestOf(String(body['JobId']))).toEqual({
      ...TAGGING_REQUEST,
      ClientRequestToken: 'clone',
      Priority: 7,
      Drover: { SkipUnchanged: true, CloneOf: source },
    });
  });

  test('takes a member that is given whole, and none that is null', async () => {
    const Report = { Enabled: false };
    const { body } = await clone({ Report, Description: null, Tags: null });
    const request = await requestOf(String(body['JobId']));
    expect(request?.Report).toEqual(Report);
    expect(request).not.toHaveProperty('Description');
    expect(request).not.toHaveProperty('Tags');
  });

  test('takes its tasks from one source: the one given', async () => {
    const ManifestGenerator = {
      S3JobManifestGenerator: { SourceBucket: 'arn:aws:s3:::bkt', EnableManifestOutput: false },
    };
    const { body } = await clone({ ManifestGenerator });
    const request = await requestOf(String(body['JobId']));
    expect(request).toMatchObject({ ManifestGenerator });
    expect(request).not.toHaveProperty('Manifest');
  });

  test('made again with its token is the same job', async () => {
    const { body } = await clone({});
    expect((await clone({})).body).toEqual(body);
  });

  test('needs a token of its own', async () => {
    const { status, body } = await api.json('POST', JOBS, { Drover: { CloneOf: source } });
    expect([status, body['Message']]).toEqual([400, expect.stringContaining('ClientRequestToken is missing')]);
  });

  test.each([
    ['no job', '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c', 'The specified job does not exist'],
    ['no id', { JobId: 'x' }, 'CloneOf must be text'],
  ])('of %s is refused', async (_, CloneOf, message) => {
    const { status, body } = await api.json('POST', JOBS, { ClientRequestToken: 'clone', Drover: { CloneOf } });
    expect([status, body['Message']]).toEqual([400, expect.stringContaining(message)]);
  });
});

describe('Drover.TasksOf', () => {
  const retry = async (Tasks?: string) =>
    await api.json('POST', JOBS, {
      ClientRequestToken: 'retry',
      Drover: { CloneOf: source, TasksOf: { JobId: source, ...(Tasks === undefined ? {} : { Tasks }) } },
    });

  test('stands in place of a manifest, and is shown', async () => {
    await end(3, 2, 10);
    const { body } = await retry();
    const described = await api.json('GET', `${JOBS}/${String(body['JobId'])}`);
    expect(described.body['Job']).toMatchObject({ Drover: { CloneOf: source, TasksOf: { JobId: source } } });
    expect(described.body['Job']).not.toHaveProperty('Manifest');
  });

  test.each([
    ['Failed', 10, 0],
    ['Succeeded', 0, 10],
    ['Unreached', 5, 5],
    ['NotSucceeded', 10, 0],
  ])('of the tasks %s is refused where there are none', async (tasks, succeeded, failed) => {
    await end(succeeded, failed, 10);
    const { status, body } = await retry(tasks);
    expect(status).toBe(400);
    expect(body['Message']).toContain(`asks for the tasks ${tasks} of a job that has none of them`);
  });

  test('of a job that goes on is refused', async () => {
    const { body } = await retry();
    expect(body).toMatchObject({ Code: 'JobStatusException', Message: expect.stringContaining('is New') });
  });

  test('of a job that read no manifest is refused', async () => {
    api.force(source, { status: 'Failed', endedAt: START.toISOString() });
    expect((await retry()).body['Message']).toContain('ended before its manifest was read');
  });

  test('beside a manifest is refused', async () => {
    await end(3, 2, 10);
    const { Manifest } = TAGGING_REQUEST;
    const Drover = { TasksOf: { JobId: source } };
    const { body } = await api.json('POST', JOBS, { ...TAGGING_REQUEST, ClientRequestToken: 'both', Manifest, Drover });
    expect(body['Message']).toContain('must have either Manifest or Drover.TasksOf, but has both');
  });

  test('made again with its token is the same job, whatever became of its source', async () => {
    await end(3, 2, 10);
    const { body } = await retry();
    await end(10, 0, 10);
    expect((await retry()).body).toEqual(body);
  });
});
