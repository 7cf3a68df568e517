import { afterEach, expect, test } from '@jest/globals';
import { FakeDrover } from './support/fake-drover.ts';
import { runCli } from './support/run-cli.ts';

const JOB = '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c';

let drover: FakeDrover | undefined;

afterEach(async () => {
  await drover?.close();
  drover = undefined;
});

test('drover jobs pause asks with the reason, and says what became of the job', async () => {
  const answer = { JobId: JOB, Status: 'Pausing', StatusUpdateReason: 'Paused on request' };
  drover = await FakeDrover.start(() => ({ body: answer }));
  const outcome = await runCli(['jobs', 'pause', JOB, '--reason', 'day time'], drover);
  expect(drover.requests).toEqual([`POST /v20180820/jobs/${JOB}/pause?statusUpdateReason=day%20time`]);
  expect(outcome).toMatchObject({ code: 0, stdout: `Job ${JOB} is Pausing. Paused on request\n` });
});

test('drover jobs resume says that the job waits for workers', async () => {
  drover = await FakeDrover.start(() => ({ body: { JobId: JOB, Status: 'Paused' } }));
  const outcome = await runCli(['jobs', 'resume', JOB], drover);
  expect(drover.requests).toEqual([`POST /v20180820/jobs/${JOB}/resume`]);
  expect(outcome).toMatchObject({ code: 0, stdout: `Job ${JOB} may go on: Paused until it has workers\n` });
});

test.each([
  [['--rate', '100'], { RateLimit: { TasksPerSecond: 100 } }],
  [['--rate', 'none', '--max-workers', '4'], { RateLimit: null, MaxWorkers: 4 }],
  [['--max-workers', 'none'], { MaxWorkers: null }],
  [['--failure-threshold', '2'], { FailureThreshold: { Percent: 2 } }],
  [['--failure-threshold', 'usual'], { FailureThreshold: null }],
])('drover jobs update %j sends these limits only', async (flags, limits) => {
  drover = await FakeDrover.start(() => ({ body: { JobId: JOB } }));
  const outcome = await runCli(['jobs', 'update', JOB, ...flags], drover);
  expect(outcome.code).toBe(0);
  expect(drover.requests).toEqual([`POST /v20180820/jobs/${JOB}/limits`]);
  expect(JSON.parse(drover.received[0]?.body ?? '{}')).toEqual(limits);
});

test.each([
  [[], 'Say what to change'],
  [['--max-workers', '0'], "'0'"],
])('drover jobs update %j is refused, and nothing is sent', async (flags, message) => {
  drover = await FakeDrover.start(() => ({ body: {} }));
  const outcome = await runCli(['jobs', 'update', JOB, ...flags], drover);
  expect(outcome.stderr).toContain(message);
  expect(outcome.code).toBe(2);
  expect(drover.requests).toEqual([]);
});
