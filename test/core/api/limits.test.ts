import { beforeEach, describe, expect, test } from '@jest/globals';
import { JOB_STATUSES, type JobStatus } from '../../../core/job/status.ts';
import { TestApi } from './fixtures.ts';

let api: TestApi;
beforeEach(() => {
  api = new TestApi();
});

const JOBS = '/v20180820/jobs';
const ENDING: readonly JobStatus[] = ['Completing', 'Complete', 'Cancelling', 'Cancelled', 'Failing', 'Failed'];
const LIMITED = { Drover: { RateLimit: { TasksPerSecond: 100 }, MaxWorkers: 4 } };

test.each(JOB_STATUSES)('the limits of a job that is %s are changed, or refused as it ends', async (status) => {
  const jobId = await api.create('t', LIMITED);
  api.force(jobId, { status });
  const { body } = await api.json('POST', `${JOBS}/${jobId}/limits`, { RateLimit: { TasksPerSecond: 7 } });
  const ending = ENDING.includes(status);
  expect(body).toMatchObject(
    ending
      ? { Code: 'JobStatusException', Message: expect.stringContaining(`Job ${jobId} is ${status}: only the limits`) }
      : { JobId: jobId, RateLimit: { TasksPerSecond: 7 }, MaxWorkers: 4 },
  );
  expect(await api.jobs.getState(jobId)).toMatchObject({ status, tasksPerSecond: ending ? 100 : 7, maxWorkers: 4 });
});

describe('the limits of a running job', () => {
  test('are taken away by null, and then not shown any more', async () => {
    const jobId = await api.create('t', LIMITED);
    const { body } = await api.json('POST', `${JOBS}/${jobId}/limits`, { RateLimit: null, MaxWorkers: null });
    expect(body).toEqual({ JobId: jobId });
    const { body: described } = await api.json('GET', `${JOBS}/${jobId}`);
    expect(described).not.toHaveProperty('Job.Drover');
  });

  test('pause it where it has more workers than it may have now, and only there', async () => {
    for (const [MaxWorkers, status] of [
      [5, 'Pausing'],
      [6, 'Active'],
    ] as const) {
      const jobId = await api.create(String(MaxWorkers));
      api.force(jobId, { status: 'Active' });
      const { version } = await api.jobs.getSchedule();
      await api.jobs.putSchedule({ version: version + 1, shares: { [jobId]: { workers: 6, since: 0 } } });
      await api.json('POST', `${JOBS}/${jobId}/limits`, { MaxWorkers });
      expect(await api.jobs.getState(jobId)).toMatchObject({ status, maxWorkers: MaxWorkers });
      expect(api.calls.pop()).toBe(jobId);
    }
  });

  test.each([
    [{}, /must have RateLimit, MaxWorkers or FailureThreshold/],
    [{ MaxWorkers: 0 }, /MaxWorkers/],
    [{ RateLimit: { TasksPerSecond: 1.5 } }, /RateLimit/],
    [{ Priority: 1 }, /Priority/],
  ])('refuse %j', async (limits, message) => {
    const jobId = await api.create();
    const { body } = await api.json('POST', `${JOBS}/${jobId}/limits`, limits);
    expect(body).toMatchObject({ Code: 'BadRequestException', Message: expect.stringMatching(message) });
  });
});

describe('a failure threshold', () => {
  test('is changed while the job runs, shown as it is now, and S3’s own again by null', async () => {
    const jobId = await api.create('t', { Drover: { FailureThreshold: { Percent: 10 } } });
    api.force(jobId, { status: 'Active' });
    const FailureThreshold = { MinimumTasks: 200, Percent: 5 };
    const changed = await api.json('POST', `${JOBS}/${jobId}/limits`, { FailureThreshold });
    expect(changed.body).toEqual({ JobId: jobId, FailureThreshold });
    expect(await api.jobs.getState(jobId)).toMatchObject({
      status: 'Active',
      failureThreshold: { minimumTasks: 200, percent: 5 },
    });
    const { body } = await api.json('GET', `${JOBS}/${jobId}`);
    expect(body).toMatchObject({ Job: { Drover: { FailureThreshold } } });
    await api.json('POST', `${JOBS}/${jobId}/limits`, { FailureThreshold: null });
    expect(await api.jobs.getState(jobId)).not.toHaveProperty('failureThreshold');
  });

  test.each([
    [{ Percent: 101 }, /FailureThreshold.Percent/],
    [{ MinimumTasks: 0 }, /FailureThreshold.MinimumTasks/],
  ])('refuses %j', async (FailureThreshold, message) => {
    await expect(api.create('t', { Drover: { FailureThreshold } })).rejects.toThrow(message);
  });

  test('keeps to S3’s number where one is left out', async () => {
    const jobId = await api.create('t', { Drover: { FailureThreshold: { Percent: 10 } } });
    expect((await api.jobs.getState(jobId))?.failureThreshold).toEqual({ minimumTasks: 1_000, percent: 10 });
  });
});
