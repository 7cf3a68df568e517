import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  type InventoryConfiguration,
  ListObjectVersionsCommand,
  PutBucketInventoryConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { JobApi } from '../../cli/api/job-api.ts';
import { resolveTarget } from '../../cli/api/target.ts';
import { processIo } from '../../cli/process-io.ts';
import type { TriggerDescriptor } from '../../core/api/triggers.ts';
import { keysOf, s3ControlOf, s3Of, untilEnded } from './support/clients.ts';
import { createJsonJob } from './support/json-job.ts';
import { ACCOUNT, LocalCloud, ROLE } from './support/local-cloud.ts';
import { noBoto3 } from './support/machine.ts';
import { createBuckets, putObjects, untagged } from './support/objects.ts';

const run = promisify(execFile);
const LAUNCHER = resolve('bin/drover.js');

/** Longer than any test: what waits so long is never answered. */
const FOREVER = 600_000;

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;

const KEYS = ['plain', 'with some spaces', '100% a+b, "c"', 'übung/ñ'];

beforeAll(async () => {
  cloud = await LocalCloud.start();
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  await createBuckets(s3, 'source', 'versions', 'inventories', 'reports');
  await putObjects(s3, 'source', KEYS);
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  const NotificationConfiguration = { EventBridgeConfiguration: {} };
  await s3.send(new PutBucketVersioningCommand({ Bucket: 'versions', VersioningConfiguration }));
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: 'inventories', NotificationConfiguration }));
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  await cloud.remove();
});

const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };

async function drover(...argv: string[]): Promise<Record<string, string>> {
  const flags = [...argv, '--json', '--endpoint', cloud.endpoint];
  return JSON.parse((await run(process.execPath, [LAUNCHER, ...flags], { env })).stdout);
}

async function api(method: 'GET' | 'PUT', path: string, body?: unknown): Promise<unknown> {
  const target = await resolveTarget({ endpoint: cloud.endpoint }, {});
  const request = { method, path: `/v20180820${path}`, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return await new JobApi(target, ACCOUNT, processIo().clock).send(request);
}

/** A trigger that tags what the reports under a prefix name. */
async function putTrigger(name: string, prefix: string, tag: string): Promise<void> {
  await api('PUT', `/triggers/${name}`, {
    Kind: 'Inventory',
    Bucket: 'arn:aws:s3:::inventories',
    Prefix: prefix,
    Job: {
      Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'seen', Value: tag }] } },
      Report: { Enabled: false },
      RoleArn: ROLE,
    },
  });
}

async function firingsOf(name: string): Promise<TriggerDescriptor['Firings']> {
  return ((await api('GET', `/triggers/${name}`)) as { Trigger: TriggerDescriptor }).Trigger.Firings;
}

