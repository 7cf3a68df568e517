import { beforeEach, describe, expect, test } from '@jest/globals';
import { ACCOUNT, START, TAGGING_REQUEST, TAGGING_XML, TestApi } from './fixtures.ts';

let api: TestApi;
beforeEach(() => {
  api = new TestApi();
});

const JOBS = '/v20180820/jobs';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('CreateJob', () => {
  test('answers XML as S3 Control does, writes the job and calls the scheduler', async () => {
    const answer = await api.send('POST', JOBS, TAGGING_XML);
    const jobId = /<JobId>(.*)<\/JobId>/.exec(answer.body)?.[1] ?? '';
    expect(jobId).toMatch(UUID);
    expect(answer).toEqual({
      status: 200,
      headers: {
        'content-type': 'application/xml',
        'x-amz-request-id': 'RID',
        'x-amz-id-2': expect.stringMatching(/^[\w+/=]{44}$/),
      },
      body:
        '<?xml version="1.0" encoding="UTF-8"?>\n' +
        `<CreateJobResult xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"><JobId>${jobId}</JobId></CreateJobResult>`,
    });
    expect(await api.jobs.getState(jobId)).toEqual({
      jobId,
      version: 1,
      status: 'New',
      statusSince: START.toISOString(),
      epoch: 1,
      priority: 42,
      createdAt: START.toISOString(),
      operation: 'S3PutObjectTagging',
      description: 'd',
      activeMilliseconds: 0,
      failureReasons: [],
      events: 1,
      outbox: [{ id: 's000001', at: START.toISOString(), kind: 'Status', status: 'New', text: 'New' }],
    });
    expect((await api.jobs.getJob(jobId))?.tags).toEqual([{ Key: 'Dept', Value: 'Fin' }]);
    expect(api.calls).toEqual([jobId]);
  });

  test('the same token and request give the same job, in either language, and write nothing anew', async () => {
    const jobId = await api.create();
    api.force(jobId, { status: 'Complete', endedAt: START.toISOString() });
    await api.jobs.closeJob(jobId, START.toISOString());
    api.now = new Date(START.getTime() + 60_000);
    const again = await api.send('POST', JOBS, TAGGING_XML);
    expect(again.body).toContain(`<JobId>${jobId}</JobId>`);
    expect((await api.jobs.getState(jobId))?.status).toBe('Complete');
    expect(await api.jobs.openJobIds()).toEqual([]);
  });

  test('a job whose creation was cut short is finished by the repetition, with its first creation time', async () => {
    const jobId = await api.create();
    api.jobs.states.delete(jobId);
    api.now = new Date(START.getTime() + 60_000);
    expect(await api.create()).toBe(jobId);
    expect((await api.jobs.getState(jobId))?.createdAt).toBe(START.toISOString());
  });

  test('the same token with another request is an IdempotencyException', async () => {
    await api.create();
    const { status, body } = await api.json('POST', JOBS, { ...TAGGING_REQUEST, Priority: 43 });
    expect([status, body['Code']]).toEqual([400, 'IdempotencyException']);
    expect(body['Message']).toContain('was used at 2026-01-02T03:04:05.678Z for another request');
  });

  test('another token makes another job', async () => {
    expect(await api.create('a')).not.toBe(await api.create('b'));
  });

  test('ConfirmationRequired left out is true', async () => {
    const { ConfirmationRequired: _, ...request } = TAGGING_REQUEST;
    const jobId = String((await api.json('POST', JOBS, request)).body['JobId']);
    expect((await api.jobs.getRequest(jobId))?.request.ConfirmationRequired).toBe(true);
  });

  test('JSON may repeat the account, as --cli-input-json does', async () => {
    expect((await api.json('POST', JOBS, { AccountId: ACCOUNT, ...TAGGING_REQUEST })).status).toBe(200);
    const other = await api.json('POST', JOBS, { AccountId: '000000000000', ...TAGGING_REQUEST });
    expect(other.body['Message']).toBe('AccountId in the body is not the AccountId of the request, 123456789012.');
  });
});

describe('the role', () => {
  test.each([
    ['arn:aws:iam::999999999999:role/drover/r', 'Cross-account pass role is not allowed'],
    [`arn:aws:iam::${ACCOUNT}:role/Admin`, `allows arn:aws:iam::${ACCOUNT}:role/drover/*.`],
    [`arn:aws-cn:iam::${ACCOUNT}:role/drover/r`, 'Jobs may not use the role arn:aws-cn'],
  ])('%s is refused', async (RoleArn, message) => {
    const { status, body } = await api.json('POST', JOBS, { ...TAGGING_REQUEST, RoleArn });
    expect([status, body['Code']]).toEqual([403, 'AccessDenied']);
    expect(body['Message']).toContain(message);
    expect(api.jobs.requests.size + api.calls.length).toBe(0);
  });
});
