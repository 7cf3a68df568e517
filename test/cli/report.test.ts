import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FakeDrover } from './support/fake-drover.ts';
import { linesOf, runCli } from './support/run-cli.ts';

const JOB = '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c';
const SUCCEEDED = 'photos,a+b.jpg,,succeeded,200,,"said ""hi""\r\ntwice"\r\nphotos,c.jpg,v1,succeeded,200,,success\r\n';
const FAILED = 'photos,d.jpg,,failed,404,NoSuchKey,The specified key does not exist.\r\n';
const FOLDER = `p//job-${JOB}`;

let drover: FakeDrover;
let folder: string;
let job: Record<string, unknown>;
let objects: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drover-cli-'));
  const Report = { Enabled: true, Bucket: 'arn:aws:s3:::reports', Prefix: 'p/', ReportScope: 'AllTasks' };
  job = { JobId: JOB, Status: 'Complete', Report };
  objects = {
    [`/reports/${FOLDER}/manifest.json`]: JSON.stringify({
      Format: 'Report_CSV_20180820',
      Results: [fileOf('succeeded', '1.csv', SUCCEEDED), fileOf('failed', '2.csv', FAILED)],
    }),
    [`/reports/${FOLDER}/results/1.csv`]: SUCCEEDED,
    [`/reports/${FOLDER}/results/2.csv`]: FAILED,
  };
  drover = await FakeDrover.start(({ target }) => {
    if (target.startsWith('/v20180820/')) return { body: { Job: job } };
    const body = objects[target.replace('?x-id=GetObject', '')];
    return body === undefined
      ? { status: 404, body: '<Error><Code>NoSuchKey</Code><Message>m</Message></Error>' }
      : { body };
  });
});

afterEach(async () => {
  await drover.close();
  await rm(folder, { recursive: true });
});

function fileOf(TaskExecutionStatus: string, name: string, content: string) {
  const MD5Checksum = createHash('md5').update(content).digest('hex');
  return { TaskExecutionStatus, Bucket: 'reports', MD5Checksum, Key: `${FOLDER}/results/${name}` };
}

describe('drover report', () => {
  test('prints the lines as they stand in the report', async () => {
    const outcome = await runCli(['report', JOB], drover);
    expect(outcome.stderr).toBe('');
    expect(linesOf(outcome.stdout)).toEqual([
      'photos,a+b.jpg,,succeeded,200,,"said ""hi""\r',
      'twice"',
      'photos,c.jpg,v1,succeeded,200,,success',
      'photos,d.jpg,,failed,404,NoSuchKey,The specified key does not exist.',
    ]);
    expect(outcome.code).toBe(0);
  });

  test('gives each line its names with --json, and only failures with --failed', async () => {
    const all = await runCli(['report', JOB, '--json'], drover);
    expect(JSON.parse(linesOf(all.stdout)[0] ?? '')).toEqual({
      Bucket: 'photos',
      Key: 'a+b.jpg',
      VersionId: '',
      TaskStatus: 'succeeded',
      HTTPStatusCode: '200',
      ErrorCode: '',
      ResultMessage: 'said "hi"\r\ntwice',
    });
    const failed = await runCli(['report', JOB, '--json', '--failed'], drover);
    expect(linesOf(failed.stdout).map((line) => JSON.parse(line))).toMatchObject([
      { Key: 'd.jpg', TaskStatus: 'failed', HTTPStatusCode: '404', ErrorCode: 'NoSuchKey' },
    ]);
  });

  test('finds the status code where the columns stand as they are declared', async () => {
    const declared = 'photos,d.jpg,,failed,NoSuchKey,404,gone\r\n';
    objects[`/reports/${FOLDER}/results/2.csv`] = declared;
    objects[`/reports/${FOLDER}/manifest.json`] = JSON.stringify({ Results: [fileOf('failed', '2.csv', declared)] });
    const outcome = await runCli(['report', JOB, '--json'], drover);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ HTTPStatusCode: '404', ErrorCode: 'NoSuchKey' });
  });

  test('saves the lines to a file', async () => {
    const file = join(folder, 'report.csv');
    const outcome = await runCli(['report', JOB, '--output', file], drover);
    expect(outcome.stdout).toBe(`3 lines saved to ${file}\n`);
    expect(await readFile(file, 'utf8')).toBe((await runCli(['report', JOB], drover)).stdout);
  });

  test('refuses a file that is not the one the report names, and saves nothing of it', async () => {
    objects[`/reports/${FOLDER}/results/2.csv`] = `${FAILED}photos,e.jpg,,failed,500,X,y\r\n`;
    const outcome = await runCli(['report', JOB, '--output', join(folder, 'report.csv')], drover);
    expect(outcome.stderr).toBe(
      `drover: The report's file s3://reports/${FOLDER}/results/2.csv is not the one that its manifest.json describes.\n`,
    );
    expect(outcome.code).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  test('names a file of the report that is gone', async () => {
    delete objects[`/reports/${FOLDER}/results/1.csv`];
    const outcome = await runCli(['report', JOB], drover);
    expect(outcome.stderr).toBe(
      `drover: The report's file s3://reports/${FOLDER}/results/1.csv is not there any more.\n`,
    );
  });

  test.each([
    ['Active', `it is Active, and the report is written when it ends. Follow it with: drover jobs watch ${JOB}`],
    ['Cancelled', 'it ended Cancelled, and a job that carried out no task has none'],
  ])('says why there is none of a job that is %s', async (status, why) => {
    objects = {};
    job = { ...job, Status: status };
    const outcome = await runCli(['report', JOB], drover);
    expect(outcome).toEqual({ code: 1, stdout: '', stderr: `drover: There is no report of job ${JOB}: ${why}\n` });
  });

  test('says that a job was created without one', async () => {
    job = { ...job, Report: { Enabled: false } };
    const outcome = await runCli(['report', JOB], drover);
    expect(outcome.stderr).toBe(`drover: Job ${JOB} was created without a report.\n`);
  });

  test('says that a manifest.json is not a report’s', async () => {
    objects[`/reports/${FOLDER}/manifest.json`] = '{"hello": 1}';
    const outcome = await runCli(['report', JOB], drover);
    expect(outcome.stderr).toBe(
      `drover: s3://reports/${FOLDER}/manifest.json is not the manifest.json of a completion report.\n`,
    );
  });
});
