import { createHash } from 'node:crypto';
import {
  DeleteFunctionConcurrencyCommand,
  InvokeCommand,
  type LambdaClient,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { JobDescriptor, S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checksumFunction, createFunction, sizeFunction } from '../../examples/demo/functions.ts';
import { createJob, lambdaOf, s3ControlOf, s3Of, tagJob, untilEnded } from './support/clients.ts';
import { everyAnswerFunction, sleeperFunction } from './support/functions.ts';
import { LocalCloud } from './support/local-cloud.ts';
import { noBoto3 } from './support/machine.ts';
import { createBuckets, putManifest, putObjects } from './support/objects.ts';
import { countedLines } from './support/reports.ts';

/** One more than an account must leave unreserved, so that one can be reserved. */
const CONCURRENCY = 11;

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;
let lambda: LambdaClient;
let everyAnswer: string;

beforeAll(async () => {
  cloud = await LocalCloud.start('--concurrency', String(CONCURRENCY));
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  lambda = lambdaOf(cloud);
  await createBuckets(s3, 'data', 'reports');
  everyAnswer = await createFunction(lambda, await everyAnswerFunction());
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'every-answer', Timeout: 3 }));
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  lambda.destroy();
  await cloud.remove();
});

/** Puts objects whose bodies say what becomes of their tasks; answers the manifest's lines. */
async function putBodies(bodies: Readonly<Record<string, string>>): Promise<string[]> {
  for (const [Key, Body] of Object.entries(bodies)) await s3.send(new PutObjectCommand({ Bucket: 'data', Key, Body }));
  return Object.keys(bodies).map((key) => `data,${encodeURIComponent(key).replaceAll('%2F', '/')}`);
}

async function invoked(FunctionArn: string, name: string, lines: readonly string[]): Promise<JobDescriptor> {
  const manifest = await putManifest(s3, 'data', `${name}.csv`, lines);
  const jobId = await createJob(control, tagJob(manifest, { Operation: { LambdaInvoke: { FunctionArn } } }));
  return await untilEnded(control, jobId);
}

describe('a function that reads each object', () => {
  const keys = ['plain.txt', 'two words.txt', '100% a+b, "c".txt', 'ü/日本語.txt'];
  const lines = keys.map((key) => `data,reads/${encodeURIComponent(key)}`);

  beforeAll(async () => {
    await putObjects(
      s3,
      'data',
      keys.map((key) => `reads/${key}`),
    );
  });

  test('in Node', async () => {
    const checksum = await createFunction(lambda, await checksumFunction());
    const job = await invoked(checksum, 'checksum', lines);
    expect(job).toMatchObject({ Status: 'Complete', ProgressSummary: { NumberOfTasksSucceeded: keys.length } });
    const sums = keys.map((key) => createHash('sha256').update(`body of reads/${key}`).digest('hex'));
    expect((await countedLines(s3, job)).sort()).toEqual(
      lines.map((line, n) => `${line},,succeeded,200,,${sums[n]}`).sort(),
    );
  }, 60_000);

  (noBoto3() ? test.skip : test)(
    'in Python',
    async () => {
      const size = await createFunction(lambda, await sizeFunction());
      const job = await invoked(size, 'size', [...lines, 'data,reads/none']);
      expect(job).toMatchObject({
        Status: 'Complete',
        ProgressSummary: { NumberOfTasksSucceeded: keys.length, NumberOfTasksFailed: 1 },
      });
      const report = await countedLines(s3, job);
      for (const [n, line] of lines.entries()) {
        expect(report).toContain(`${line},,succeeded,200,,${Buffer.byteLength(`body of reads/${keys[n]}`)}`);
      }
      expect(report.find((line) => line.includes('reads/none'))).toMatch(/,,failed,200,PermanentFailure,.*NoSuchKey/);
    },
    60_000,
  );
});

