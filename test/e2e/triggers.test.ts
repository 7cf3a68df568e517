// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how triggers have their variables
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { PutBucketNotificationConfigurationCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { JobApi } from '../../cli/api/job-api.ts';
import { resolveTarget } from '../../cli/api/target.ts';
import { processIo } from '../../cli/process-io.ts';
import type { TriggerDescriptor } from '../../core/api/triggers.ts';
import { s3ControlOf, s3Of, untilEnded } from './support/clients.ts';
import { ACCOUNT, LocalCloud, ROLE } from './support/local-cloud.ts';
import { createBuckets, putObjects, untagged } from './support/objects.ts';

const run = promisify(execFile);

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;

const KEYS = ['a', 'b', 'c'].map((name) => `data/${name}`);

beforeAll(async () => {
  cloud = await LocalCloud.start();
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  await createBuckets(s3, 'source', 'inventories', 'quiet', 'lists', 'reports');
  await putObjects(s3, 'source', KEYS);
  for (const Bucket of ['inventories', 'lists']) {
    const NotificationConfiguration = { EventBridgeConfiguration: {} };
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
  }
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  await cloud.remove();
});

async function api(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
  const target = await resolveTarget({ endpoint: cloud.endpoint }, {});
  const request = { method, path: `/v20180820${path}`, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return await new JobApi(target, ACCOUNT, processIo().clock).send(request);
}

const tagging = (value: string) => ({
  Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'seen', Value: value }] } },
  Report: { Enabled: false },
  RoleArn: ROLE,
});

/** Writes an inventory report in S3's layout; the checksum, which tells of it, last. */
async function putReport(bucket: string, folder: string, configuration = 'daily', whole = true): Promise<void> {
  const rows = KEYS.map((key) => `"source","${key}"\n`).join('');
  const data = gzipSync(rows);
  const put = async (Key: string, Body: string | Buffer) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  const file = `${configuration}/data/${folder}.csv.gz`;
  if (whole) await put(file, data);
  const MD5checksum = createHash('md5').update(data).digest('hex');
  const manifest = JSON.stringify({
    sourceBucket: 'source',
    destinationBucket: `arn:aws:s3:::${bucket}`,
    version: '2016-11-30',
    creationTimestamp: '1790000000000',
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key',
    files: [{ key: file, size: data.length, MD5checksum }],
  });
  await put(`${configuration}/${folder}/manifest.json`, manifest);
  await put(`${configuration}/${folder}/manifest.checksum`, createHash('md5').update(manifest).digest('hex'));
}

async function drover(...argv: string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const launcher = resolve('bin/drover.js');
  return (await run(process.execPath, [launcher, ...argv, '--endpoint', cloud.endpoint], { env })).stdout;
}

async function describeTrigger(name: string): Promise<TriggerDescriptor> {
  return ((await api('GET', `/triggers/${name}`)) as { Trigger: TriggerDescriptor }).Trigger;
}

