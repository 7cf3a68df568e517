import { describe, expect, test } from '@jest/globals';
import { tasksOfJobs } from '../../../core/engine/tasks-of-jobs.ts';
import type { TaskSelection } from '../../../core/job/task-selection.ts';
import { EngineBench, FAILURE, SUCCESS } from '../../support/engine-bench.ts';
import { EngineCloud } from '../../support/engine-cloud.ts';

/** What a job of these tasks would be given to do, read as PrepareJob reads a manifest. */
async function linesOf(bench: EngineBench, selection: TaskSelection): Promise<string[]> {
  const reader = tasksOfJobs(bench, [{ jobId: bench.jobId, selection }]);
  const { chunks } = await reader.survey();
  const lines: string[] = [];
  for (const chunk of chunks) {
    await reader.readLines(chunk, async (line) => {
      lines.push(line.toString('utf8'));
      return true;
    });
  }
  return lines;
}

/** Keys that a CSV quotes, and a third column that the job keeps and no report shows. */
const lineOf = (n: number): string => `bkt,${n % 10 === 3 ? `"a%2C,${n}"` : `k${n}`},note ${n}`;

const FIELDS = {
  Manifest: {
    Spec: {
      Format: 'S3BatchOperations_CSV_20180820' as const,
      Fields: ['Bucket', 'Key', 'Ignore'] as ['Bucket', 'Key', 'Ignore'],
    },
    Location: { ObjectArn: 'arn:aws:s3:::m/m.csv', ETag: 'e' },
  },
};

const fails = (key: string): boolean => Number(/\d+$/.exec(key)?.[0]) % 7 === 3;

describe('the tasks of a job that ended', () => {
  const lines = Array.from({ length: 700 }, (_, n) => lineOf(n));

  test('are told apart by how they ended, as its own lines, over many shards and blocks', async () => {
    const bench = new EngineBench({
      manifest: `${lines.join('\n')}\n`,
      request: FIELDS,
      tasksPerShard: 2,
      workers: 8,
      execute: async ({ key }) => (fails(key) ? { ...FAILURE, message: 'gone,\n"for" good' } : SUCCESS),
    });
    await bench.create();
    await bench.runToEnd();
    const failed = lines.filter((_, n) => n % 7 === 3);
    const succeeded = lines.filter((_, n) => n % 7 !== 3);
    expect(await linesOf(bench, 'All')).toEqual(lines);
    expect(await linesOf(bench, 'Failed')).toEqual(failed);
    expect(await linesOf(bench, 'NotSucceeded')).toEqual(failed);
    expect(await linesOf(bench, 'Succeeded')).toEqual(succeeded);
    expect(await linesOf(bench, 'Unreached')).toEqual([]);
  });

  test('of one that was cancelled, are those carried out and those never reached, none twice and none left out', async () => {
    const bench: EngineBench = new EngineBench({
      manifest: `${lines.join('\n')}\n`,
      request: FIELDS,
      tasksPerShard: 100,
      workers: 2,
      concurrency: 2,
      execute: async ({ key }) => {
        await bench.clock.sleep(1_000);
        return fails(key) ? FAILURE : SUCCESS;
      },
    });
    const cloud = new EngineCloud(bench);
    await cloud.create();
    await bench.clock.sleep(12_500);
    await cloud.move('Cancelling');
    await cloud.untilEnd();
    const [succeeded, failed, unreached] = await Promise.all(
      (['Succeeded', 'Failed', 'Unreached'] as const).map((selection) => linesOf(bench, selection)),
    );
    const totals = await bench.jobs.getTotals(bench.jobId);
    expect(succeeded).toHaveLength(totals.succeeded);
    expect(failed).toHaveLength(totals.failed);
    expect(totals.failed).toBeGreaterThan(0);
    expect(unreached?.length).toBeGreaterThan(500);
    expect([...(succeeded ?? []), ...(failed ?? []), ...(unreached ?? [])].sort()).toEqual([...lines].sort());
    expect((await linesOf(bench, 'NotSucceeded')).sort()).toEqual([...(failed ?? []), ...(unreached ?? [])].sort());
  });

  test('that named one object twice are taken for failed where one of them failed', async () => {
    let calls = 0;
    const bench = new EngineBench({
      manifest: 'bkt,once,a\nbkt,twice,b\nbkt,twice,c\n',
      request: FIELDS,
      concurrency: 1,
      execute: async ({ key }) => {
        if (key !== 'twice') return SUCCESS;
        calls += 1;
        return calls === 1 ? SUCCESS : FAILURE;
      },
    });
    await bench.create();
    await bench.runToEnd();
    expect(await linesOf(bench, 'Failed')).toEqual(['bkt,twice,b', 'bkt,twice,c']);
    expect(await linesOf(bench, 'Succeeded')).toEqual(['bkt,once,a']);
  });

  test('are none, and said to be gone, once the job was deleted', async () => {
    const bench = new EngineBench({ manifest: 'bkt,k,a\n', request: FIELDS });
    await bench.create();
    await bench.runToEnd();
    await bench.work.deletePrefix(`jobs/${bench.jobId}/`);
    await expect(linesOf(bench, 'All')).rejects.toThrow(`The tasks of job ${bench.jobId} are not there`);
  });
});
