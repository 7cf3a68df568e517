import { beforeEach, describe, expect, test } from '@jest/globals';
import { START, TestApi } from './fixtures.ts';

let api: TestApi;
let former: string;
beforeEach(async () => {
  api = new TestApi();
  former = await api.create('former');
});

const JOBS = '/v20180820/jobs';

/** A job after others, whose other members are those of the first. */
async function create(After: object, changes: object = {}): Promise<{ status: number; body: Record<string, unknown> }> {
  const Drover = { CloneOf: former, After };
  return await api.json('POST', JOBS, { ClientRequestToken: 'next', ...changes, Drover });
}

describe('Drover.After', () => {
  test('makes a job that says what it waits for', async () => {
    const { body } = await create({ JobIds: [former], Manifest: 'SucceededTasks' });
    const described = await api.json('GET', `${JOBS}/${String(body['JobId'])}`);
    expect(described.body['Job']).toMatchObject({
      Status: 'New',
      StatusUpdateReason: `Waits for the end of job ${former} (Drover.After)`,
      Drover: { After: { JobIds: [former], Manifest: 'SucceededTasks' } },
    });
    // The tasks are those of the other job: its manifest is not taken over.
    expect(described.body['Job']).not.toHaveProperty('Manifest');
  });

  test('keeps the manifest where it names none', async () => {
    const { body } = await create({ JobIds: [former], On: 'Any' });
    expect(await api.jobs.getRequest(String(body['JobId']))).toMatchObject({ request: { Manifest: {} } });
  });

  test('is not taken over by a clone with tasks of its own', async () => {
    const { body } = await create({ JobIds: [former], Manifest: 'Same' });
    api.force(former, { status: 'Failed', endedAt: START.toISOString(), totalTasks: 3 });
    const Drover = { CloneOf: body['JobId'], TasksOf: { JobId: former } };
    const clone = await api.json('POST', JOBS, { ClientRequestToken: 'clone', Drover });
    expect(clone.status).toBe(200);
    expect((await api.jobs.getRequest(String(clone.body['JobId'])))?.request.Drover).toEqual(Drover);
  });

  const REFUSED: readonly [object, object, string][] = [
    [{ JobIds: [] }, {}, 'Drover.After.JobIds must be a list of 1 to 20, not a list of 0'],
    [{ JobIds: ['0f00e1d2-0000'], On: 'Complete' }, {}, 'The specified job does not exist: 0f00e1d2-0000'],
    [{ JobIds: ['FORMER', 'FORMER'] }, {}, 'Drover.After.JobIds must not name a job twice'],
    [{ JobIds: ['FORMER'], On: 'Success' }, {}, 'Drover.After.On must be one of Complete, Failed, Any'],
    [{ JobIds: ['FORMER'], Manifest: 'Tasks' }, {}, 'Drover.After.Manifest must be one of FailedTasks, '],
    [{ JobIds: ['FORMER'] }, { Manifest: null }, 'Manifest is missing, and so is Drover.After.Manifest'],
    [
      { JobIds: ['FORMER'], Manifest: 'Report' },
      {},
      'Drover.After.JobIds[0] must have a report, for Manifest is Report: job FORMER has none',
    ],
  ];

  test.each(REFUSED)('%j with %j is refused: %s', async (after, changes, message) => {
    if (message.includes('has none')) former = await api.create('unreported', { Report: { Enabled: false } });
    const filled = JSON.parse(JSON.stringify(after).replaceAll('FORMER', former)) as object;
    const { status, body } = await create(filled, changes);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body['Message']).toContain(message.replaceAll('FORMER', former));
  });

  test('is one source of tasks beside none other', async () => {
    const Manifest = { Location: { ObjectArn: 'arn:aws:s3:::m/m.csv', ETag: 'e' } };
    const { body } = await create({ JobIds: [former], Manifest: 'Same' }, { Manifest });
    expect(body['Message']).toContain('must have either Manifest or Drover.After.Manifest, but has both');
  });
});
