import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { estimate } from '../../core/api/estimate.ts';
import { checkEstimateInput } from '../../core/estimate/estimate-request.ts';
import { TestApi } from '../core/api/fixtures.ts';
import { type Answer, FakeDrover, type Received } from './support/fake-drover.ts';
import { linesOf, runCli } from './support/run-cli.ts';

const TAGGING = ['--operation', 'put-object-tagging', '--tags', 'a=b'];

/** S3 in memory, by path; and the real estimates. */
let objects: Map<string, Buffer>;
let drover: FakeDrover;
let answers: Answer[];
let folder: string;

beforeEach(async () => {
  objects = new Map();
  answers = [];
  drover = await FakeDrover.start(answer);
  folder = await mkdtemp(join(tmpdir(), 'drover-cli-'));
});

afterEach(async () => {
  await drover.close();
  await rm(folder, { recursive: true });
});

function answer({ method, target, headers }: Received): Answer {
  if (target === '/v20180820/estimates') return answers.shift() ?? { status: 500 };
  const bytes = objects.get(target.replace(/\?.*/, ''));
  if (bytes === undefined) return { status: 404 };
  if (method === 'HEAD') return { headers: { 'content-length': String(bytes.length), etag: '"e"' } };
  const [, last] = /^bytes=0-(\d+)$/.exec(headers.range ?? '') ?? [];
  return { body: bytes.subarray(0, last === undefined ? bytes.length : Number(last) + 1).toString('latin1') };
}

/** What the API is asked for, and what it answered to the first question. */
async function run(argv: string[]) {
  // The fake cannot wait, so the question is asked twice: once to see it, once with its answer.
  await runCli(['estimate', ...argv, '--json'], drover);
  const asked = drover.received.find(({ target }) => target === '/v20180820/estimates');
  const body = JSON.parse(asked?.body ?? '{}') as { Assumptions?: object; Request?: object };
  const { context } = new TestApi();
  answers = [{ body: await estimate(checkEstimateInput(body), context) }];
  return { body, ...(await runCli(['estimate', ...argv], drover)) };
}

function manifest(lines: number): Buffer {
  return Buffer.from(Array.from({ length: lines }, (_, line) => `bucket,some/key/${line % 10}\n`).join(''));
}

