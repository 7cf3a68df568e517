import { PutObjectCommand, PutObjectTaggingCommand, type S3Client } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { reportLines, s3ControlOf, s3Of, tagJob, untilEnded } from './support/clients.ts';
import { createJsonJob, describeJsonJob } from './support/json-job.ts';
import { LocalCloud } from './support/local-cloud.ts';
import { createBuckets, putObjects } from './support/objects.ts';

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;

const KEYS = ['logs/1.gz', 'logs/2.gz', 'logs/é 3.txt', 'photos/4.jpg'];
const spelled = (key: string): string => encodeURIComponent(key).replaceAll('%2F', '/');

beforeAll(async () => {
  cloud = await LocalCloud.start();
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  await createBuckets(s3, 'data', 'lists', 'reports');
  await putObjects(s3, 'data', KEYS);
  await s3.send(new PutObjectCommand({ Bucket: 'data', Key: 'logs/2.gz', Body: 'x'.repeat(1_000) }));
  await s3.send(new PutObjectCommand({ Bucket: 'data', Key: 'photos/4.jpg', Body: 'x', StorageClass: 'GLACIER' }));
  for (const Key of ['logs/1.gz', 'logs/é 3.txt']) {
    const Tagging = { TagSet: [{ Key: 'team', Value: Key.endsWith('.gz') ? 'a' : 'b' }] };
    await s3.send(new PutObjectTaggingCommand({ Bucket: 'data', Key, Tagging }));
  }
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  await cloud.remove();
});

/** The job over a source, dry, run to its end; its tasks as its report spells them. */
async function run(source: object) {
  const { AccountId: _, Manifest: __, ...request } = tagJob({ arn: '', etag: '' });
  const jobId = await createJsonJob(cloud, { ...request, ...source, Drover: { DryRun: true } });
  const job = await untilEnded(control, jobId);
  const lines = job.Status === 'Complete' ? await reportLines(s3, jobId) : [];
  const tasks = lines.map((line) => line.split(',').slice(1, 4).join()).sort();
  return { job, tasks, shown: await describeJsonJob(cloud, jobId) };
}

async function listed(Filter: object, keys: readonly string[] = KEYS) {
  const Body = keys.map((key) => `data,${spelled(key)}\n`).join('');
  const { ETag } = await s3.send(new PutObjectCommand({ Bucket: 'lists', Key: 'm.csv', Body }));
  return await run({
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: 'arn:aws:s3:::lists/m.csv', ETag },
      Drover: { Filter },
    },
  });
}

async function generated(Filter: object, own: object = {}) {
  const generator = { SourceBucket: 'arn:aws:s3:::data', EnableManifestOutput: false, Filter: own, Drover: { Filter } };
  return await run({ ManifestGenerator: { S3JobManifestGenerator: generator } });
}

const done = (...keys: readonly string[]): string[] => keys.map((key) => `${spelled(key)},,succeeded`).sort();

describe('a filter of a manifest that names only keys', () => {
  test('looks at each object, where it asks for that', async () => {
    const found = await listed({ Head: true, ObjectSizeGreaterThanBytes: 999, NewerThan: '1d' });
    expect(found.tasks).toEqual(done('logs/2.gz'));
    expect(found.shown).toMatchObject({ Drover: { Filtered: 3 } });
  }, 60_000);

  test('goes by storage class, archived objects included', async () => {
    expect((await listed({ Head: true, MatchAnyStorageClass: ['GLACIER'] })).tasks).toEqual(done('photos/4.jpg'));
  }, 60_000);

  test('goes by tags, and reports an object that is not there', async () => {
    const { tasks } = await listed({ Tags: { MatchAny: [{ Key: 'team', Value: 'a' }] } }, [...KEYS, 'gone']);
    expect(tasks).toEqual([...done('logs/1.gz'), 'gone,,failed'].sort());
  }, 60_000);

  test('is refused where it does not ask for looks', async () => {
    await expect(listed({ ObjectSizeGreaterThanBytes: 1 })).rejects.toThrow(
      /needs the column Size, which the manifest lacks\. With Manifest\.Drover\.Filter\.Head, S3 is asked/,
    );
  });
});

describe('a filter of a listing', () => {
  test('goes by patterns of keys, age, and tags, besides what S3’s filter says', async () => {
    const own = { KeyNameConstraint: { MatchAnyPrefix: ['logs/'] } };
    const Filter = {
      KeyNameConstraint: { MatchAnyGlob: ['**/*.{gz,txt}'] },
      NewerThan: '1d',
      Tags: { MatchNone: [{ Key: 'team', Value: 'b' }] },
    };
    const { tasks, job, shown } = await generated(Filter, own);
    expect(tasks).toEqual(done('logs/1.gz', 'logs/2.gz'));
    expect(shown).toMatchObject({ Drover: { Filtered: 1 } });
    // S3's own clients know nothing of it, and are not confused by it.
    expect(job.ManifestGenerator?.S3JobManifestGenerator?.Filter).toEqual(own);
  }, 60_000);

  test('takes the first ones, and looks at how objects are encrypted', async () => {
    expect((await generated({ First: 2 })).tasks).toHaveLength(2);
    const Filter = { Head: true, MatchAnyEncryptionStatus: ['SSE-KMS', 'SSE-C'] };
    expect((await generated(Filter)).job).toMatchObject({
      Status: 'Failed',
      FailureReasons: [{ FailureReason: 'Manifest generation found no keys matching the filter criteria.' }],
    });
  }, 60_000);
});
