import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { createJob, s3ControlOf, s3Of, tagJob, until, untilEnded } from '../test/e2e/support/clients.ts';
import { LocalCloud } from '../test/e2e/support/local-cloud.ts';
import { createBuckets, fillBucket, putManifest } from '../test/e2e/support/objects.ts';
import { bundlePrograms } from './support/bundle.ts';
import { Child } from './support/child.ts';
import { endCloudWithProcess } from './support/cloud.ts';
import { type ProcessUse, ProcessWatch } from './support/processes.ts';
import { type Figure, printFigures } from './table.ts';
import { BUCKET, keyOf, type Round, type RoundResult, type StubOrigins } from './worker/scenario.ts';

const MINUTES = 60_000;

/** How long the worker alone is measured. */
const ALONE_SECONDS = 5;

/** A job's way, in seconds, and the CPU seconds that each part of the machine spent on it. */
interface Course {
  readonly prepare: number;
  readonly run: number;
  readonly report: number;
  /** By process. */
  readonly spent: readonly ProcessUse[];
}

/**
 * A tag job over so many real, small objects, from CreateJob to Complete: on one local cloud, as users run it; the worker
 * alone on the same S3; and once more with the objects in an S3 of its own process, to see who spends the time.
 */
export async function benchEndToEnd(objects = 100_000): Promise<undefined> {
  const clouds: LocalCloud[] = [];
  const start = async (...flags: string[]): Promise<LocalCloud> => {
    const cloud = await LocalCloud.start(...flags);
    clouds.push(cloud);
    endCloudWithProcess(cloud);
    return cloud;
  };
  try {
    const cloud = await start();
    const putSeconds = await fill(cloud, objects);
    const together = await runJob(cloud, cloud, objects);
    const alone = await workerAlone(cloud.endpoint, objects);
    const apart = await runJob(await start('--s3-endpoint', cloud.endpoint), cloud, objects);
    print(objects, { putSeconds, together, alone, apart, s3: cloud.pid });
  } finally {
    for (const cloud of clouds) await cloud.remove();
  }
}

async function fill(cloud: LocalCloud, objects: number): Promise<number> {
  const s3 = s3Of(cloud);
  try {
    await createBuckets(s3, BUCKET, 'reports');
    const keys = Array.from({ length: objects }, (_, n) => keyOf(n));
    const began = performance.now();
    await fillBucket(cloud.endpoint, BUCKET, keys);
    const seconds = (performance.now() - began) / 1_000;
    const lines = keys.map((key) => `${BUCKET},${key}`);
    await putManifest(s3, BUCKET, 'manifest.csv', lines);
    return seconds;
  } finally {
    s3.destroy();
  }
}

/** @param store the cloud whose S3 the objects are in. */
async function runJob(cloud: LocalCloud, store: LocalCloud, objects: number): Promise<Course> {
  const s3 = s3Of(store);
  const control = s3ControlOf(cloud);
  const watches = [...new Set([cloud, store])].map(({ pid }) => new ProcessWatch(pid));
  const use = async (): Promise<ProcessUse[]> => (await Promise.all(watches.map((watch) => watch.look()))).flat();
  try {
    const before = await use();
    const { ETag = '' } = await s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'manifest.csv' }));
    const began = Date.now();
    const jobId = await createJob(control, tagJob({ arn: `arn:aws:s3:::${BUCKET}/manifest.csv`, etag: ETag }));
    await until(control, jobId, ({ Status }) => Status !== 'New' && Status !== 'Preparing', 10 * MINUTES);
    const prepared = Date.now();
    await until(control, jobId, ({ Status }) => !['Ready', 'Active'].includes(Status ?? ''), 30 * MINUTES);
    const tagged = Date.now();
    const job = await untilEnded(control, jobId, 10 * MINUTES);
    const ended = Date.now();
    if (job.ProgressSummary?.NumberOfTasksSucceeded !== objects) throw new Error(JSON.stringify(job));
    const spent = (await use()).map((process): ProcessUse => {
      const earlier = before.find(({ pid }) => pid === process.pid)?.cpuSeconds ?? 0;
      return { ...process, cpuSeconds: process.cpuSeconds - earlier };
    });
    return { prepare: prepared - began, run: tagged - prepared, report: ended - tagged, spent };
  } finally {
    for (const watch of watches) watch.stop();
    s3.destroy();
    control.destroy();
  }
}

/** The same shards and the same code in one process, with tables and work bucket in memory. */
async function workerAlone(endpoint: string, objects: number): Promise<RoundResult> {
  const folder = await bundlePrograms({ drover: 'worker/drover-contender.ts' });
  const origins: StubOrigins = { http: endpoint, https: undefined };
  const worker = new Child('the worker', process.execPath, [join(folder, 'drover.mjs'), JSON.stringify(origins)]);
  try {
    const scenario = { kind: 'tag', concurrency: 64, tls: false } as const;
    const round = (seconds: number): Round => ({ scenario, seconds, objects });
    await worker.ask(round(1));
    return await worker.ask<RoundResult>(round(ALONE_SECONDS));
  } finally {
    await worker.end();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Results {
  readonly putSeconds: number;
  readonly together: Course;
  readonly alone: RoundResult;
  readonly apart: Course;
  /** The process of the S3 that the objects are in. */
  readonly s3: number;
}

function print(objects: number, { putSeconds, together, alone, apart, s3 }: Results): void {
  const { prepare, run, report, spent } = together;
  const whole = objects / ((prepare + run + report) / 1_000);
  const aloneRate = alone.tasks / alone.seconds;
  printFigures(`A tag job over ${objects} objects, from CreateJob to Complete`, [
    { name: 'objects put (no signing)', value: objects / putSeconds, unit: 'objects/s' },
    { name: 'prepare', value: prepare / 1_000, unit: 's' },
    { name: 'run', value: run / 1_000, unit: 's' },
    { name: 'report', value: report / 1_000, unit: 's' },
    { name: 'CreateJob to Complete', value: whole, unit: 'tasks/s' },
    { name: 'the worker alone, same S3', value: aloneRate, unit: 'tasks/s' },
    { name: 'the whole way, of that', value: (whole / aloneRate) * 100, unit: '%' },
    ...spent.slice(0, 4).map((process): Figure => {
      return { name: `peak memory: ${process.name}`, value: process.mebibytes, unit: 'MiB' };
    }),
  ]);
  const cpu = cpuShares(apart.spent, s3);
  const all = cpu.reduce((sum, { seconds }) => sum + seconds, 0);
  printFigures('The same job with the objects in an S3 of its own process: CPU', [
    {
      name: 'CreateJob to Complete',
      value: objects / ((apart.prepare + apart.run + apart.report) / 1_000),
      unit: 'tasks/s',
    },
    ...cpu.flatMap(({ name, seconds }): Figure[] => [
      { name, value: (seconds / all) * 100, unit: '%' },
      { name: `${name}, per task`, value: (seconds * 1_000) / objects, unit: 'ms' },
    ]),
  ]);
}

function cpuShares(spent: readonly ProcessUse[], s3: number): { readonly name: string; readonly seconds: number }[] {
  const parts = new Map<string, number>();
  for (const { pid, name, cpuSeconds } of spent) {
    const isWorker = /-worker$|Worker/.test(name);
    const part =
      pid === s3 ? 'S3 of the objects' : isWorker ? 'workers' : 'bookkeeping: tables, machines, other functions';
    parts.set(part, (parts.get(part) ?? 0) + cpuSeconds);
  }
  return [...parts].map(([name, seconds]) => ({ name, seconds }));
}
