import { createJob, s3ControlOf, s3Of, tagJob, until, untilEnded } from '../test/e2e/support/clients.ts';
import { LocalCloud } from '../test/e2e/support/local-cloud.ts';
import { createBuckets, fillBucket, putManifest } from '../test/e2e/support/objects.ts';
import { MemoryWatch } from './memory.ts';
import { type Figure, printFigures } from './table.ts';

const MINUTES = 60_000;

/** A tag job over so many real, small objects on a local cloud: time from CreateJob to Complete, and everybody's peak memory. */
export async function benchTagJob(objects = 100_000): Promise<undefined> {
  const cloud = await LocalCloud.start();
  const watch = new MemoryWatch(cloud.pid);
  const s3 = s3Of(cloud);
  const control = s3ControlOf(cloud);
  try {
    await createBuckets(s3, 'data', 'reports');
    const keys = Array.from({ length: objects }, (_, n) => `folder-${n % 100}/object-${n}`);
    const putSeconds = await timed(() => fillBucket(cloud.endpoint, 'data', keys));
    const lines = keys.map((key) => `data,${key}`);
    const manifest = await putManifest(s3, 'data', 'manifest.csv', lines);
    const began = Date.now();
    const jobId = await createJob(control, tagJob(manifest));
    await until(control, jobId, ({ Status }) => Status !== 'New' && Status !== 'Preparing', 10 * MINUTES);
    const prepared = Date.now();
    await until(control, jobId, ({ Status }) => !['Ready', 'Active'].includes(Status ?? ''), 30 * MINUTES);
    const tagged = Date.now();
    const job = await untilEnded(control, jobId, 10 * MINUTES);
    const ended = Date.now();
    if (job.ProgressSummary?.NumberOfTasksSucceeded !== objects) throw new Error(JSON.stringify(job));
    const peaks = await watch.stop();
    const memory = peaks.slice(0, 4).map((peak): Figure => {
      return { name: `peak memory: ${peak.command}`, value: peak.mebibytes, unit: 'MiB' };
    });
    printFigures(`Tag job over ${objects} objects`, [
      { name: 'objects put (no signing)', value: objects / putSeconds, unit: 'objects/s' },
      { name: 'prepare', value: (prepared - began) / 1_000, unit: 's' },
      { name: 'run', value: (tagged - prepared) / 1_000, unit: 's' },
      { name: 'report', value: (ended - tagged) / 1_000, unit: 's' },
      { name: 'CreateJob to Complete', value: objects / ((ended - began) / 1_000), unit: 'tasks/s' },
      ...memory,
    ]);
  } finally {
    await watch.stop();
    s3.destroy();
    control.destroy();
    await cloud.remove();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}
