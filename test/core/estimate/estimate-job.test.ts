import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type EstimateSource, estimateJob } from '../../../core/estimate/estimate-job.ts';
import type { EstimateAssumptions } from '../../../core/estimate/estimate-request.ts';
import { checkJobRequest } from '../../../core/job/check-request.ts';
import type { JobRequest } from '../../../core/job/request.ts';
import { TAGGING_REQUEST } from '../api/fixtures.ts';

const COPY = { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::archive' } };

function requestOf(Operation: object = TAGGING_REQUEST.Operation, changes: object = {}): JobRequest {
  return checkJobRequest({ ...TAGGING_REQUEST, Operation, ...changes, ConfirmationRequired: true });
}

function estimated(tasks: number, request = requestOf(), assumptions: EstimateAssumptions = {}, workers = 100) {
  const source: EstimateSource = { request, tasks, assumptions, capacity: { workers, measured: true } };
  return estimateJob(source);
}

function usd(cost: { readonly Items: readonly { What: string; USD: number }[] } | undefined, what: RegExp): number {
  return cost?.Items.find(({ What }) => what.test(What))?.USD ?? Number.NaN;
}

describe('the objects’ own requests', () => {
  test('a million tags are a million PUTs', () => {
    expect(estimated(1e6).Costs.Requests).toEqual({
      USD: expect.closeTo(5, 9),
      Items: [{ What: 'PUT, COPY, POST and LIST requests', Quantity: 1e6, USD: expect.closeTo(5, 9) }],
    });
  });

  test('copies cost what their class does, at once and each month', () => {
    const into = { S3PutObjectCopy: { ...COPY.S3PutObjectCopy, StorageClass: 'DEEP_ARCHIVE' } };
    const { Costs, Bytes } = estimated(1e6, requestOf(into), { AverageObjectBytes: 1_000_000 });
    expect(Bytes).toBe(1e12);
    expect(Costs.Requests.USD).toBeCloseTo(50, 9);
    // 1,000 GB at $0.00099.
    expect(Costs.StoragePerMonth?.USD).toBeCloseTo(0.99, 9);
    expect(estimated(1e6, requestOf(COPY)).Costs.StoragePerMonth).toBeUndefined();
  });

  test('deleting is free but for a request for each thousand', () => {
    const { Costs } = estimated(1e6, requestOf({ Drover: { DeleteObject: {} } }));
    expect(Costs.Requests.USD).toBeCloseTo(0.005, 9);
  });

  test('a restore is paid for by its tier', () => {
    const restore = (GlacierJobTier: string) =>
      estimated(1e6, requestOf({ S3InitiateRestoreObject: { ExpirationInDays: 10, GlacierJobTier } }), {
        AverageObjectBytes: 1_000_000,
      });
    // $0.05 a thousand, and 1,000 GB at $0.01.
    expect(restore('STANDARD').Costs.Requests.USD).toBeCloseTo(60, 9);
    expect(restore('BULK').Costs.Requests.USD).toBe(0);
    // $0.025 a thousand and $0.0025 a GB; the copies for ten of thirty days at $0.023.
    expect(restore('BULK').Fees[0]).toContain('$25.00 for the requests and $0.0025 a GB ($2.50 for all)');
    expect(restore('BULK').Fees.join()).toContain('$7.67 for 10 days');
  });

  test('a dry run only looks', () => {
    const { Costs, Fees } = estimated(1e6, requestOf(COPY, { Drover: { DryRun: true } }));
    expect(Costs.Requests.USD).toBeCloseTo(0.4, 9);
    expect(Fees).toEqual([]);
  });

  test('a look at each object comes on top where what is unchanged is skipped', () => {
    const { Costs } = estimated(1e6, requestOf(undefined, { Drover: { SkipUnchanged: true } }));
    expect(Costs.Requests.USD).toBeCloseTo(5.4, 9);
  });
});

test('a filter that looks at objects says what its looks cost', () => {
  const generator = { SourceBucket: 'arn:aws:s3:::data', EnableManifestOutput: false };
  const request = (Filter: object): JobRequest =>
    requestOf(undefined, {
      Manifest: undefined,
      ManifestGenerator: { S3JobManifestGenerator: { ...generator, Drover: { Filter } } },
    });
  const fees = (Filter: object): string => estimated(1e6, request(Filter)).Fees.join();
  const Tags = { MatchAny: [{ Key: 'a' }] };
  expect(fees({ Tags })).toContain('Filter: each million objects that it looks at, wanted or not, cost $0.40');
  expect(fees({ Tags, Head: true, MatchAnyEncryptionStatus: ['SSE-S3'] })).toContain('$0.80');
  expect(fees({ First: 1 })).not.toContain('Filter:');
});

describe('S3 Batch Operations', () => {
  test('takes a dollar a million and a quarter a job, and the objects’ requests besides', () => {
    expect(estimated(1e9).S3BatchOperations).toMatchObject({
      Offered: true,
      Fee: expect.closeTo(1_000.25, 6),
      USD: expect.closeTo(6_000.25, 6),
    });
  });

  test('takes $9.25 for a million checksums of 2 MB, the example of its price page', () => {
    const request = requestOf({ S3ComputeObjectChecksum: {} });
    expect(estimated(1e6, request, { AverageObjectBytes: 2_000_000 }).S3BatchOperations).toMatchObject({
      Fee: expect.closeTo(9.25, 9),
      USD: expect.closeTo(9.25, 9),
    });
  });

  test('has not all that Drover has', () => {
    expect(estimated(1, requestOf({ Drover: { Inspect: {} } })).S3BatchOperations).toEqual({
      Offered: false,
      Reason: 'S3 Batch Operations has no operation Inspect',
    });
    expect(estimated(1, requestOf(COPY, { Drover: { DryRun: true } })).S3BatchOperations).toEqual({
      Offered: false,
      Reason: 'S3 Batch Operations has no dry run',
    });
  });

  test('invokes a function with each object alone', () => {
    const LambdaInvoke = { FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f' };
    const together = { LambdaInvoke, Drover: { LambdaInvoke: { TasksPerInvocation: 100 } } };
    const { Costs, S3BatchOperations } = estimated(1e6, requestOf(together));
    expect(Costs.Requests.USD).toBeCloseTo(0.002, 9);
    expect(S3BatchOperations).toMatchObject({ USD: expect.closeTo(1.45, 9) });
  });
});

describe('the time', () => {
  test('is S3’s: 3,500 writes a second in one partition', () => {
    const { RunTime } = estimated(3_500_000);
    expect(RunTime).toMatchObject({ LimitedBy: 'S3Writes', TasksPerSecond: 3_500, Seconds: 1_000, Workers: 100 });
    expect(RunTime.Limits.map(({ Name }) => Name)).toEqual(['S3Writes', 'Workers', 'ChildrenStarted']);
    // 100 workers × 128 in flight ÷ 0.1 s; 100 shards a second of 5,000.
    expect(RunTime.Limits.map(({ TasksPerSecond }) => TasksPerSecond)).toEqual([3_500, 128_000, 500_000]);
  });

  test('is the workers’ where there are few', () => {
    const { RunTime } = estimated(1e6, requestOf(), {}, 2);
    // 2 × 128 ÷ 0.1 s.
    expect(RunTime).toMatchObject({ LimitedBy: 'Workers', TasksPerSecond: 2_560, Seconds: 390.625, Workers: 2 });
  });

  test('is that of the job’s own limit, which also needs fewer workers', () => {
    const { RunTime } = estimated(1e6, requestOf(undefined, { Drover: { RateLimit: { TasksPerSecond: 500 } } }));
    expect(RunTime).toMatchObject({ LimitedBy: 'RateLimit', TasksPerSecond: 500, Seconds: 2_000, Workers: 3 });
  });

  test('is that of a given rate, unless something allows less', () => {
    expect(estimated(1e6, requestOf(), { TasksPerSecond: 100 }).RunTime).toMatchObject({
      LimitedBy: 'Assumed',
      Seconds: 10_000,
    });
    expect(estimated(1e6, requestOf(), { TasksPerSecond: 100_000 }).RunTime.LimitedBy).toBe('S3Writes');
  });

  test('is the function’s', () => {
    const LambdaInvoke = { FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f' };
    const { RunTime } = estimated(1e6, requestOf({ LambdaInvoke }), { RequestLatencyMilliseconds: 1_000 });
    // 100 slots: 5 workers, each with 16 calls in flight and a slot of its own.
    expect(RunTime).toMatchObject({ LimitedBy: 'FunctionConcurrency', TasksPerSecond: 80 });
  });

  test('is the network’s where workers read the objects', () => {
    const request = requestOf({ S3ComputeObjectChecksum: {} });
    const { RunTime } = estimated(1e4, request, { AverageObjectBytes: 1e9, RequestLatencyMilliseconds: 1 });
    // 20 shards of 500: as many workers, 78.125 MB/s each.
    expect(RunTime).toMatchObject({ LimitedBy: 'WorkerNetwork', TasksPerSecond: expect.closeTo(1.5625, 6) });
  });

  test('is that of restores', () => {
    const { RunTime } = estimated(1e6, requestOf({ S3InitiateRestoreObject: {} }));
    expect(RunTime).toMatchObject({ LimitedBy: 'S3Restores', TasksPerSecond: 1_000 });
  });
});

describe('Drover', () => {
  test('costs a small part of S3 Batch Operations’ fee where workers are kept busy', () => {
    const request = requestOf(undefined, { Drover: { RateLimit: { TasksPerSecond: 3_500 } } });
    const { Costs } = estimated(1e7, request, { RequestLatencyMilliseconds: 30 });
    // $10.25 with S3 Batch Operations.
    expect(Costs.Drover.USD).toBeGreaterThan(0.1);
    expect(Costs.Drover.USD).toBeLessThan(1.5);
    expect(Costs.Total).toBeCloseTo(Costs.Drover.USD + Costs.Requests.USD, 9);
  });

  test('counts the short parts that a job begins with', () => {
    // 15 parts of each of two workers, each put and got; then one more for each of two shards.
    const requests = usd(estimated(10_000, requestOf(), {}, 2).Costs.Drover, /requests for work files/);
    expect(requests).toBeGreaterThan(32 * (5e-6 + 0.4e-6));
    expect(requests).toBeLessThan(60 * (5e-6 + 0.4e-6));
  });

  test('pays three transitions a shard, and few beside', () => {
    // 200 shards, one of them at least each second: one wave.
    const { Costs } = estimated(1e6);
    const transitions = usd(Costs.Drover, /^Step Functions/) / 25e-6;
    expect(transitions).toBeGreaterThanOrEqual(600);
    expect(transitions).toBeLessThan(650);
  });

  test('pays for workers that only wait for S3', () => {
    const cost = (workers: number) => usd(estimated(1e8, requestOf(), {}, workers).Costs.Drover, /^Lambda/);
    // 28,571 s at 3,500/s, each worker 1 GB.
    expect(cost(100) - cost(20)).toBeCloseTo(80 * (1e8 / 3_500) * 1.33334e-5, 0);
  });

  test('advises a rate limit where workers would wait, which is what it says it is', () => {
    const [advice] = estimated(1e8).Advice;
    expect(advice).toMatch(/^100 workers wait .* TasksPerSecond 3500 takes 18 of them/);
    const limited = estimated(1e8, requestOf(undefined, { Drover: { RateLimit: { TasksPerSecond: 3_500 } } }));
    expect(advice).toContain(`Drover costs $${limited.Costs.Drover.USD.toFixed(2)} instead of $`);
    expect(limited.Advice).toEqual([]);
    expect(estimated(1e8, requestOf(), {}, 5).Advice).toEqual([]);
    // There the workers' own network is what there is too little of.
    const reading = requestOf({ S3ComputeObjectChecksum: {} });
    expect(estimated(1e6, reading, { AverageObjectBytes: 1e9 }).Advice).toEqual([]);
  });

  test('costs cents for a small job, where S3 Batch Operations takes a quarter', () => {
    expect(estimated(1).Costs.Drover.USD).toBeLessThan(0.01);
  });
});

describe('what may come on top', () => {
  test.each<[string, object, RegExp]>([
    ['deletions', { Drover: { DeleteObject: {} } }, /30 days for STANDARD_IA.*90 days for GLACIER and 180 days/],
    ['copies onto themselves', COPY, /copied onto themselves/],
    ['copies from colder classes', COPY, /each GB copied from .* \$0\.03 in GLACIER_IR/],
    ['copies across Regions', COPY, /across Regions/],
    [
      'moves',
      { Drover: { Move: { ...COPY.S3PutObjectCopy, TargetKeyPrefix: 'p' } } },
      /moved before their minimum time/,
    ],
  ])('is named for %s', (_, operation, fee) => {
    expect(estimated(1_000, requestOf(operation)).Fees.join('\n')).toMatch(fee);
  });
});

test('a listing is paid for by the objects of its bucket', () => {
  const S3JobManifestGenerator = { SourceBucket: 'arn:aws:s3:::data', EnableManifestOutput: false };
  const generated = { ...requestOf(), Manifest: undefined, ManifestGenerator: { S3JobManifestGenerator } };
  const [fee] = estimated(1_000, generated).Fees;
  expect(fee).toContain('cost $0.005 for LIST requests; S3 Batch Operations takes $0.015');
});

describe('every estimate', () => {
  const operations: Record<string, object> = {
    S3PutObjectTagging: TAGGING_REQUEST.Operation,
    S3PutObjectCopy: COPY,
    S3DeleteObjectTagging: { S3DeleteObjectTagging: {} },
    DeleteObject: { Drover: { DeleteObject: {} } },
    S3ComputeObjectChecksum: { S3ComputeObjectChecksum: {} },
    LambdaInvoke: { LambdaInvoke: { FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f' } },
    S3InitiateRestoreObject: { S3InitiateRestoreObject: { ExpirationInDays: 1 } },
  };

  test('has requests and S3’s fees that grow with its tasks, and numbers that are some', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(operations)),
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 1, max: 1_000 }),
        (name, few, more, workers) => {
          const request = requestOf(operations[name]);
          const [small, large] = [few, few + more].map((tasks) =>
            estimated(tasks, request, { AverageObjectBytes: 1_000 }, workers),
          );
          expect(large!.Costs.Requests.USD).toBeGreaterThanOrEqual(small!.Costs.Requests.USD);
          const fees = [small, large].map((each) => (each!.S3BatchOperations as { USD?: number }).USD ?? 0);
          expect(fees[1]).toBeGreaterThanOrEqual(fees[0]!);
          for (const each of [small, large]) {
            const numbers = [each!.RunTime.Seconds, each!.Costs.Drover.USD, each!.Costs.Total, each!.RunTime.Workers];
            for (const number of numbers) expect(number).toBeGreaterThan(0);
            for (const number of numbers) expect(Number.isFinite(number)).toBe(true);
            const rates = each!.RunTime.Limits.map(({ TasksPerSecond }) => TasksPerSecond);
            expect(rates).toEqual([...rates].sort((a, b) => a - b));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('says what it takes for granted, and whose prices it has', () => {
    const { Assumptions, Prices } = estimated(5, requestOf(), { AverageObjectBytes: 7 });
    expect(Assumptions.map(({ Name }) => Name)).toEqual(
      expect.arrayContaining(['Tasks', 'AverageObjectBytes', 'RequestLatencyMilliseconds', 'Workers']),
    );
    expect(Prices).toMatchObject({ Region: 'us-east-1', AsOf: expect.stringMatching(/^\d{4}-\d\d$/) });
  });
});
