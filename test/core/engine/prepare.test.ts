import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JobTrouble } from '../../../core/job/job-trouble.ts';
import { ManifestError } from '../../../core/manifest/manifest-error.ts';
import { type BenchOptions, EngineBench } from '../../support/engine-bench.ts';
import { EngineCloud } from '../../support/engine-cloud.ts';
import { Life } from '../../support/life.ts';

const MINUTE = 60_000;

/** The lines of every shard of the plan, in order. */
function shardsOf({ work, jobId }: EngineBench): string[][] {
  const plan = JSON.parse(work.objects.get(`jobs/${jobId}/plan.json`)!.body.toString()) as {
    chunks: { attempt: string; tasks: number[] }[];
  };
  return plan.chunks.flatMap(({ attempt, tasks }, chunk) =>
    tasks.map((count, shard) => {
      const file = work.objects.get(`jobs/${jobId}/prepare/${chunk}-${attempt}/${shard}.csv`)!.body.toString();
      const lines = file.split('\n').slice(0, -1);
      expect(lines).toHaveLength(count);
      return lines;
    }),
  );
}

const key = fc.string({ unit: fc.constantFrom('a', 'b', '%20', 'é', '/'), minLength: 1, maxLength: 12 });
const lineBreak = fc.constantFrom('\n', '\r\n');
const lives = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.boolean()), { maxLength: 20 });

function benchOf(manifest: string, chunkBytes: number, lives: readonly (readonly [number, boolean])[]): EngineBench {
  const next = lives.values();
  return new EngineBench({
    manifest,
    chunkBytes,
    tasksPerShard: 3,
    lifeOf: (name) => {
      const life = name === 'chunk' || name === 'prepare' ? next.next() : undefined;
      return life === undefined || life.done === true ? Life.forever() : new Life(...life.value);
    },
  });
}

