import { beforeEach, describe, expect, test } from '@jest/globals';
import { JOB_STATUSES, type JobStatus } from '../../../core/job/status.ts';
import { START, TestApi } from './fixtures.ts';

let api: TestApi;
beforeEach(() => {
  api = new TestApi();
});

const JOBS = '/v20180820/jobs';
const ENDING: readonly JobStatus[] = ['Completing', 'Complete', 'Cancelling', 'Cancelled', 'Failing', 'Failed'];
const ask = (jobId: string, what: string, reason = '') => api.json('POST', `${JOBS}/${jobId}/${what}${reason}`);

describe.each(JOB_STATUSES)('a job that is %s', (status) => {
  const after = status === 'Active' ? 'Pausing' : status === 'Ready' ? 'Paused' : status;

  test('is paused, once, with the reason shown; or refused as it ends', async () => {
    const jobId = await api.create();
    api.force(jobId, { status, statusSince: START.toISOString(), epoch: 2 });
    const { body } = await ask(jobId, 'pause', '?statusUpdateReason=lunch');
    if (ENDING.includes(status)) {
      expect(body).toMatchObject({
        Code: 'JobStatusException',
        Message: expect.stringContaining(`is ${status}: only`),
      });
      return expect(await api.jobs.getState(jobId)).not.toHaveProperty('held');
    }
    const reason = `Paused on request at ${START.toISOString()}: lunch. It waits for drover jobs resume ${jobId}`;
    expect(body).toEqual({ JobId: jobId, Status: after, StatusUpdateReason: reason });
    const state = await api.jobs.getState(jobId);
    expect((await ask(jobId, 'pause', '?statusUpdateReason=other')).body).toEqual(body);
    expect(await api.jobs.getState(jobId)).toEqual(state);
    expect((await api.json('GET', `${JOBS}/${jobId}`)).body).toMatchObject({
      Job: {
        Status: after,
        StatusUpdateReason: reason,
        Drover: { Paused: { Since: START.toISOString(), Reason: 'lunch' } },
      },
    });
    expect(api.calls).toEqual([jobId, jobId, jobId]);
  });

  test('is resumed, or left alone where nobody paused it; or refused as it ends', async () => {
    const jobId = await api.create();
    for (const held of [{ since: START.toISOString() }, undefined]) {
      api.force(jobId, { status, ...(held === undefined ? {} : { held }) });
      const { body } = await ask(jobId, 'resume');
      if (ENDING.includes(status)) expect(body['Code']).toBe('JobStatusException');
      else {
        expect(body).toEqual({ JobId: jobId, Status: status });
        expect(await api.jobs.getState(jobId)).not.toHaveProperty('held');
      }
    }
  });

  test('is cancelled from its pause, which is over then', async () => {
    const jobId = await api.create();
    api.force(jobId, { status, held: { since: START.toISOString() } });
    const { body } = await ask(jobId, 'status', '?requestedJobStatus=Cancelled');
    if (ENDING.includes(status) && status !== 'Cancelling') return expect(body['Code']).toBe('JobStatusException');
    expect(body['Status']).toBe(status === 'Suspended' ? 'Cancelled' : 'Cancelling');
    if (status !== 'Cancelling') expect(await api.jobs.getState(jobId)).not.toHaveProperty('held');
  });
});

test('a confirmed job stays held', async () => {
  const jobId = await api.create();
  api.force(jobId, { status: 'Suspended', held: { since: START.toISOString() } });
  await ask(jobId, 'status', '?requestedJobStatus=Ready');
  expect(await api.jobs.getState(jobId)).toMatchObject({ status: 'Ready', held: { since: START.toISOString() } });
});

test('a long reason leaves room for how to resume', async () => {
  const jobId = await api.create();
  const { body } = await ask(jobId, 'pause', `?statusUpdateReason=${'r'.repeat(256)}`);
  expect(body['StatusUpdateReason']).toHaveLength(256);
  expect(body['StatusUpdateReason']).toMatch(new RegExp(`drover jobs resume ${jobId}$`));
});

test('XML has no form of it', async () => {
  const jobId = await api.create();
  expect((await api.send('POST', `${JOBS}/${jobId}/pause`)).body).toContain('speaks JSON only');
});
