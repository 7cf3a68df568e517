import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Answer, FakeDrover, type Received } from './support/fake-drover.ts';
import { runCli } from './support/run-cli.ts';

let folder: string;
let job: string;
let drover: FakeDrover | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drover-triggers-'));
  job = join(folder, 'job.yaml');
  await writeFile(job, 'RoleArn: role\nPriority: 3\n');
});
afterEach(async () => {
  await drover?.close();
  drover = undefined;
  await rm(folder, { recursive: true });
});

const NONE: Answer = { status: 400, body: { Code: 'NotFoundException', Message: 'There is no trigger t.' } };

async function drove(argv: string[], answer: (request: Received) => Answer) {
  drover = await FakeDrover.start(answer);
  return await runCli(['triggers', ...argv], drover);
}

describe('drover triggers create', () => {
  const Job = { RoleArn: 'role', Priority: 3 };

  test.each<[string[], object]>([
    [
      ['--inventory', 's3://inv/photos/daily/'],
      { Kind: 'Inventory', Bucket: 'arn:aws:s3:::inv', Prefix: 'photos/daily/' },
    ],
    [
      ['--objects', 's3://lists/in/', '--suffix', '.csv', '--overlap', 'run'],
      { Kind: 'Object', Bucket: 'arn:aws:s3:::lists', Prefix: 'in/', Suffix: '.csv', Overlap: 'Run' },
    ],
    [
      ['--objects', 's3://lists', '--pattern', '**/*.csv'],
      { Kind: 'Object', Bucket: 'arn:aws:s3:::lists', Pattern: '**/*.csv' },
    ],
    [
      ['--schedule', 'rate(1 day)', '--time-zone', 'Asia/Tokyo', '--disabled'],
      { Kind: 'Schedule', Schedule: 'rate(1 day)', TimeZone: 'Asia/Tokyo', Enabled: false },
    ],
  ])('%j sends the trigger', async (flags, definition) => {
    const outcome = await drove(['create', 't', ...flags, '--job', job], ({ method }) =>
      method === 'GET' ? NONE : { body: {} },
    );
    expect(outcome).toMatchObject({ code: 0, stdout: 'Trigger t is created\n' });
    expect(drover?.requests).toEqual(['GET /v20180820/triggers/t', 'PUT /v20180820/triggers/t']);
    expect(JSON.parse(drover?.received[1]?.body ?? '')).toEqual({ ...definition, Job });
  });

  test('does not put one in place of another, unless it is told to', async () => {
    const flags = ['create', 't', '--inventory', 's3://inv/a', '--job', job];
    const there = { body: { Trigger: { Name: 't', Firings: [] } } };
    const outcome = await drove(flags, () => there);
    expect(outcome).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is a trigger t already. With --replace'),
    });
    await drover?.close();
    expect(await drove([...flags, '--replace'], () => ({ body: {} }))).toMatchObject({ code: 0 });
    expect(drover?.requests).toEqual(['PUT /v20180820/triggers/t']);
  });

  test('takes the whole trigger from a file', async () => {
    await writeFile(job, JSON.stringify({ Kind: 'Schedule', Schedule: 'rate(1 day)', Job }));
    await drove(['create', 't', '--file', job, '--replace'], () => ({ body: {} }));
    expect(JSON.parse(drover?.received[0]?.body ?? '')).toEqual({ Kind: 'Schedule', Schedule: 'rate(1 day)', Job });
  });

  test.each([
    [[], 'Say what it waits for'],
    [['--inventory', 's3://inv/a'], 'Still needed: --job'],
    [['--inventory', 's3://inv/a', '--schedule', 'rate(1 day)'], 'has one of --inventory'],
    [['--inventory', 'inv'], 's3://bucket/name'],
    [['--schedule', 'rate(1 day)', '--overlap', 'twice'], 'queue, skip or run'],
  ])('%j is refused, and nothing is sent', async (flags, message) => {
    const outcome = await drove(['create', 't', ...flags], () => ({ body: {} }));
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
    expect(drover?.requests).toEqual([]);
  });
});

