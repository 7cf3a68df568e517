import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JobEvent } from '../../../core/job/job-event.ts';
import { TestApi } from './fixtures.ts';

let api: TestApi;
beforeEach(() => {
  api = new TestApi();
});

const JOBS = '/v20180820/jobs';
const TOPIC = 'arn:aws:sns:us-east-1:111122223333:jobs-a';

describe('a job’s log', () => {
  test('has what is written and what the job still carries', async () => {
    const jobId = await api.create();
    const wave: JobEvent = { id: 'w1-0', at: '2026-01-02T03:04:00.000Z', kind: 'Wave', text: 'Wave 1: 4 shards' };
    await api.jobs.putEvents(jobId, [wave]);
    await api.send('POST', `${JOBS}/${jobId}/priority?priority=7`);
    const { body } = await api.json('GET', `${JOBS}/${jobId}/events`);
    expect(body).toEqual({
      JobId: jobId,
      Events: [
        { Time: wave.at, Kind: 'Wave', Text: 'Wave 1: 4 shards' },
        { Time: expect.any(String), Kind: 'Status', Text: 'New', Status: 'New' },
        { Time: expect.any(String), Kind: 'Request', Text: 'Priority 7, was 42' },
      ],
    });
  });

  test('says of the end of a job how many tasks failed', async () => {
    const jobId = await api.create();
    const end = { kind: 'Status', status: 'Complete', failedTasks: 3, text: 'Complete, with 3 failed tasks' } as const;
    await api.jobs.putEvents(jobId, [{ id: 's9', at: '2026-01-02T03:04:00.000Z', ...end }]);
    const { body } = await api.json('GET', '/v20180820/events');
    expect(body['Events']).toMatchObject([{ JobId: jobId, Status: 'Complete', NumberOfTasksFailed: 3 }]);
  });

  test('of no job is not found', async () => {
    const { body } = await api.json('GET', `${JOBS}/nothing-here/events`);
    expect(body['Code']).toBe('NotFoundException');
  });
});

describe('changes of status of all jobs', () => {
  test('come in pages, each after the one before', async () => {
    api.now = new Date('2026-01-02T04:00:00Z');
    for (const [n, jobId] of ['a', 'b', 'c'].entries()) {
      const at = `2026-01-02T03:04:0${n}.000Z`;
      await api.jobs.putEvents(jobId, [{ id: 's1', at, kind: 'Status', status: 'New', text: 'New' }]);
    }
    const first = await api.json('GET', '/v20180820/events?maxResults=2');
    expect(first.body['Events']).toMatchObject([{ JobId: 'b' }, { JobId: 'c' }]);
    const next = await api.json('GET', `/v20180820/events?after=${encodeURIComponent(String(first.body['Next']))}`);
    expect(next.body).toEqual({ Events: [], Next: first.body['Next'] });
  });

  test('that are written late are not passed over, and come again with the same id', async () => {
    const put = async (jobId: string, at: string): Promise<void> =>
      api.jobs.putEvents(jobId, [{ id: 's1', at, kind: 'Status', status: 'New', text: 'New' }]);
    const read = async (after: string): Promise<{ Next: string; Events: { JobId: string; EventId: string }[] }> =>
      (await api.json('GET', `/v20180820/events?${after}`)).body as never;
    const at = (seconds: number): string => new Date(api.now.getTime() - seconds * 1_000).toISOString();
    await put('a', at(300));
    await put('b', at(30));
    const first = await read('maxResults=10');
    expect(first.Events.map(({ JobId }) => JobId)).toEqual(['a', 'b']);
    await put('late', at(60));
    const second = await read(`after=${encodeURIComponent(first.Next)}`);
    expect(second.Events.map(({ JobId }) => JobId)).toEqual(['late', 'b']);
    expect(second.Events[1]?.EventId).toBe(first.Events[1]?.EventId);
    // A page that is full is gone beyond, however young it is.
    const page = await read(`after=${encodeURIComponent(first.Next)}&maxResults=1`);
    expect((await read(`after=${encodeURIComponent(page.Next)}`)).Events.map(({ JobId }) => JobId)).toEqual(['b']);
  });

  test('are a thousand at once at most', async () => {
    const { body } = await api.json('GET', '/v20180820/events?maxResults=1001');
    expect(body).toMatchObject({ Code: 'BadRequestException', Message: expect.stringContaining('MaxResults') });
  });
});

test('a topic of another Region is refused, and what is no topic', async () => {
  api.jobTopics.push('arn:aws:sns:*:111122223333:jobs-*');
  const create = (NotificationTopicArn: string) => api.create('t', { Drover: { NotificationTopicArn } });
  await expect(create('arn:aws:sns:eu-west-1:111122223333:jobs-a')).rejects.toThrow(
    "is in eu-west-1; it must be a topic of this Drover's Region, us-east-1.",
  );
  await expect(create('jobs-a')).rejects.toThrow('the ARN of an SNS topic, like arn:aws:sns:');
});

test('a job may name a topic that the operator allows, and no other', async () => {
  const create = () => api.create('t', { Drover: { NotificationTopicArn: TOPIC } });
  await expect(create()).rejects.toThrow(
    `Jobs may not name the topic ${TOPIC}. The operator of this Drover allows none.`,
  );
  api.jobTopics.push('arn:aws:sns:us-east-1:111122223333:jobs-*');
  expect(await create()).toBeTruthy();
});
