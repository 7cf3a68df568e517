import { afterEach, describe, expect, test } from '@jest/globals';
import { FakeDrover } from './support/fake-drover.ts';
import { linesOf, runCli } from './support/run-cli.ts';

const JOB = '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c';

let drover: FakeDrover | undefined;

afterEach(async () => {
  await drover?.close();
  drover = undefined;
});

function job(Status: string, total?: number, succeeded = 0, failed = 0, more: object = {}) {
  const ProgressSummary = { TotalNumberOfTasks: total, NumberOfTasksSucceeded: succeeded, NumberOfTasksFailed: failed };
  return { JobId: JOB, Status, ...(total !== undefined && { ProgressSummary }), ...more };
}

/** Watches a job that is in these states one after the other. */
async function watch(states: readonly object[], ...flags: string[]) {
  let look = 0;
  drover = await FakeDrover.start(() => {
    const state = states[Math.min(look, states.length - 1)];
    look += 1;
    return { body: { Job: state } };
  });
  return await runCli(['jobs', 'watch', JOB, ...flags], drover);
}

describe('drover jobs watch, without a terminal', () => {
  const states = [
    job('New'),
    job('Preparing', 0),
    job('Active', 3_000),
    job('Active', 3_000, 600),
    job('Active', 3_000, 600),
    job('Active', 3_000, 1_490, 10),
    job('Completing', 3_000, 2_988, 12),
    job('Complete', 3_000, 2_988, 12),
  ];

  test('prints a line for each change, and the end in words', async () => {
    const outcome = await watch(states);
    expect(linesOf(outcome.stdout)).toEqual([
      'New: about to read the manifest',
      'Preparing: reading the manifest',
      'Active  0 %  0 of 3,000 done  0 failed',
      'Active  20 %  600 of 3,000 done  0 failed  600/s  4 s left',
      'Active  50 %  1,500 of 3,000 done  10 failed  500/s  3 s left',
      'Completing: writing the report  100 %  3,000 of 3,000 done  12 failed',
      'Complete  100 %  3,000 of 3,000 done  12 failed',
      `Job ${JOB}: Complete, with 12 failed tasks of 3,000`,
      `What failed, and why: drover jobs failures ${JOB}`,
    ]);
    expect(outcome.code).toBe(1);
  });

  test('tells of workers and throttles, and once of what keeps the job from going on', async () => {
    const reason = 'Throttled: nothing but throttling for five minutes';
    const busy = { Drover: { Workers: 1, Throttled: { Attempts: 1_234, Bucket: 'photos' } } };
    const outcome = await watch([
      { ...job('New'), StatusUpdateReason: 'Waits for the end of job abcde (Drover.After)' },
      job('Active', 10, 0, 0, { Drover: { Workers: 12 } }),
      job('Active', 10, 5, 0, { ...busy, StatusUpdateReason: reason }),
      job('Active', 10, 6, 0, { ...busy, StatusUpdateReason: reason }),
      job('Complete', 10, 10, 0, { StatusUpdateReason: 'not shown at the end' }),
    ]);
    expect(linesOf(outcome.stdout)).toEqual([
      'Waits for the end of job abcde (Drover.After)',
      'New',
      'Active  0 %  0 of 10 done  0 failed  12 workers',
      reason,
      'Active  50 %  5 of 10 done  0 failed  5.0/s  1 s left  1 worker  throttled 1,234×',
      'Active  60 %  6 of 10 done  0 failed  3.0/s  1 s left  1 worker  throttled 1,234×',
      'Complete  100 %  10 of 10 done  0 failed',
      `Job ${JOB}: Complete: all 10 tasks succeeded`,
    ]);
  });

  test('prints a document for each change with --json', async () => {
    const outcome = await watch(states, '--json', '--interval', '2');
    const documents = linesOf(outcome.stdout).map((line) => JSON.parse(line));
    expect(documents[0]).toEqual({
      JobId: JOB,
      Status: 'New',
      NumberOfTasksSucceeded: 0,
      NumberOfTasksFailed: 0,
    });
    expect(documents[3]).toEqual({
      JobId: JOB,
      Status: 'Active',
      TotalNumberOfTasks: 3_000,
      NumberOfTasksSucceeded: 600,
      NumberOfTasksFailed: 0,
      TasksPerSecond: 300,
      SecondsLeft: 8,
    });
    expect(documents.at(-1)).toEqual({
      JobId: JOB,
      Status: 'Complete',
      Outcome: 'Complete, with 12 failed tasks of 3,000',
      TotalNumberOfTasks: 3_000,
      NumberOfTasksSucceeded: 2_988,
      NumberOfTasksFailed: 12,
      FailureReasons: [],
    });
  });

  test.each([
    [job('Complete', 3, 3), 'Complete: all 3 tasks succeeded', 0],
    [job('Complete', 1, 1), 'Complete: all 1 task succeeded', 0],
    [job('Complete', 0), 'Complete: there was no task to do', 0],
    [job('Complete', 2, 1, 1), 'Complete, with 1 failed task of 2', 1],
    [
      job('Cancelled', 5_000, 200, 2, { StatusUpdateReason: 'late' }),
      'Cancelled after 202 of 5,000 tasks, with 2 failed tasks. late',
      1,
    ],
    [
      job('Failed', undefined, 0, 0, {
        FailureReasons: [{ FailureCode: 'InvalidManifestContent', FailureReason: 'Line 3 …' }],
      }),
      'Failed before its first task. InvalidManifestContent: Line 3 …',
      1,
    ],
  ])('%#: tells how the job ended', async (state, outcome, code) => {
    const watched = await watch([state]);
    expect(linesOf(watched.stdout)).toContain(`Job ${JOB}: ${outcome}`);
    expect(watched.code).toBe(code);
  });

  test('tells that a job waits for confirmation', async () => {
    const outcome = await watch([job('Suspended', 10), job('Cancelled', 10)]);
    expect(linesOf(outcome.stdout)[0]).toBe(
      `Suspended: waiting for your confirmation (drover jobs confirm ${JOB})  0 %  0 of 10 done  0 failed`,
    );
  });

  test('Ctrl-C ends the watch and not the job', async () => {
    drover = await FakeDrover.start(() => ({ body: { Job: job('Active', 10) } }));
    let press = (): void => undefined;
    const outcome = await runCli(['jobs', 'watch', JOB], {
      ...drover,
      onListening: (pressed) => {
        press = pressed;
      },
      onSleep: () => press(),
    });
    expect(linesOf(outcome.stdout).at(-1)).toBe(`The job goes on. See it again with: drover jobs watch ${JOB}`);
    expect(outcome.code).toBe(130);
    expect(drover.requests.every((request) => request.startsWith('GET '))).toBe(true);
  });

  test('outlives an endpoint that is away for some seconds, and not one that stays away', async () => {
    const fake = await FakeDrover.start(() => ({ body: { Job: job('Active', 10) } }));
    let closed: Promise<void> | undefined;
    const began: number[] = [];
    const outcome = await runCli(['jobs', 'watch', JOB], {
      endpoint: fake.endpoint,
      onSleep: (now) => {
        began.push(now);
        closed ??= fake.close();
      },
    });
    await closed;
    expect(outcome.stderr).toContain('Nothing answers at');
    expect(outcome.code).toBe(1);
    expect((began.at(-1) ?? 0) - (began[0] ?? 0)).toBe(29_000);
  });
});