test('whatever a function answers is a line of the report', async () => {
  const lines = await putBodies({
    'answers/succeed': 'succeed',
    'answers/long': 'be long',
    'answers/flaky': 'fail at first',
    'answers/busy': 'fail for a while',
    'answers/impossible': 'fail for good',
    'answers/silent': 'say nothing',
    'answers/silent failure': 'say nothing, which is failure',
    'answers/throw': 'throw',
    'answers/hang': 'hang',
    'answers/exit': 'exit',
    'answers/anything': 'answer anything',
    'answers/another': 'answer another',
  });
  const job = await invoked(everyAnswer, 'answers', lines);
  expect(job).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { TotalNumberOfTasks: 12, NumberOfTasksSucceeded: 3, NumberOfTasksFailed: 9 },
  });
  const report = await countedLines(s3, job);
  const lineOf = (key: string) =>
    report.find((line) => line.startsWith(`data,answers/${key},,`))?.slice(14 + key.length);
  expect(lineOf('succeed')).toBe(',succeeded,200,,"read ""succeed"", 7 bytes"');
  expect(lineOf('long')).toBe(`,succeeded,200,,${'long '.repeat(1_000).slice(0, 1_024)}`);
  expect(lineOf('flaky')).toBe(',succeeded,200,,at last');
  expect(lineOf('busy')).toBe(',failed,200,TemporaryFailure,still busy');
  expect(lineOf('impossible')).toBe(',failed,200,PermanentFailure,cannot be done');
  expect(lineOf('silent')).toMatch(/^,failed,200,TemporaryFailure,.*no result/);
  expect(lineOf('silent%20failure')).toMatch(/^,failed,200,PermanentFailure,.*no result/);
  const functionError = ',failed,200,PermanentFailure,"Lambda returned function error: {""error';
  for (const [key, what] of [
    ['throw', 'no such colour'],
    ['hang', 'Task timed out after 3.00 seconds'],
    ['exit', 'Runtime exited with error: exit status 7'],
  ] as const) {
    expect(lineOf(key)).toEqual(expect.stringContaining(functionError));
    expect(lineOf(key)).toEqual(expect.stringContaining(what));
  }
  expect(lineOf('anything')).toBe(',failed,200,PermanentFailure,Invalid JSON returned in Lambda payload');
  expect(lineOf('another')).toMatch(/^,failed,200,PermanentFailure,Invalid response: invocationId/);
}, 90_000);

describe('a function that is throttled slows its job and fails nothing', () => {
  test('by its reserved concurrency', async () => {
    const reserved = { FunctionName: 'every-answer', ReservedConcurrentExecutions: 1 };
    await lambda.send(new PutFunctionConcurrencyCommand(reserved));
    const keys = Array.from({ length: 12 }, (_, n) => `slow/${n}`);
    const job = await invoked(
      everyAnswer,
      'slow',
      await putBodies(Object.fromEntries(keys.map((key) => [key, 'take a while']))),
    );
    expect(job).toMatchObject({ Status: 'Complete', ProgressSummary: { NumberOfTasksSucceeded: keys.length } });
    const spans = (await countedLines(s3, job)).map((line) => JSON.parse(/"(\[.*\])"$/.exec(line)?.[1] ?? 'null'));
    spans.sort(([a], [b]) => a - b);
    // One at a time: so the job, which calls several at once, was told to come back.
    for (const [n, [from]] of spans.slice(1).entries()) expect(from).toBeGreaterThanOrEqual(spans[n][1]);
  }, 60_000);

  test('by an account that is busy with other functions', async () => {
    await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: 'every-answer' }));
    await createFunction(lambda, await sleeperFunction(1_500));
    const lines = await putBodies(Object.fromEntries([1, 2, 3, 4].map((n) => [`busy/${n}`, 'succeed'])));
    const manifest = await putManifest(s3, 'data', 'busy.csv', lines);
    const Operation = { LambdaInvoke: { FunctionArn: everyAnswer } };
    const jobId = await createJob(control, tagJob(manifest, { Operation }));
    // All of them at once, twice: what the job's own functions leave of the account's concurrency is taken.
    const sleeps = Array.from({ length: 2 * CONCURRENCY }, () =>
      lambda.send(new InvokeCommand({ FunctionName: 'sleeper' })),
    );
    const slept = await Promise.allSettled(sleeps);
    expect(slept.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
    const job = await untilEnded(control, jobId);
    expect(job).toMatchObject({ Status: 'Complete', ProgressSummary: { NumberOfTasksSucceeded: 4 } });
    await countedLines(s3, job);
  }, 90_000);
});