async function untilTrigger(
  name: string,
  condition: (trigger: TriggerDescriptor) => boolean,
  milliseconds = 60_000,
): Promise<TriggerDescriptor> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const trigger = await describeTrigger(name);
    if (condition(trigger)) return trigger;
    if (Date.now() > end) throw new Error(`trigger did not get there: ${JSON.stringify(trigger)}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

test('an inventory that arrives makes one job, however often one hears of it', async () => {
  const definition = {
    Kind: 'Inventory',
    Bucket: 'arn:aws:s3:::inventories',
    Prefix: 'daily/',
    Job: { ...tagging('${trigger.reportDate}'), Description: '${trigger.sourceBucket} as of ${trigger.reportTime}' },
  };
  expect(await api('PUT', '/triggers/nightly', definition)).toEqual({ Name: 'nightly' });
  await putReport('inventories', '2026-11-20T01-00Z');
  await putReport('inventories', '2026-11-20T01-00Z');
  const { Firings } = await untilTrigger('nightly', (trigger) => trigger.Firings[0]?.Status === 'Created');
  expect(Firings).toHaveLength(1);
  expect(await untilEnded(control, Firings[0]?.JobId ?? '')).toMatchObject({
    Status: 'Complete',
    Description: 'source as of 2026-11-20T01-00Z',
    ConfirmationRequired: false,
    ProgressSummary: { TotalNumberOfTasks: 3, NumberOfTasksFailed: 0 },
  });
  expect(await untagged(s3, 'source', KEYS, 'seen=2026-11-20')).toEqual([]);
  const { Tags } = (await api('GET', `/jobs/${Firings[0]?.JobId}/tagging`)) as { Tags: unknown };
  expect(Tags).toEqual([{ Key: 'drover:trigger', Value: 'nightly' }]);
}, 120_000);

const inventory = (Bucket: string, configuration: string, Job: object, more: object = {}) => ({
  Kind: 'Inventory',
  Bucket: `arn:aws:s3:::${Bucket}`,
  Prefix: configuration,
  Job,
  ...more,
});

const outcomes = ({ Firings }: TriggerDescriptor): unknown[] => Firings.map(({ Status }) => Status);

test('two different reports make two jobs; where they must not overlap the second says why it was skipped', async () => {
  await api('PUT', '/triggers/both', inventory('inventories', 'both', tagging('x'), { Overlap: 'Run' }));
  const waiting = { ...tagging('x'), ConfirmationRequired: true };
  await api('PUT', '/triggers/skip', inventory('inventories', 'both', waiting, { Overlap: 'Skip' }));
  await putReport('inventories', '2026-11-20T01-00Z', 'both');
  const { Firings } = await untilTrigger('skip', (each) => outcomes(each)[0] === 'Created');
  await untilTrigger('both', (each) => outcomes(each)[0] === 'Created');
  await putReport('inventories', '2026-11-21T01-00Z', 'both');
  await untilTrigger('both', (each) => outcomes(each).join() === 'Created,Created');
  const skipped = await untilTrigger('skip', (each) => outcomes(each).join() === 'Skipped,Created');
  expect(skipped.Firings[0]?.Reason).toContain(`Job ${Firings[0]?.JobId} of this trigger is`);
}, 60_000);

test('a list that is dropped into a folder becomes a job, and no other file does, by the command line', async () => {
  const file = join(cloud.folder, 'job.json');
  const Manifest = { Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] } };
  await writeFile(file, JSON.stringify({ ...tagging('dropped'), Manifest, Description: '${trigger.fileName}' }));
  const flags = ['--objects', 's3://lists/in/', '--suffix', '.csv', '--overlap', 'run', '--job', file];
  expect(await drover('triggers', 'create', 'dropped', ...flags)).toBe('Trigger dropped is created\n');
  await expect(drover('triggers', 'create', 'dropped', ...flags)).rejects.toThrow(/There is a trigger dropped already/);
  // By then its rule is made.
  await untilTrigger('dropped', ({ Events }) => Events === 'On');
  const put = (Key: string) =>
    s3.send(new PutObjectCommand({ Bucket: 'lists', Key, Body: KEYS.map((key) => `source,${key}\n`).join('') }));
  for (const key of ['in/readme.txt', 'out/a.csv', 'in/a b+ü.csv']) await put(key);
  const { Firings } = await untilTrigger('dropped', (each) => outcomes(each)[0] === 'Created', 90_000);
  expect(Firings).toMatchObject([{ Key: 'in/a b+ü.csv', Cause: 'Event' }]);
  expect(await untilEnded(control, Firings[0]?.JobId ?? '')).toMatchObject({
    Status: 'Complete',
    Description: 'a b+ü.csv',
    ProgressSummary: { NumberOfTasksSucceeded: 3 },
  });
  expect(await drover('triggers', 'list')).toMatch(
    /^dropped +Object +enabled +\S+ \S+ +Created +objects under s3:\/\/lists\/in\/ that end in \.csv$/m,
  );
  expect(await drover('triggers', 'fire', 'dropped', '--key', 'out/a.csv')).toMatch(
    /^Trigger dropped created job [0-9a-f-]{36}$/m,
  );
  await expect(drover('triggers', 'fire', 'dropped', '--key', 'in/none.csv')).rejects.toThrow();
  const text = await drover('triggers', 'describe', 'dropped');
  expect(text).toMatch(/Failed +Request +in\/none\.csv +s3:\/\/lists\/in\/none\.csv is not there/);
  await drover('triggers', 'delete', 'dropped');
  await expect(untilTrigger('dropped', () => false)).rejects.toThrow(/There is no trigger dropped/);
}, 180_000);

test('events that never come are made good within two minutes; schedules keep time; both survive SIGKILL', async () => {
  await api('PUT', '/triggers/quiet', inventory('quiet', 'silent', tagging('quiet'), { Overlap: 'Run' }));
  const generator = {
    SourceBucket: 'arn:aws:s3:::source',
    EnableManifestOutput: false,
    Filter: { KeyNameConstraint: { MatchAnyPrefix: ['data/'] } },
  };
  const Job = { ...tagging('minutely'), ManifestGenerator: { S3JobManifestGenerator: generator } };
  await api('PUT', '/triggers/minutely', { Kind: 'Schedule', Schedule: 'rate(1 minute)', Overlap: 'Run', Job });
  await api('PUT', '/triggers/killed', inventory('inventories', 'killed', tagging('killed'), { Overlap: 'Run' }));
  const began = Date.now();
  const today = `${new Date().toISOString().slice(0, 10)}T00-00Z`;
  await putReport('quiet', today, 'silent');
  const days = [3, 2, 1].map((ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10));
  // Three reports, and the cloud is killed at once after each: between event, firing, job, or after all of them.
  for (const [index, day] of days.entries()) {
    await putReport('inventories', `${day}T01-00Z`, 'killed');
    await new Promise((done) => setTimeout(done, 40 * index));
    await cloud.kill();
    await cloud.start();
  }
  const quiet = await untilTrigger('quiet', (each) => outcomes(each)[0] === 'Created', 130_000);
  expect(Date.now() - began).toBeLessThan(120_000);
  expect(quiet.Firings).toMatchObject([{ Cause: 'Listing', Key: `silent/${today}/manifest.json` }]);
  const killed = await untilTrigger('killed', (each) => outcomes(each).join() === 'Created,Created,Created', 240_000);
  const jobs = killed.Firings.map(({ JobId }) => JobId ?? '');
  expect(new Set(jobs).size).toBe(3);
  for (const job of jobs) expect(await untilEnded(control, job)).toMatchObject({ Status: 'Complete' });
  const { Firings } = await untilTrigger(
    'minutely',
    (each) => outcomes(each).filter((one) => one === 'Created').length > 1,
    150_000,
  );
  const times = Firings.map(({ ScheduledTime }) => ScheduledTime);
  expect(new Set(times).size).toBe(times.length);
  expect(await untilEnded(control, Firings.at(-1)?.JobId ?? '')).toMatchObject({ Status: 'Complete' });
  const { Jobs } = (await api('GET', '/jobs?maxResults=1000')) as { Jobs: { JobId: string }[] };
  expect(Jobs.filter(({ JobId }) => jobs.includes(JobId))).toHaveLength(3);
}, 400_000);

test('a report whose data file is missing makes a failed job, with the reason', async () => {
  await api('PUT', '/triggers/broken', inventory('inventories', 'broken', tagging('x')));
  await putReport('inventories', '2026-11-20T01-00Z', 'broken', false);
  const { Firings } = await untilTrigger('broken', (each) => outcomes(each)[0] === 'Created');
  expect(await untilEnded(control, Firings[0]?.JobId ?? '')).toMatchObject({
    Status: 'Failed',
    FailureReasons: [{ FailureReason: expect.stringContaining('broken/data/2026-11-20T01-00Z.csv.gz') }],
  });
}, 60_000);