test('drover triggers list lines up, and shows what is wrong', async () => {
  const common = { Bucket: 'arn:aws:s3:::inv', Prefix: 'a/', DefinedBy: 'api', CreationTime: '', LastChangeTime: '' };
  const Triggers = [
    {
      ...common,
      Name: 'nightly',
      Kind: 'Inventory',
      Enabled: true,
      LastFiring: { FiringId: 'f', Status: 'Failed', Cause: 'Event', Time: '2026-01-31T03:04:05.678Z' },
    },
    { ...common, Name: 'dropped', Kind: 'Object', Suffix: '.csv', Enabled: true, Problem: { Since: '', Reason: 'no' } },
    { ...common, Name: 'off', Kind: 'Schedule', Schedule: 'rate(1 day)', Enabled: false },
  ];
  const outcome = await drove(['list'], () => ({ body: { Triggers } }));
  expect(outcome.stdout).toBe(
    [
      'TRIGGER  KIND       STATUS    LAST FIRED            OUTCOME  WAITS FOR',
      'nightly  Inventory  enabled   2026-01-31 03:04:05Z  Failed   reports under s3://inv/a/',
      'dropped  Object     problem   –                     –        objects under s3://inv/a/ that end in .csv',
      'off      Schedule   disabled  –                     –        rate(1 day) UTC',
      '',
    ].join('\n'),
  );
});

test('drover triggers describe shows the last firings and their errors', async () => {
  const Trigger = {
    Name: 'nightly',
    Kind: 'Inventory',
    Bucket: 'arn:aws:s3:::inv',
    Prefix: 'a/',
    Enabled: true,
    DefinedBy: 'stack',
    CreationTime: '2026-01-01T00:00:00.000Z',
    LastChangeTime: '2026-01-01T00:00:00.000Z',
    Problem: { Since: '2026-01-31T03:04:05.678Z', Reason: 'Looking at s3://inv/a/ is forbidden.' },
    Job: { RoleArn: 'role', Operation: { Drover: { DeleteObject: {} } } },
    Firings: [
      {
        FiringId: 'f',
        Status: 'Failed',
        Cause: 'Event',
        Time: '2026-01-31T03:04:05.678Z',
        Key: 'a/b',
        Reason: 'It is in\nORC.',
      },
      { FiringId: 'g', Status: 'Created', Cause: 'Listing', Time: '2026-01-30T03:04:05.678Z', Key: 'a/c', JobId: 'j' },
    ],
  };
  const { stdout } = await drove(['describe', 'nightly'], () => ({ body: { Trigger } }));
  expect(stdout).toContain('Problem     since 2026-01-31 03:04:05Z: Looking at s3://inv/a/ is forbidden.');
  expect(stdout).toContain('Defined by  a stack, which alone can change it');
  expect(stdout).toContain('Operation   DeleteObject');
  expect(stdout).toContain('2026-01-31 03:04:05Z  Failed   Event    a/b  It is in ORC.\n');
  expect(stdout).toContain('2026-01-30 03:04:05Z  Created  Listing  a/c  j\n');
});

test.each([
  [{ Status: 'Created', JobId: 'j' }, 0, 'Trigger t created job j\n'],
  [{ Status: 'Failed', Reason: 'No report.' }, 1, 'Trigger t made no job. No report.\n'],
  [
    { Status: 'Queued', Reason: 'Job i is Active.' },
    0,
    expect.stringContaining('when the one before it has ended. Job i is'),
  ],
])('drover triggers fire waits for what becomes of it: %j', async (firing, code, stdout) => {
  let looks = 0;
  const outcome = await drove(['fire', 't', '--key', 'a b'], ({ method }) => {
    if (method === 'POST') return { body: { Name: 't', FiringId: 'f' } };
    looks += 1;
    return { body: { Trigger: { Firings: [{ FiringId: 'f', ...(looks === 1 ? { Status: 'Pending' } : firing) }] } } };
  });
  expect(outcome).toMatchObject({ code, stdout });
  expect(drover?.requests[0]).toMatch(
    /^POST \/v20180820\/triggers\/t\/fire\?clientRequestToken=[0-9a-f-]{36}&key=a%20b$/,
  );
});

test.each([
  ['enable', 'POST /v20180820/triggers/t/enable', 'Trigger t is enabled\n'],
  ['disable', 'POST /v20180820/triggers/t/disable', 'Trigger t is disabled\n'],
  ['delete', 'DELETE /v20180820/triggers/t', 'Trigger t is deleted\n'],
])('drover triggers %s asks for it', async (verb, request, stdout) => {
  expect(await drove([verb, 't'], () => ({ body: {} }))).toMatchObject({ code: 0, stdout });
  expect(drover?.requests).toEqual([request]);
});
