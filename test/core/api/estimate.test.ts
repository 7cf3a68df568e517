import { beforeEach, describe, expect, test } from '@jest/globals';
import { TAGGING_REQUEST, TAGGING_XML, TestApi } from './fixtures.ts';

const ESTIMATES = '/v20180820/estimates';
const DRAFT = { Operation: TAGGING_REQUEST.Operation };

let api: TestApi;
beforeEach(() => {
  api = new TestApi();
});

async function estimated(body: unknown): Promise<Record<string, unknown>> {
  const answer = await api.json('POST', ESTIMATES, body);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body['Estimate'] as Record<string, unknown>;
}

describe('an estimate', () => {
  test('needs no more than an operation and a number, and makes nothing', async () => {
    const estimate = await estimated({ Request: DRAFT, Assumptions: { Tasks: 1_000_000 } });
    expect(estimate).toMatchObject({
      Operation: 'S3PutObjectTagging',
      Tasks: 1_000_000,
      RunTime: { LimitedBy: 'S3Writes', Workers: 6 },
      Costs: { Requests: { USD: expect.closeTo(5, 6) } },
      S3BatchOperations: { Offered: true },
    });
    expect([api.jobs.requests.size, api.calls]).toEqual([0, []]);
  });

  test('takes the whole request of CreateJob', async () => {
    const estimate = await estimated({ Request: TAGGING_REQUEST, Assumptions: { Tasks: 3 } });
    expect(estimate).toMatchObject({ Tasks: 3 });
  });

  test('of a prepared job is that of its request with its tasks', async () => {
    const JobId = await api.create();
    api.force(JobId, { status: 'Suspended', totalTasks: 12_345, shards: 3 });
    const ofJob = await estimated({ JobId });
    const ofRequest = await estimated({ Request: TAGGING_REQUEST, Assumptions: { Tasks: 12_345 } });
    expect(ofJob).toMatchObject({ JobId, Tasks: 12_345 });
    for (const member of ['RunTime', 'Costs', 'S3BatchOperations', 'Fees']) {
      expect(ofJob[member]).toEqual(ofRequest[member]);
    }
  });

  test('counts with the workers that were measured, and that the operator allows', async () => {
    api.jobs.capacity = 900;
    const body = { Request: DRAFT, Assumptions: { Tasks: 100_000_000 } };
    expect(await estimated(body)).toMatchObject({ RunTime: { Workers: 900, LimitedBy: 'S3Writes' } });
    Object.assign(api.context, { maxConcurrentWorkers: 40 });
    expect(await estimated(body)).toMatchObject({ RunTime: { Workers: 40 } });
  });

  test.each<[string, unknown, string]>([
    [
      'nothing to estimate',
      {},
      'The request must have either Request, as CreateJob takes it, or JobId, but has neither.',
    ],
    ['two things', { JobId: 'abcde', Request: DRAFT }, 'but has both.'],
    ['no number of tasks', { Request: DRAFT }, 'Assumptions.Tasks is missing: no manifest is read for an estimate.'],
    ['no task', { Request: DRAFT, Assumptions: { Tasks: 0 } }, 'Assumptions.Tasks must be a whole number from 1'],
    ['half a task', { Request: DRAFT, Assumptions: { Tasks: 1.5 } }, 'Assumptions.Tasks must be a whole number'],
    [
      'a member that is none',
      { Request: DRAFT, Assumptions: { Task: 1 } },
      'Assumptions.Task is not a member of Assumptions; did you mean Tasks?',
    ],
    ['no operation', { Request: { Operation: {} }, Assumptions: { Tasks: 1 } }, 'must have exactly one operation'],
    [
      'what CreateJob refuses',
      { Request: { ...DRAFT, Drover: { RateLimit: { TasksPerSecond: 0 } } }, Assumptions: { Tasks: 1 } },
      'Drover.RateLimit.TasksPerSecond must be a whole number from 1',
    ],
  ])('refuses %s', async (_, body, message) => {
    const answer = await api.json('POST', ESTIMATES, body);
    expect([answer.status, answer.body['Code']]).toEqual([400, 'BadRequestException']);
    expect(answer.body['Message']).toContain(message);
  });

  test('refuses a job that is not there, not prepared, or told its tasks', async () => {
    const none = await api.json('POST', ESTIMATES, { JobId: 'no-such-job' });
    expect(none.body['Code']).toBe('NotFoundException');
    const JobId = await api.create();
    const early = await api.json('POST', ESTIMATES, { JobId });
    expect([early.body['Code'], early.body['Message']]).toEqual([
      'JobStatusException',
      `Job ${JobId} is New and has not read its manifest: it does not know how many tasks it has.`,
    ]);
    api.force(JobId, { status: 'Ready', totalTasks: 3, shards: 1 });
    const told = await api.json('POST', ESTIMATES, { JobId, Assumptions: { Tasks: 4 } });
    expect(told.body['Message']).toContain('a job that has been prepared knows its tasks');
  });

  test('is spoken of in JSON only', async () => {
    const xml = await api.send('POST', ESTIMATES, TAGGING_XML);
    expect(xml.status).toBe(400);
    expect(xml.body).toContain('<Code>BadRequestException</Code>');
    expect(xml.body).toContain('speaks JSON only: send Content-Type: application/json');
    const headers = { 'content-type': 'application/json', accept: 'application/xml' };
    const mixed = await api.send('POST', ESTIMATES, JSON.stringify({ Request: DRAFT }), headers);
    expect(mixed.body).toContain('speaks JSON only');
    const got = await api.send('GET', ESTIMATES);
    expect([got.status, got.headers['allow']]).toEqual([405, 'POST']);
  });
});
