import { describe, expect, test } from '@jest/globals';
import type { DroverOptions } from '../../../core/job/request.ts';
import type { Examination } from '../../../core/operations/examination.ts';
import type { Task } from '../../../core/operations/operation.ts';
import { EngineBench, FAILURE, SUCCESS } from '../../support/engine-bench.ts';

const FOUND: Readonly<Record<string, Examination>> = {
  change: { finding: 'change', says: 'Would replace 2 tags by 1' },
  same: { finding: 'unchanged' },
  nothing: { finding: 'unchanged', says: 'Nothing to delete' },
  gone: { finding: 'failure', result: FAILURE },
};
const KEYS = Object.keys(FOUND);

/** Carries out a job over keys that look as they are called; how often each was looked at and carried out. */
async function run(options: DroverOptions, manifest = KEYS.map((key) => `bkt,${key}\n`).join('')) {
  const looked: string[] = [];
  let batches = 0;
  const bench = new EngineBench({
    manifest,
    request: { Drover: options, ...(manifest.includes(',,') && VERSIONED) },
    execute: async ({ key }) => (key === 'gone' ? FAILURE : SUCCESS),
    operation: {
      examine: async ({ key }: Task): Promise<Examination> => {
        looked.push(key);
        return FOUND[key] ?? { finding: 'unchanged' };
      },
      batch: {
        size: () => 100,
        execute: async (tasks) => {
          batches += 1;
          return tasks.map(() => SUCCESS);
        },
      },
    },
  });
  await bench.create();
  await bench.runToEnd();
  return { bench, looked: looked.sort(), executed: [...bench.executed.keys()].sort(), batches };
}

const VERSIONED = {
  Manifest: {
    Spec: { Format: 'S3BatchOperations_CSV_20180820' as const, Fields: ['Bucket', 'VersionId', 'Key'] as const },
    Location: { ObjectArn: 'arn:aws:s3:::m/m.csv', ETag: 'e' },
  },
} as object;

describe('a dry run', () => {
  test('looks at each object once, carries nothing out, and reports what would be', async () => {
    const { bench, looked, executed, batches } = await run({ DryRun: true });
    expect({ looked, executed, batches }).toEqual({ looked: KEYS.toSorted(), executed: [], batches: 0 });
    expect(bench.reportLines()).toEqual([
      'bkt,change,,succeeded,200,,Would replace 2 tags by 1',
      'bkt,gone,,failed,404,NoSuchKey,gone',
      'bkt,nothing,,succeeded,200,,Nothing to delete',
      'bkt,same,,succeeded,200,,Unchanged',
    ]);
    expect(await bench.jobs.getTotals(bench.jobId)).toMatchObject({ succeeded: 3, failed: 1 });
  });

  test('of what is to be skipped if unchanged is a dry run', async () => {
    const { executed, batches } = await run({ DryRun: true, SkipUnchanged: true });
    expect({ executed, batches }).toEqual({ executed: [], batches: 0 });
  });

  test('looks at no line without its version', async () => {
    const { bench, looked } = await run({ DryRun: true }, 'bkt,,change\nbkt,v1,same\n');
    expect(looked).toEqual(['same']);
    expect(bench.reportLines()).toEqual([
      'bkt,change,\\N,failed,400,InvalidRequest,Task failed due to missing VersionId',
      'bkt,same,v1,succeeded,200,,Unchanged',
    ]);
  });
});

describe('a job that skips what is unchanged', () => {
  test('carries out the others, one by one: also those that cannot be looked at', async () => {
    const { bench, looked, executed, batches } = await run({ SkipUnchanged: true });
    expect({ looked, executed, batches }).toEqual({
      looked: KEYS.toSorted(),
      executed: ['change', 'gone'],
      batches: 0,
    });
    expect(bench.reportLines()).toEqual([
      'bkt,change,,succeeded,200,,Successful',
      'bkt,gone,,failed,404,NoSuchKey,gone',
      'bkt,nothing,,succeeded,200,,Unchanged',
      'bkt,same,,succeeded,200,,Unchanged',
    ]);
  });
});

test('a job that does neither looks at nothing, and takes its batches', async () => {
  const { looked, executed, batches } = await run({});
  expect({ looked, executed, batches }).toEqual({ looked: [], executed: [], batches: 1 });
});