/** The only job that a trigger has made; waits for it. */
async function onlyJobOf(name: string): Promise<string> {
  const end = Date.now() + 60_000;
  for (;;) {
    const firings = await firingsOf(name);
    expect(firings.length).toBeLessThanOrEqual(1);
    const [first] = firings;
    if (first?.JobId !== undefined) return first.JobId;
    if (Date.now() > end) throw new Error(`the trigger ${name} has made no job: ${JSON.stringify(firings)}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function setFaults(...rules: object[]): Promise<void> {
  const answer = await fetch(`${cloud.endpoint}/_drover/faults`, { method: 'PUT', body: JSON.stringify({ rules }) });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Waits until the only rule has happened. */
async function untilHappened(): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    const answer = await fetch(`${cloud.endpoint}/_drover/faults`);
    const { rules } = (await answer.json()) as { rules: { happened: number }[] };
    if ((rules[0]?.happened ?? 0) > 0) return;
    if (Date.now() > end) throw new Error('the rule has not happened');
    await new Promise((done) => setTimeout(done, 20));
  }
}

function configuration(id: string, prefix: string, changes: Partial<InventoryConfiguration> = {}) {
  const S3BucketDestination = { Bucket: 'arn:aws:s3:::inventories', Format: 'CSV', Prefix: prefix } as const;
  return {
    Id: id,
    IsEnabled: true,
    IncludedObjectVersions: 'Current',
    Schedule: { Frequency: 'Daily' },
    OptionalFields: ['Size', 'ETag'],
    Destination: { S3BucketDestination },
    ...changes,
  } satisfies InventoryConfiguration;
}

async function configure(Bucket: string, InventoryConfiguration: InventoryConfiguration): Promise<void> {
  const Id = InventoryConfiguration.Id;
  await s3.send(new PutBucketInventoryConfigurationCommand({ Bucket, Id, InventoryConfiguration }));
}

test('a report of an inventory configuration fires a trigger, and its job completes', async () => {
  await putTrigger('daily', 'story/', 'story');
  await configure('source', configuration('daily', 'story'));
  const report = await drover('inventory', 'run', '--bucket', 'source', '--id', 'daily');
  expect(report).toMatchObject({ Lines: 4, Format: 'CSV' });
  expect(report['Manifest']).toMatch(/^s3:\/\/inventories\/story\/source\/daily\/[\dT-]+Z\/manifest\.json$/);
  expect(await untilEnded(control, await onlyJobOf('daily'))).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { TotalNumberOfTasks: 4, NumberOfTasksSucceeded: 4 },
  });
  expect(await untagged(s3, 'source', KEYS, 'seen=story')).toEqual([]);
}, 120_000);

test('a job takes a report of all versions in Parquet, and the configuration is kept over SIGKILL', async () => {
  for (const Key of ['a b', 'c']) {
    for (const Body of ['old', 'new']) await s3.send(new PutObjectCommand({ Bucket: 'versions', Key, Body }));
  }
  await s3.send(new DeleteObjectCommand({ Bucket: 'versions', Key: 'c' }));
  const S3BucketDestination = { Bucket: 'arn:aws:s3:::inventories', Format: 'Parquet' } as const;
  const Destination = { S3BucketDestination };
  await configure('versions', configuration('all', '', { IncludedObjectVersions: 'All', Destination }));
  await cloud.kill();
  await cloud.start();
  const report = await drover('inventory', 'run', '--id', 'all');
  expect(report).toMatchObject({ Lines: 5, Format: 'Parquet', IncludedObjectVersions: 'All' });
  const jobId = await createJsonJob(cloud, {
    ConfirmationRequired: false,
    Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'seen', Value: 'all' }] } },
    Report: { Enabled: false },
    Priority: 10,
    RoleArn: ROLE,
    ClientRequestToken: crypto.randomUUID(),
    Manifest: {
      Drover: { Format: 'S3InventoryReport_Parquet', DeleteMarkers: 'Skip' },
      Location: { ObjectArn: report['Manifest']?.replace('s3://', 'arn:aws:s3:::'), ETag: report['ETag'] },
    },
  });
  expect(await untilEnded(control, jobId)).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { TotalNumberOfTasks: 4, NumberOfTasksSucceeded: 4, NumberOfTasksFailed: 0 },
  });
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: 'versions' }));
  expect(Versions).toHaveLength(4);
  for (const { Key, VersionId } of Versions) {
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: 'versions', Key, VersionId }));
    expect(TagSet).toEqual([{ Key: 'seen', Value: 'all' }]);
  }
}, 240_000);

test('inventory create, killed in the midst, leaves nothing that a trigger takes for a report; the next run is whole', async () => {
  await putTrigger('cut', 'cut/', 'cut');
  const folder = '/inventories/cut/source/inventory';
  const moments = [
    { call: 'GET', path: '/source' },
    { call: 'PUT', path: `${folder}/data` },
    { call: 'PUT', path: `${folder}/hive` },
    // The folder of the report, whose name begins with the year: its manifest.json.
    { call: 'PUT', path: `${folder}/20` },
  ];
  const flags = ['inventory', 'create', '--bucket', 'source', '--destination', 's3://inventories/cut'];
  for (const moment of moments) {
    await setFaults({ service: 's3', ...moment, latency: FOREVER });
    const writing = spawn(process.execPath, [LAUNCHER, ...flags, '--endpoint', cloud.endpoint], { env });
    await untilHappened();
    await killed(writing);
  }
  await setFaults();
  const left = (await keysOf(s3, 'inventories')).filter((key) => key.startsWith('cut/'));
  expect(left.filter((key) => !key.includes('/data/') && !key.includes('/hive/'))).toEqual([]);
  expect(await firingsOf('cut')).toEqual([]);

  expect(await drover(...flags)).toMatchObject({ Lines: 4, Files: 1 });
  expect(await untilEnded(control, await onlyJobOf('cut'))).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { TotalNumberOfTasks: 4, NumberOfTasksSucceeded: 4 },
  });
  expect(await untagged(s3, 'source', KEYS, 'seen=cut')).toEqual([]);
}, 120_000);

/** SIGKILL; waits until the process is gone. */
async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await gone;
}

const withBoto3 = noBoto3() ? test.skip : test;

withBoto3(
  'boto3 puts, gets, lists and deletes inventory configurations',
  async () => {
    const script = `
import boto3, json, sys
s3 = boto3.client('s3')
asked = json.loads(sys.argv[1])
name = dict(Bucket='source', Id=asked['Id'])
s3.put_bucket_inventory_configuration(**name, InventoryConfiguration=asked)
got = s3.get_bucket_inventory_configuration(**name)['InventoryConfiguration']
listed = s3.list_bucket_inventory_configurations(Bucket='source')['InventoryConfigurationList']
s3.delete_bucket_inventory_configuration(**name)
try:
    s3.get_bucket_inventory_configuration(**name)
    gone = None
except s3.exceptions.ClientError as error:
    gone = error.response['Error']['Code']
print(json.dumps({'got': got, 'listed': [one['Id'] for one in listed], 'gone': gone}))
`;
    const asked = configuration('by-boto3', 'p', { Filter: { Prefix: 'a b' }, Schedule: { Frequency: 'Weekly' } });
    const options = { env: { ...env, ...cloud.environment } };
    const { stdout } = await run('python3', ['-c', script, JSON.stringify(asked)], options);
    const { got, listed, gone } = JSON.parse(stdout);
    expect(got).toEqual(asked);
    expect(listed).toContain('by-boto3');
    expect(gone).toBe('NoSuchConfiguration');
  },
  60_000,
);
