import { describe, expect, test } from '@jest/globals';
import { EngineBench, FAILURE, SUCCESS } from '../../support/engine-bench.ts';

const manifest = (lines: number, from = 0): string =>
  Array.from({ length: lines }, (_, line) => `bkt,k${from + line}\n`).join('');

async function run(bench: EngineBench): Promise<EngineBench> {
  await bench.create();
  await bench.runToEnd();
  return bench;
}

describe('a job from New to its report', () => {
  test('each line of the manifest is one task and one line of the report', async () => {
    const bench = await run(new EngineBench({ manifest: manifest(35) }));
    const { state, totals } = (await bench.jobs.getJob(bench.jobId))!;
    expect(state).toMatchObject({ status: 'Complete', totalTasks: 35, shards: 4 });
    expect(totals).toMatchObject({ succeeded: 35, failed: 0, shardsDone: 4 });
    expect(bench.reportLines()).toEqual(
      Array.from({ length: 35 }, (_, line) => `bkt,k${line},,succeeded,200,,Successful`).sort(),
    );
    expect([...bench.executed.values()].every((times) => times === 1)).toBe(true);
    expect(bench.jobs.open.size).toBe(0);
  });

  test('lines that are there twice are two tasks and two lines', async () => {
    const bench = await run(new EngineBench({ manifest: 'bkt,k\nbkt,k\n' }));
    expect(bench.reportLines()).toHaveLength(2);
  });

  test('confirmation is asked for when the request does not say', async () => {
    const bench = new EngineBench({ manifest: manifest(1) });
    await bench.create();
    const stored = bench.jobs.requests.get(bench.jobId)!;
    const { ConfirmationRequired: _, ...request } = stored.request;
    bench.jobs.requests.set(bench.jobId, { ...stored, request });
    await bench.runStage('prepare', 1);
    expect(await bench.jobs.getState(bench.jobId)).toMatchObject({ status: 'Suspended', totalTasks: 1 });
  });

  test('a bad line fails the job, names the line, and nothing is carried out', async () => {
    const bench = await run(new EngineBench({ manifest: `${manifest(12)}bkt\n${manifest(3)}` }));
    expect(await bench.jobs.getState(bench.jobId)).toMatchObject({
      status: 'Failed',
      failureReasons: [
        {
          FailureCode: 'InvalidManifestContent',
          FailureReason: 'Unexpected number of task fields: 1 where Fields names 2 (line 13 of s3://m/m.csv)',
        },
      ],
    });
    expect(bench.executed.size).toBe(0);
    expect(bench.report.size).toBe(0);
  });

  test('a manifest of nothing fails the job', async () => {
    const bench = await run(new EngineBench({ manifest: '' }));
    expect(await bench.jobs.getState(bench.jobId)).toMatchObject({
      status: 'Failed',
      failureReasons: [{ FailureReason: 'The manifest names no objects' }],
    });
  });

  test('an empty version fails its task only, and S3 is not called for it', async () => {
    const Fields = ['Bucket', 'Key', 'VersionId'] as const;
    const Location = { ObjectArn: 'arn:aws:s3:::m/m', ETag: 'e' };
    const request = {
      Manifest: { Spec: { Format: 'S3BatchOperations_CSV_20180820' as const, Fields: [...Fields] }, Location },
    };
    const bench = await run(new EngineBench({ manifest: 'bkt,a,v1\nbkt,c,\nbkt,d,null\n', request }));
    expect(bench.reportLines()).toEqual([
      'bkt,a,v1,succeeded,200,,Successful',
      'bkt,c,\\N,failed,400,InvalidRequest,Task failed due to missing VersionId',
      'bkt,d,null,succeeded,200,,Successful',
    ]);
    expect([...bench.executed.keys()].sort()).toEqual(['a', 'd']);
  });

  test('only failed lines are reported when only they are asked for', async () => {
    const execute = async ({ key }: { key: string }) => (key === 'k3' ? FAILURE : SUCCESS);
    const request = {
      Report: {
        Enabled: true,
        Bucket: 'arn:aws:s3:::r',
        Format: 'Report_CSV_20180820' as const,
        ReportScope: 'FailedTasksOnly' as const,
      },
    };
    const bench = await run(new EngineBench({ manifest: manifest(9), execute, request }));
    expect(bench.reportLines()).toEqual(['bkt,k3,,failed,404,NoSuchKey,gone']);
    expect((await bench.jobs.getTotals(bench.jobId)).succeeded).toBe(8);
    // Nor does its log take that for a success.
    const { outbox = [] } = (await bench.jobs.getState(bench.jobId)) ?? {};
    const log = [...(await bench.jobs.getEvents(bench.jobId)), ...outbox];
    expect(log.at(-1)).toMatchObject({ text: 'Complete, with 1 failed task', status: 'Complete', failedTasks: 1 });
  });

  test('a job without a report writes none', async () => {
    const bench = await run(new EngineBench({ manifest: manifest(9), request: { Report: { Enabled: false } } }));
    expect((await bench.jobs.getState(bench.jobId))?.status).toBe('Complete');
    expect(bench.report.size).toBe(0);
  });

  test('more shards than one block holds are reported by a Map over the blocks', async () => {
    const bench = await run(new EngineBench({ manifest: manifest(600), tasksPerShard: 1, workers: 50 }));
    expect(bench.reportLines()).toHaveLength(600);
    expect(bench.progress.blocks.get(bench.jobId)?.size).toBe(3);
  });
});

describe('the failure threshold', () => {
  test('a job whose tasks all fail stops after about a thousand, its report as long as its counts', async () => {
    const bench = await run(
      new EngineBench({
        manifest: manifest(20_000),
        tasksPerShard: 5_000,
        execute: async () => FAILURE,
        concurrency: 64,
      }),
    );
    const { state, totals } = (await bench.jobs.getJob(bench.jobId))!;
    expect(state).toMatchObject({
      status: 'Failed',
      failureReasons: [{ FailureCode: 'TaskFailureThresholdExceeded' }],
    });
    expect(totals.failed).toBeGreaterThanOrEqual(1_000);
    expect(totals.failed).toBeLessThanOrEqual(1_000 + 64 * 4);
    expect(bench.reportLines()).toHaveLength(totals.failed);
  });

  test.each([
    [999, 999, 'Complete'],
    [1_000, 500, 'Complete'],
    [1_000, 501, 'Failed'],
  ])('of %i tasks %i fail: %s', async (tasks, failing, status) => {
    let failed = 0;
    // The failures come last: the threshold looks at what has been executed, whenever.
    const execute = async ({ key }: { key: string }) => {
      if (Number(key.slice(1)) < tasks - failing) return SUCCESS;
      failed += 1;
      return FAILURE;
    };
    const bench = await run(new EngineBench({ manifest: manifest(tasks), tasksPerShard: 100, workers: 1, execute }));
    expect(failed).toBe(failing);
    expect((await bench.jobs.getState(bench.jobId))?.status).toBe(status);
  });
});
