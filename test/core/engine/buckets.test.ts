import { describe, expect, test } from '@jest/globals';
import { JobTrouble } from '../../../core/job/job-trouble.ts';
import type { JobFailure } from '../../../core/job/records.ts';
import { type BenchOptions, EngineBench } from '../../support/engine-bench.ts';
import { EngineCloud } from '../../support/engine-cloud.ts';

const NO_LOCK: JobFailure = { FailureCode: 'InvalidBucket', FailureReason: 'The bucket bkt1 has no Object Lock' };

function job(manifest: string, options: Partial<BenchOptions> = {}) {
  const asked: (readonly string[])[] = [];
  const bench = new EngineBench({
    manifest,
    ...options,
    checkBuckets: async (buckets) => {
      asked.push(buckets);
      return await options.checkBuckets?.(buckets);
    },
  });
  return { bench, cloud: new EngineCloud(bench), asked };
}

const MANY = Array.from({ length: 60 }, (_, line) => `bkt${Math.trunc(line / 20)},k${line}\n`).join('');

describe('the buckets of a manifest', () => {
  test.each([
    ['one chunk', undefined],
    ['many chunks', 40],
  ])('are looked at once, each, before any task: a manifest of %s', async (_, chunkBytes) => {
    const { cloud, bench, asked } = job(MANY, {
      ...(chunkBytes !== undefined && { chunkBytes }),
      checkBuckets: async () => {
        expect(bench.executed.size).toBe(0);
        return undefined;
      },
    });
    await cloud.create();
    expect((await cloud.untilEnd()).status).toBe('Complete');
    expect(asked.map((buckets) => buckets.toSorted())).toEqual([['bkt0', 'bkt1', 'bkt2']]);
    expect(bench.executed.size).toBe(60);
  });

  test('fail the job for its operation, with nothing begun', async () => {
    const { cloud, bench } = job(MANY, { checkBuckets: async () => NO_LOCK });
    await cloud.create('Failed');
    expect(await cloud.untilEnd()).toMatchObject({ status: 'Failed', failureReasons: [NO_LOCK] });
    expect(bench.executed.size).toBe(0);
    expect(bench.work.objects.has(`jobs/${bench.jobId}/plan.json`)).toBe(false);
  });

  test('are looked at again after a trouble that passes', async () => {
    const { cloud, bench, asked } = job(MANY, {
      checkBuckets: async () => {
        if (bench.passed < 120_000) throw new JobTrouble('RoleCannotBeAssumed', 'not yet');
        return undefined;
      },
    });
    await bench.create();
    await bench.callScheduler(bench.jobId);
    const { trouble } = await cloud.until((state) => state.trouble !== undefined);
    expect(trouble).toMatchObject({ FailureCode: 'RoleCannotBeAssumed', FailureReason: 'not yet' });
    const ended = await cloud.untilEnd();
    expect([ended.status, ended.trouble, ended.failureReasons]).toEqual(['Complete', undefined, []]);
    expect(asked.length).toBeGreaterThan(2);
  });

  test('fail the job when they cannot be looked at for ten minutes', async () => {
    const { cloud, bench } = job(MANY, {
      checkBuckets: () => Promise.reject(new JobTrouble('RoleCannotBeAssumed', 'no')),
    });
    await bench.create();
    await bench.callScheduler(bench.jobId);
    const { status, failureReasons } = await cloud.untilEnd();
    expect({ status, failureReasons }).toMatchObject({
      status: 'Failed',
      failureReasons: [{ FailureCode: 'RoleCannotBeAssumed', FailureReason: 'no' }],
    });
    expect(bench.passed).toBeGreaterThanOrEqual(600_000);
  });
});

describe('a directory bucket', () => {
  test.each([
    ['alone', 'dir--usw2-az1--x-s3,k\n'],
    ['among others', `${MANY}dir--usw2-az1--x-s3,k\n`],
  ])('%s is refused by name, whatever the operation', async (_, manifest) => {
    const { cloud, bench, asked } = job(manifest);
    await cloud.create('Failed');
    const FailureReason = 'The manifest names dir--usw2-az1--x-s3: directory buckets are not supported';
    expect(await cloud.untilEnd()).toMatchObject({ status: 'Failed', failureReasons: [{ FailureReason }] });
    expect(asked).toEqual([]);
    expect(bench.executed.size).toBe(0);
  });

  test('is told from a bucket that is only called so', async () => {
    const { cloud } = job('x-s3,k\nx--x-s3-not,k\n');
    await cloud.create();
    expect((await cloud.untilEnd()).status).toBe('Complete');
  });
});
