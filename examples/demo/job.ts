import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Drover } from './drover.ts';
import { type Expectation, reportDifferences } from './report-check.ts';
import { say, step } from './steps.ts';

/** The role that the demo's jobs act with: under the path that the local deployment allows jobs to use. */
const ROLE = 'arn:aws:iam::000000000000:role/drover/demo';

/** Lines of a report to show. */
const TAIL = 3;

/** A job of the demo. */
export interface DemoJob {
  readonly name: string;
  /** What is said before it begins. */
  readonly title: string;
  /** Key of its manifest, in the bucket `lists`. */
  readonly manifest: string;
  /** The flags of `drover jobs create` that are its own. */
  readonly flags: readonly string[];
}

/** Creates a job, follows it on the screen, and answers the text of its report. */
export async function runJob(drover: Drover, job: DemoJob, folder: string): Promise<string> {
  const jobId = await step(job.title, async () => {
    const created = await drover.run(
      ...['jobs', 'create', '--manifest', `s3://lists/${job.manifest}`, '--report', `s3://reports/${job.name}`],
      ...['--role-arn', ROLE, '--description', job.title, '--no-confirm', '--json', ...job.flags],
    );
    const { JobId } = JSON.parse(created) as { JobId: string };
    const code = await drover.show('jobs', 'watch', JobId, '--interval', '0.5');
    if (code !== 0) throw new Error(`The job ${JobId} did not do all it should have done.`);
    return JobId;
  });
  const file = join(folder, `${job.name}.csv`);
  await step('The end of its completion report', async () => {
    await drover.run('report', jobId, '--output', file);
    for (const line of (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-TAIL)) say(line);
  });
  return await readFile(file, 'utf8');
}

/** Checks a report line by line, and throws when it differs from what it should say. */
export async function checkReport(csv: string, bucket: string, expected: readonly Expectation[]): Promise<void> {
  throwIfAny(reportDifferences(csv, bucket, expected));
}

/** Throws with the first few of the differences. */
export function throwIfAny(differences: readonly string[]): void {
  if (differences.length === 0) return;
  const shown = differences.slice(0, 5).map((difference) => `\n  ${difference}`);
  throw new Error(`${differences.length} differences:${shown.join('')}`);
}
