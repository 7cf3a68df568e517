import { beforeEach, describe, expect, test } from '@jest/globals';
import { START, TestApi } from './fixtures.ts';

const JOBS = '/v20180820/jobs';
const OTHERS = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];

let api: TestApi;
let jobId: string;

beforeEach(async () => {
  api = new TestApi();
  jobId = await api.create();
});

async function shown(): Promise<Record<string, unknown>> {
  return (await api.json('GET', `${JOBS}/${jobId}`)).body['Job'] as Record<string, unknown>;
}

async function share(jobs: readonly string[]): Promise<void> {
  const shares = Object.fromEntries(jobs.map((id) => [id, { workers: 3, since: 0 }]));
  await api.jobs.putSchedule({ version: 1, shares });
}

function later(seconds: number): void {
  api.now = new Date(START.getTime() + seconds * 1_000);
}

describe.each(['Ready', 'Paused'] as const)('a job that is %s', (status) => {
  beforeEach(() => api.force(jobId, { status, statusSince: START.toISOString() }));

  test('says which job goes before it, or how many, until it has some', async () => {
    later(10);
    await share(OTHERS.slice(0, 1));
    const reason = `It waits for workers: job ${OTHERS[0]} goes before it, with 3 workers. A higher priority lets it overtake`;
    expect(await shown()).toMatchObject({
      StatusUpdateReason: `NoCapacity: ${reason}`,
      Drover: { Trouble: { FailureCode: 'NoCapacity', FailureReason: reason, since: START.toISOString() } },
    });
    api.jobs.schedule = { version: 0, shares: {} };
    await share(OTHERS);
    expect(await shown()).toMatchObject({
      StatusUpdateReason: expect.stringContaining('2 other jobs go before it, with 6 workers.'),
    });
    api.jobs.schedule = { version: 0, shares: {} };
    await share([...OTHERS, jobId]);
    expect(await shown()).not.toHaveProperty('StatusUpdateReason');
  });

  test('says within a minute that nobody gives it any, and nothing as long as that is usual', async () => {
    later(59);
    expect(await shown()).not.toHaveProperty('StatusUpdateReason');
    later(60);
    expect(await shown()).toMatchObject({ StatusUpdateReason: expect.stringContaining('No worker was given to it') });
    await share(OTHERS);
    later(4);
    expect(await shown()).not.toHaveProperty('StatusUpdateReason');
  });

  test('that somebody paused says that instead', async () => {
    later(10);
    await share(OTHERS);
    api.force(jobId, { held: { since: START.toISOString() } });
    expect(await shown()).toMatchObject({ StatusUpdateReason: expect.stringMatching(/^Paused on request/) });
  });
});
