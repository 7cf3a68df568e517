import type { S3Client } from '@aws-sdk/client-s3';
import type { JobDescriptor } from '@aws-sdk/client-s3-control';
import { expect } from '@jest/globals';
import { reportLines } from './clients.ts';

/** Tasks counted by a job. */
export function countsOf({ ProgressSummary }: JobDescriptor): { succeeded: number; failed: number } {
  const { NumberOfTasksSucceeded: succeeded = 0, NumberOfTasksFailed: failed = 0 } = ProgressSummary ?? {};
  return { succeeded, failed };
}

/** The lines of an ended job's report: as many of each status as the job counted, none of them twice. */
export async function countedLines(s3: S3Client, job: JobDescriptor): Promise<string[]> {
  const lines = await reportLines(s3, job.JobId ?? '');
  const of = (status: string): number => lines.filter((line) => line.split(',')[3] === status).length;
  expect({ succeeded: of('succeeded'), failed: of('failed'), all: lines.length }).toEqual({
    ...countsOf(job),
    all: countsOf(job).succeeded + countsOf(job).failed,
  });
  expect(new Set(lines.map((line) => line.split(',', 3).join())).size).toBe(lines.length);
  return lines;
}
