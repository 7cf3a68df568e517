import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Upload } from '@aws-sdk/lib-storage';
import { createJob, s3ControlOf, s3Of, tagJob, until } from '../test/e2e/support/clients.ts';
import { LocalCloud } from '../test/e2e/support/local-cloud.ts';
import { createBuckets } from '../test/e2e/support/objects.ts';
import { csvManifest } from './growth/csv-manifest.ts';
import { endCloudWithProcess } from './support/cloud.ts';
import { ProcessWatch } from './support/processes.ts';
import { type Figure, printFigures } from './table.ts';

const MINUTES = 60_000;

/** A CSV manifest of so many lines, from CreateJob to the plan: lines a second, and everybody's peak memory. */
export async function benchPrepare(lines = 10_000_000): Promise<undefined> {
  const cloud = await LocalCloud.start();
  endCloudWithProcess(cloud);
  const folder = await mkdtemp(join(tmpdir(), 'drover-bench-'));
  const s3 = s3Of(cloud);
  const control = s3ControlOf(cloud);
  try {
    await createBuckets(s3, 'data', 'reports');
    const file = join(folder, 'manifest.csv');
    await pipeline(Readable.from(csvManifest(lines)), createWriteStream(file));
    const Body = createReadStream(file, { highWaterMark: 1024 * 1024 });
    const params = { Bucket: 'data', Key: 'manifest.csv', Body };
    const { ETag } = await new Upload({ client: s3, params, partSize: 64 * 1024 * 1024, queueSize: 1 }).done();
    const watch = new ProcessWatch(cloud.pid);
    const began = Date.now();
    const manifest = { arn: 'arn:aws:s3:::data/manifest.csv', etag: ETag ?? '' };
    const jobId = await createJob(control, tagJob(manifest, { ConfirmationRequired: true }));
    const job = await until(control, jobId, ({ Status }) => !['New', 'Preparing'].includes(Status ?? ''), 30 * MINUTES);
    const seconds = (Date.now() - began) / 1_000;
    const peaks = await watch.look();
    watch.stop();
    if (job.ProgressSummary?.TotalNumberOfTasks !== lines) throw new Error(JSON.stringify(job));
    printFigures(`Prepare a CSV of ${lines} lines`, [
      { name: 'CreateJob to Suspended', value: seconds, unit: 's' },
      { name: 'lines', value: lines / seconds, unit: 'lines/s' },
      ...peaks.slice(0, 4).map((peak): Figure => {
        return { name: `peak memory: ${peak.name}`, value: peak.mebibytes, unit: 'MiB' };
      }),
    ]);
  } finally {
    s3.destroy();
    control.destroy();
    await cloud.remove();
    await rm(folder, { recursive: true, force: true });
  }
}
