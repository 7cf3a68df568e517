import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Answer, FakeDrover, type Received } from './support/fake-drover.ts';
import { linesOf, runCli } from './support/run-cli.ts';

const SOURCE = '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c';
const JOB = '11e123a4-c0d8-41f4-a0eb-b46f9ba5b07c';

let drover: FakeDrover;
beforeEach(async () => {
  drover = await FakeDrover.start(answer);
});
afterEach(async () => {
  await drover.close();
});

function answer({ method, target }: Received): Answer {
  if (method === 'HEAD') return { headers: { etag: '"abc123"' } };
  if (method === 'GET') return { body: { Job: { JobId: JOB, Status: 'New', ConfirmationRequired: true } } };
  return target === '/v20180820/jobs' ? { body: { JobId: JOB } } : { status: 404 };
}

function sent(): Record<string, unknown> {
  const request = drover.received.find(({ method }) => method === 'POST');
  return JSON.parse(request?.body ?? '{}') as Record<string, unknown>;
}

describe('drover jobs clone', () => {
  test('sends only what it was told, and the token of a new job', async () => {
    const outcome = await runCli(['jobs', 'clone', SOURCE], drover);
    expect(sent()).toEqual({ ClientRequestToken: expect.stringMatching(/^[\w-]{36}$/), Drover: { CloneOf: SOURCE } });
    expect(linesOf(outcome.stdout)).toEqual([
      `Created job ${JOB}`,
      `It begins once you confirm it: drover jobs confirm ${JOB}`,
    ]);
  });

  test('puts what flags and a file say in place of what that job had', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'drover-cli-'));
    const file = join(folder, 'changes.yaml');
    await writeFile(file, 'Description: null\nPriority: 3\n');
    const flags = ['--priority', '7', '--manifest', 's3://lists/x.csv', '--dry-run', '--no-confirm', '--token', 't'];
    await runCli(['jobs', 'clone', SOURCE, '--file', file, ...flags], drover);
    await rm(folder, { recursive: true });
    expect(sent()).toEqual({
      ClientRequestToken: 't',
      ConfirmationRequired: false,
      Description: null,
      Priority: 7,
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
        Location: { ObjectArn: 'arn:aws:s3:::lists/x.csv', ETag: 'abc123' },
      },
      Drover: { DryRun: true, CloneOf: SOURCE },
    });
  });

  test('refuses what is no job id, and sends nothing', async () => {
    const outcome = await runCli(['jobs', 'clone', 'a b'], drover);
    expect(outcome.stderr).toContain("'a b' is not a job id");
    expect(outcome.code).toBe(2);
    expect(drover.requests).toEqual([]);
  });
});

describe('drover jobs retry', () => {
  test.each([
    [[], { JobId: SOURCE }],
    [['--only', 'failed'], { JobId: SOURCE, Tasks: 'Failed' }],
    [['--only', 'unreached'], { JobId: SOURCE, Tasks: 'Unreached' }],
  ])('%j takes its tasks from the job', async (flags, TasksOf) => {
    await runCli(['jobs', 'retry', SOURCE, '--rate', '50', ...flags], drover);
    expect(sent()['Drover']).toEqual({ CloneOf: SOURCE, TasksOf, RateLimit: { TasksPerSecond: 50 } });
  });

  test('refuses another selection, naming those there are', async () => {
    const outcome = await runCli(['jobs', 'retry', SOURCE, '--only', 'some'], drover);
    expect(outcome.stderr).toContain('Allowed choices are failed, unreached');
    expect(outcome.code).toBe(2);
  });
});