describe('a manifest cut into many chunks, whatever dies meanwhile', () => {
  test('has each line in exactly one shard, in its order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(key, lineBreak), { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 90 }),
        lives,
        async (lines, broken, chunkBytes, lives) => {
          const text = lines.map(([key, end]) => `bkt,${key}${end}`).join('');
          const bench = benchOf(broken ? text : text.trimEnd(), chunkBytes, lives);
          await bench.create();
          await bench.runStage('prepare', 1);
          expect(await bench.jobs.getState(bench.jobId)).toMatchObject({ status: 'Ready', totalTasks: lines.length });
          expect(shardsOf(bench).flat()).toEqual(lines.map(([key]) => `bkt,${key}`));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('names its first bad line by its number in the file', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(key, { minLength: 1, maxLength: 30 }),
        fc.array(fc.nat(29), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 90 }),
        lives,
        async (keys, places, chunkBytes, lives) => {
          const bad = new Set(places.map((place) => place % keys.length));
          const lines = keys.map((key, line) => (bad.has(line) ? 'bkt\n' : `bkt,${key}\n`));
          const bench = benchOf(lines.join(''), chunkBytes, lives);
          await bench.create();
          await bench.runStage('prepare', 1);
          const where = `line ${Math.min(...bad) + 1} of s3://m/m.csv`;
          const reason = `Unexpected number of task fields: 1 where Fields names 2 (${where})`;
          expect(await bench.jobs.getState(bench.jobId)).toMatchObject({
            status: 'Failing',
            failureReasons: [{ FailureCode: 'InvalidManifestContent', FailureReason: reason }],
          });
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a chunk that cannot be read', () => {
  const manifest = Array.from({ length: 60 }, (_, line) => `bkt,k${line}\n`).join('');

  /** A manifest in ten chunks, of which the one that holds byte 250 is not to be read while there is a `cause`. */
  function unreadable(cause: (minute: number) => Error | undefined, options: Partial<BenchOptions> = {}): EngineCloud {
    const bytes = Buffer.from(manifest);
    const bench: EngineBench = new EngineBench({
      manifest,
      chunkBytes: Math.ceil(bytes.length / 10),
      toleratesFaults: true,
      readManifest: async function* (start, end) {
        const error = start <= 250 && end > 250 ? cause(bench.passed / MINUTE) : undefined;
        if (error !== undefined) throw error;
        yield bytes.subarray(start, end);
      },
      ...options,
    });
    return new EngineCloud(bench);
  }

  async function begin(cloud: EngineCloud): Promise<void> {
    await cloud.bench.create();
    await cloud.bench.callScheduler(cloud.bench.jobId);
  }

  test('for good, fails the job at once with the reason', async () => {
    const cloud = unreadable(() => new ManifestError('ManifestETagMismatch', 'it was changed'));
    await begin(cloud);
    expect(await cloud.untilEnd()).toMatchObject({
      status: 'Failed',
      failureReasons: [{ FailureCode: 'ManifestETagMismatch', FailureReason: 'it was changed' }],
    });
    expect(cloud.bench.passed).toBeLessThan(MINUTE);
    expect(cloud.bench.executed.size).toBe(0);
  });

  test.each([
    ['RoleCannotBeAssumed', 'not allowed', new JobTrouble('RoleCannotBeAssumed', 'not allowed')],
    ['WorkerFault', 'A worker failed: socket hang up', new Error('socket hang up')],
  ])('for a while, is shown and tried again: %s, %s', async (FailureCode, FailureReason, error) => {
    const cloud = unreadable((minute) => (minute < 8 ? error : undefined));
    await begin(cloud);
    const { status, trouble } = await cloud.until((state) => state.trouble !== undefined);
    expect({ status, trouble }).toMatchObject({ status: 'Preparing', trouble: { FailureCode, FailureReason } });
    expect(cloud.bench.passed).toBeLessThan(MINUTE);
    expect((await cloud.untilEnd()).status).toBe('Complete');
    expect(cloud.bench.reportLines()).toHaveLength(60);
  });

  test.each([
    ['RoleCannotBeAssumed', new JobTrouble('RoleCannotBeAssumed', 'not allowed')],
    ['WorkerFault', new Error('socket hang up')],
  ])('for ten minutes, fails the job with the reason: %s', async (FailureCode, error) => {
    const cloud = unreadable(() => error);
    await begin(cloud);
    expect(await cloud.untilEnd()).toMatchObject({ status: 'Failed', failureReasons: [{ FailureCode }] });
    expect(cloud.bench.passed).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(cloud.bench.passed).toBeLessThan(12 * MINUTE);
  });

  test('now and then does not fail a manifest that is being cut', async () => {
    const cut: number[] = [];
    const bytes = Buffer.from(manifest);
    // Every other minute one more chunk can be read.
    const cloud = unreadable(() => undefined, {
      readManifest: async function* (start, end) {
        if (cut.length > cloud.bench.passed / (2 * MINUTE) && !cut.includes(start)) throw new Error('later');
        cut.push(start);
        yield bytes.subarray(start, end);
      },
    });
    await begin(cloud);
    expect((await cloud.untilEnd()).status).toBe('Complete');
    expect(cloud.bench.passed).toBeGreaterThan(15 * MINUTE);
    expect(cloud.bench.reportLines()).toHaveLength(60);
  });
});

describe('a filter', () => {
  const manifest = Array.from({ length: 25 }, (_, n) => `bkt,k${n},${n % 2}\n`).join('');
  const request = (Filter: object) => ({
    Manifest: {
      Spec: {
        Format: 'S3BatchOperations_CSV_20180820' as const,
        Fields: ['Bucket', 'Key', 'Ignore'] as const as ['Bucket', 'Key', 'Ignore'],
      },
      Location: { ObjectArn: 'arn:aws:s3:::m/m.csv', ETag: 'e' },
      Drover: { ColumnNames: ['Bucket', 'Key', 'Size'], Filter },
    },
  });

  test.each([7, 40, 10_000])('leaves lines out, which are counted, in chunks of %d bytes', async (chunkBytes) => {
    const bench = new EngineBench({
      manifest,
      chunkBytes,
      tasksPerShard: 3,
      request: request({ ObjectSizeLessThanBytes: 1 }),
    });
    await bench.create();
    await bench.runToEnd();
    expect(await bench.jobs.getState(bench.jobId)).toMatchObject({ status: 'Complete', totalTasks: 13, filtered: 12 });
    expect(bench.reportLines()).toHaveLength(13);
  });

  test.each([7, 40, 10_000])(
    "takes the first ones in the manifest's order, in chunks of %d bytes",
    async (chunkBytes) => {
      const Filter = { ObjectSizeLessThanBytes: 1, First: 7 };
      const bench = new EngineBench({ manifest, chunkBytes, tasksPerShard: 3, request: request(Filter) });
      await bench.create();
      await bench.runToEnd();
      expect(await bench.jobs.getState(bench.jobId)).toMatchObject({ status: 'Complete', totalTasks: 7, filtered: 18 });
      expect([...bench.executed.keys()].sort()).toEqual(['k0', 'k10', 'k12', 'k2', 'k4', 'k6', 'k8']);
      expect(bench.reportLines()).toHaveLength(7);
    },
  );
});
