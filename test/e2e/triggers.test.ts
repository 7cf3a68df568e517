// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how triggers have their variables
import { createHash } from 'node:crypto';
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

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;

const KEYS = ['a', 'b', 'c'].map((name) => `data/${name}`);

beforeAll(async () => {
  cloud = await LocalCloud.start();
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  await createBuckets(s3, 'source', 'inventories', 'quiet', 'reports');
  await putObjects(s3, 'source', KEYS);
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: 'inventories',
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    }),
  );
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
async function putReport(bucket: string, folder: string, keys = KEYS): Promise<void> {
  const rows = keys.map((key) => `"source","${key}"\n`).join('');
  const data = gzipSync(rows);
  const put = async (Key: string, Body: string | Buffer) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  const file = `daily/data/${folder}.csv.gz`;
  await put(file, data);
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
  await put(`daily/${folder}/manifest.json`, manifest);
  await put(`daily/${folder}/manifest.checksum`, createHash('md5').update(manifest).digest('hex'));
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
