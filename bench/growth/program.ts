import { createReadStream } from 'node:fs';
import { mkdir, open, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OpenManifest } from '../../core/stores/manifest-source.ts';
import type { OpenReport } from '../../core/stores/report-destination.ts';
import { MemoryJobStore } from '../../test/support/memory-job-store.ts';
import { MemoryProgressStore } from '../../test/support/memory-progress-store.ts';
import { JobDriver } from '../engine/job-driver.ts';
import { answerLines, cpuSeconds } from '../support/answering.ts';
import { DiskWorkStore } from './disk-work-store.ts';
import { type GrowthAnswer, type GrowthQuestion, MANIFEST_FILE } from './question.ts';

function manifestIn(folder: string): OpenManifest {
  const file = join(folder, MANIFEST_FILE);
  return async () => ({
    manifest: {
      bucket: 'data',
      key: MANIFEST_FILE,
      size: async () => (await stat(file)).size,
      read: (start, end) => createReadStream(file, { start, end: end - 1 }),
      etag: () => undefined,
    },
    open: (bucket, key) => {
      throw new Error(`${bucket}/${key} should not be read`);
    },
    list: (bucket, prefix) => {
      throw new Error(`${bucket}/${prefix} should not be listed`);
    },
  });
}

function reportIn(folder: string): OpenReport {
  return async () => ({
    bucket: 'reports',
    create(key) {
      const file = join(folder, key);
      const opened = mkdir(dirname(file), { recursive: true }).then(() => open(file, 'w'));
      const close = async (): Promise<void> => await (await opened).close();
      return { write: async (bytes) => void (await (await opened).write(bytes)), close, abort: close };
    },
    put: async (key, body) => {
      await writeFile(join(folder, key), body);
      return '';
    },
  });
}

/** MiB, as the kernel keeps it. */
function peak(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

await answerLines(async ({ folder, tasks }: GrowthQuestion): Promise<GrowthAnswer> => {
  const driver = new JobDriver({
    stores: { jobs: new MemoryJobStore(), progress: new MemoryProgressStore(), work: new DiskWorkStore(folder) },
    openManifest: manifestIn(folder),
    openReport: reportIn(folder),
    // Each child is a function of its own in the cloud: here they take turns, so that peaks are those of one.
    children: 1,
  });
  let peakPrepared = 0;
  await driver.run(tasks, (stage) => {
    if (stage === 'prepare') peakPrepared = peak();
  });
  return { seconds: driver.seconds, cpuSeconds: cpuSeconds(), peakPrepared, peakReported: peak() };
});
