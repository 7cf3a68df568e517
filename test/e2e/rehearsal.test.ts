import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { JobDescriptor, S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createJob, reportLines, s3ControlOf, s3Of, tagJob, until, untilEnded } from './support/clients.ts';
import { LocalCloud } from './support/local-cloud.ts';
import { createBuckets, fillBucket, putManifest, untagged } from './support/objects.ts';

/** At full size by `npm run rehearse`: 50,000 objects and ten kills. */
const OBJECTS = Number(process.env['DROVER_REHEARSAL_OBJECTS'] ?? 8_000);
const KILLS = Number(process.env['DROVER_REHEARSAL_KILLS'] ?? 2);

/** Only requests for the job's objects: the test's own reads of the report go unharmed. */
const FAULTS = {
  rules: [
    { service: 's3', path: '/data/k/', share: 0.05, error: { status: 503, code: 'SlowDown' } },
    { service: 's3', path: '/data/k/', share: 0.005, reset: 'before' },
    { service: 's3', path: '/data/k/', share: 0.005, reset: 'after' },
    // All others take a while, so that there are moments to be killed in.
    { service: 's3', path: '/data/k/', latency: 40 },
  ],
};

let folder: string;
let rules: string;
let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drover-faults-'));
  rules = join(folder, 'faults.json');
  await writeFile(rules, '{"rules": []}');
  cloud = await LocalCloud.start('--faults', rules);
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  await createBuckets(s3, 'data', 'reports');
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  await cloud.remove();
  await rm(folder, { recursive: true });
});

test(`${KILLS} kills at random moments of ${OBJECTS} tasks, amid 503s and resets, lose and double nothing`, async () => {
  const keys = Array.from({ length: OBJECTS }, (_, n) => `k/${n}`);
  await fillBucket(cloud.endpoint, 'data', keys);
  const lines = keys.map((key) => `data,${key}`);
  const manifest = await putManifest(s3, 'data', 'm.csv', lines);
  await setFaults(FAULTS);

  const jobId = await createJob(control, tagJob(manifest));
  const happened = FAULTS.rules.map(() => 0);
  const count = async (): Promise<void> => {
    for (const [rule, times] of (await happenings()).entries()) happened[rule] = (happened[rule] ?? 0) + times;
  };
  const moments = Array.from({ length: KILLS }, () => Math.random()).sort();
  console.info(
    `killed when these shares of the tasks were done: ${moments.map((share) => share.toFixed(3)).join(', ')}`,
  );
  for (const share of moments) {
    await until(control, jobId, (job) => succeeded(job) >= share * OBJECTS, 300_000);
    await count();
    await cloud.kill();
    await writeFile(rules, JSON.stringify(FAULTS));
    await cloud.start();
  }

  const job = await untilEnded(control, jobId, 600_000);
  expect(job).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { TotalNumberOfTasks: OBJECTS, NumberOfTasksSucceeded: OBJECTS, NumberOfTasksFailed: 0 },
  });
  await count();
  console.info(`refused, reset before, reset after: ${happened.slice(0, 3).join(', ')}`);
  expect(Math.min(...happened)).toBeGreaterThan(0);
  await setFaults({ rules: [] });
  expect((await reportLines(s3, jobId)).sort()).toEqual(
    lines.map((line) => `${line},,succeeded,200,,Successful`).sort(),
  );
  expect(await untagged(s3, 'data', keys, 'done=yes')).toEqual([]);
}, 1_800_000);

/** How often each rule happened since the cloud was started. */
async function happenings(): Promise<number[]> {
  const answer = await fetch(`${cloud.endpoint}/_drover/faults`);
  const { rules: counted } = (await answer.json()) as { rules: { happened: number }[] };
  return counted.map((rule) => rule.happened);
}

async function setFaults(body: object): Promise<void> {
  const answer = await fetch(`${cloud.endpoint}/_drover/faults`, { method: 'PUT', body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
}

function succeeded({ ProgressSummary }: JobDescriptor): number {
  return ProgressSummary?.NumberOfTasksSucceeded ?? 0;
}