describe('drover estimate', () => {
  test('of a number of objects asks for nothing else, and shows a table that lines up', async () => {
    const { code, stdout, stderr, body } = await run([...TAGGING, '--tasks', '1000000']);
    expect([code, stderr]).toEqual([0, '']);
    expect(body).toEqual({
      Request: { Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: 'b' }] } } },
      Assumptions: { Tasks: 1_000_000 },
    });
    expect(drover.requests.every((request) => request === 'POST /v20180820/estimates')).toBe(true);
    const lines = linesOf(stdout);
    expect(lines).toContain('Operation  S3PutObjectTagging');
    expect(lines).toContain('Tasks      1,000,000');
    expect(stdout).toMatch(/^Time {7}4 min 46 s at 3,500\/s, /m);
    expect(stdout).toMatch(/^ {2}PUT, COPY, POST and LIST requests +1,000,000 +5\.00$/m);
    expect(stdout).toMatch(/^S3 Batch Operations instead +6\.25$/m);
    const table = lines.slice(lines.findIndex((line) => line.startsWith('COST')));
    const rows = table.slice(0, table.indexOf(''));
    expect(new Set(rows.map(({ length }) => length)).size).toBe(1);
    expect(stdout).toMatch(/^Prices: us-east-1, \d{4}-\d\d \(AWS Price List/m);
    expect(stdout).toContain('Taken for granted:');
  });

  test('counts a small manifest', async () => {
    objects.set('/lists/m.csv', manifest(12));
    const { stdout, body } = await run([...TAGGING, '--manifest', 's3://lists/m.csv']);
    expect(body.Assumptions).toEqual({ Tasks: 12 });
    expect(linesOf(stdout)).toContain('Tasks      12, counted in the manifest');
  });

  test('reckons a large one from its beginning', async () => {
    objects.set('/lists/m.csv', manifest(100_000));
    const { stdout, body } = await run([...TAGGING, '--manifest', 's3://lists/m.csv']);
    const { Tasks = 0 } = body.Assumptions as { Tasks?: number };
    expect(Math.abs(Tasks - 100_000)).toBeLessThan(100);
    expect(stdout).toMatch(/^Tasks {6}about [\d,]+, from the manifest’s size and its first lines$/m);
  });

  test('takes a job from a file, changed by flags, and does without what costs nothing', async () => {
    objects.set('/lists/m.csv', manifest(3));
    const file = join(folder, 'job.yaml');
    await writeFile(
      file,
      'Operation: { S3DeleteObjectTagging: {} }\nManifest:\n  Spec: { Format: S3BatchOperations_CSV_20180820, Fields: [Bucket, Key] }\n' +
        '  Location: { ObjectArn: "arn:aws:s3:::lists/m.csv" }\n',
    );
    const { code, body } = await run(['--file', file, '--rate', '10', '--at-rate', '5', '--latency', '20']);
    expect(code).toBe(0);
    expect(body).toMatchObject({
      Request: { Operation: { S3DeleteObjectTagging: {} }, Drover: { RateLimit: { TasksPerSecond: 10 } } },
      Assumptions: { Tasks: 3, TasksPerSecond: 5, RequestLatencyMilliseconds: 20 },
    });
  });

  test('asks for a job by its id', async () => {
    answers = [{ status: 400, body: { Code: 'NotFoundException', Message: 'no such job' } }];
    const { code, stderr } = await runCli(['estimate', 'some-job', '--object-bytes', '5'], drover);
    expect([code, stderr]).toEqual([1, 'drover: NotFoundException: no such job\n']);
    expect(JSON.parse(drover.received[0]?.body ?? '')).toEqual({
      JobId: 'some-job',
      Assumptions: { AverageObjectBytes: 5 },
    });
  });

  test('prints one document for programs', async () => {
    const { context } = new TestApi();
    const Request = { Operation: { S3DeleteObjectTagging: {} } };
    answers = [{ body: await estimate(checkEstimateInput({ Request, Assumptions: { Tasks: 5 } }), context) }];
    const flags = ['--operation', 'delete-object-tagging', '--tasks', '5', '--json'];
    const { stdout } = await runCli(['estimate', ...flags], drover);
    expect(JSON.parse(stdout)).toMatchObject({ Tasks: 5, Costs: { Total: expect.any(Number) } });
  });

  test.each<[string, string[], string]>([
    [
      'no operation',
      ['--tasks', '5'],
      'Still needed: --operation, or a whole job with --file job.yaml, or the id of a job.',
    ],
    ['no number', TAGGING, 'Still needed: --tasks N, or --manifest s3://bucket/key to look at.'],
    ['an id and a request', ['some-job', ...TAGGING], '--operation is for a job that is not created yet'],
    ['half a task', [...TAGGING, '--tasks', '1.5'], 'It should be a whole number from 1'],
    ['what is no id', ['a'], "'a' is not a job id."],
  ])('says what is wrong: %s', async (_, argv, message) => {
    const { code, stderr } = await runCli(['estimate', ...argv], drover);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(drover.received).toEqual([]);
  });

  test('says when there is no manifest, or nothing in it', async () => {
    const gone = await runCli(['estimate', ...TAGGING, '--manifest', 's3://lists/gone.csv'], drover);
    expect([gone.code, gone.stderr]).toEqual([1, 'drover: There is no manifest at s3://lists/gone.csv\n']);
    objects.set('/lists/empty.csv', Buffer.alloc(0));
    const empty = await runCli(['estimate', ...TAGGING, '--manifest', 's3://lists/empty.csv'], drover);
    expect(empty.stderr).toBe('drover: s3://lists/empty.csv names no objects.\n');
  });

  test('asks for the number where it does not look', async () => {
    const file = join(folder, 'job.json');
    const Manifest = { Drover: { Format: 'ORC' }, Location: { ObjectArn: 'arn:aws:s3:::a/b' } };
    await writeFile(file, JSON.stringify({ Operation: { S3DeleteObjectTagging: {} }, Manifest }));
    const { code, stderr } = await runCli(['estimate', '--file', file], drover);
    expect(code).toBe(2);
    expect(linesOf(stderr)[0]).toBe(
      'drover: How many tasks a manifest of the format ORC makes must be given: --tasks N',
    );
  });

  test('has help with examples', async () => {
    const { stdout } = await runCli(['estimate', '--help']);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain('drover estimate --operation put-object-tagging --tags a=b --tasks 1000000000');
  });
});

test('an inventory is reckoned by its files, with the size of its objects', async () => {
  const { countTasks } = await import('../../cli/estimate/count-tasks.ts');
  const rows = (count: number) =>
    Array.from({ length: count }, (_, row) => `"b","key%2F${row}","${row % 2 === 0 ? 100 : 300}"\n`).join('');
  const [small, large] = [gzipSync(rows(10)), gzipSync(rows(60_000))];
  const stored = (files: readonly { key: string; bytes: Buffer }[]) => {
    const json = JSON.stringify({
      destinationBucket: 'arn:aws:s3:::inventories',
      fileSchema: 'Bucket, Key, Size',
      files: files.map(({ key, bytes }) => ({ key, size: bytes.length })),
    });
    const at = (key: string) => files.find((file) => file.key === key)?.bytes;
    return {
      get: async () => ({ Body: { transformToString: async () => json } }),
      head: async (_: string, key: string) => ({ ContentLength: at(key)?.length }),
      beginning: async (_: string, key: string, bytes: number) => at(key)?.subarray(0, bytes),
    } as unknown as Parameters<typeof countTasks>[0];
  };
  const asked = {
    Spec: { Format: 'S3InventoryReport_CSV_20161130' },
    Location: { ObjectArn: 'arn:aws:s3:::inventories/manifest.json' },
  };
  expect(await countTasks(stored([{ key: 'a', bytes: small }]), asked)).toEqual({
    tasks: 10,
    exact: true,
    objectBytes: 200,
    how: 'counted in the inventory',
  });
  const many = [1, 2, 3].map((number) => ({ key: String(number), bytes: large }));
  const count = await countTasks(stored(many), asked);
  expect(Math.abs(count.tasks - 180_000)).toBeLessThan(9_000);
  expect(count).toMatchObject({ exact: false, objectBytes: expect.any(Number) });
});
