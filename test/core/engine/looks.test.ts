import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chunksInOrder } from '../../../core/engine/plan.ts';
import type { ManifestFilter } from '../../../core/job/manifest-filter.ts';
import type { JobRequest } from '../../../core/job/request.ts';
import { type BenchOptions, EngineBench } from '../../support/engine-bench.ts';
import { Life } from '../../support/life.ts';
import { MemoryObjects } from '../../support/memory-objects.ts';

const MINUTE = 60_000;

/** An object of a number is wanted if three divides it. */
const TAGGED: ManifestFilter = { Tags: { MatchAll: [{ Key: 'third', Value: 'yes' }] } };
const numberIn = (name: string): number => Number(/\d+$/.exec(name)?.[0]);
const isThird = (number: number): boolean => number % 3 === 0;
const third = (name: string) => ({ tags: isThird(numberIn(name)) ? { third: 'yes' } : { third: 'no' } });

const linesOf = (numbers: readonly number[]): string => numbers.map((n) => `bkt,k${n}\n`).join('');
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

function benchOf(numbers: readonly number[], filter: ManifestFilter, more: Partial<BenchOptions> = {}): EngineBench {
  const request: Partial<JobRequest> = {
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: 'arn:aws:s3:::m/m.csv', ETag: 'e' },
      Drover: { Filter: filter },
    },
  };
  return new EngineBench({ manifest: linesOf(numbers), request, bucket: new MemoryObjects(third), ...more });
}

/** The numbers of the plan's tasks: those of a chunk in their order. */
function tasksOf({ work, jobId }: EngineBench): number[][] {
  const plan = JSON.parse(work.objects.get(`jobs/${jobId}/plan.json`)!.body.toString()) as {
    chunks: { attempt: string; tasks: number[] }[];
  };
  return plan.chunks.map(({ attempt, tasks }, chunk) =>
    tasks.flatMap((count, shard) => {
      const file = work.objects.get(`jobs/${jobId}/prepare/${chunk}-${attempt}/${shard}.csv`)!.body.toString();
      return file.split('\n').slice(0, count).map(numberIn);
    }),
  );
}

const inOrder = (a: number, b: number): number => a - b;

describe('a filter that looks at objects', () => {
  test('keeps the order of lines, each in exactly one shard, whatever dies and however late answers come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 1, max: 120 }),
        fc.array(fc.nat(9), { minLength: 1, maxLength: 9 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.boolean()), { maxLength: 20 }),
        async (count, chunkBytes, delays, lives) => {
          const next = lives.values();
          const bench: EngineBench = benchOf(upTo(count), TAGGED, {
            bucket: new MemoryObjects(third, async (name) => {
              await bench.clock.sleep(1_000 * (delays[numberIn(name) % delays.length] ?? 0));
            }),
            chunkBytes,
            tasksPerShard: 3,
            lifeOf: (name) => {
              const life = name === 'chunk' || name === 'prepare' ? next.next() : undefined;
              return life === undefined || life.done === true ? Life.forever() : new Life(...life.value);
            },
          });
          await bench.create();
          await bench.runStage('prepare', 1);
          const wanted = upTo(count).filter(isThird);
          expect(tasksOf(bench).flat()).toEqual(wanted);
          expect(await bench.jobs.getState(bench.jobId)).toMatchObject({ status: 'Ready', totalTasks: wanted.length });
          expect((await bench.jobs.getState(bench.jobId))?.filtered ?? 0).toBe(count - wanted.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('leaves to others what it has no time for: each line in exactly one of them, a bad one found at once', async () => {
    const count = 4_000;
    const slow = (bench: () => EngineBench) =>
      new MemoryObjects(third, async () => await bench().clock.sleep(1.5 * MINUTE));
    const bench: EngineBench = benchOf(upTo(count), TAGGED, { bucket: slow(() => bench) });
    await bench.create();
    await bench.runStage('prepare', 1);
    const chunks = tasksOf(bench);
    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks.flat().sort(inOrder)).toEqual(upTo(count).filter(isThird));
    expect(await bench.jobs.getState(bench.jobId)).toMatchObject({ filtered: count - Math.ceil(count / 3) });

    const bad: EngineBench = benchOf([], TAGGED, {
      manifest: `${linesOf(upTo(3_000))}bkt\n`,
      bucket: slow(() => bad),
    });
    await bad.create();
    await bad.runStage('prepare', 1);
    expect((await bad.jobs.getState(bad.jobId))?.failureReasons?.[0]?.FailureReason).toMatch(/\(line 3001\b/);
    expect([...bad.work.objects.keys()].filter((key) => /prepare\/\d+\.json$/.test(key))).toHaveLength(1);
  });

  test('leaves each line to exactly one, whatever dies and though two executions prepare at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 600, max: 3_000 }),
        fc.integer({ min: 45, max: 120 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.boolean()), { maxLength: 12 }),
        async (count, seconds, lives) => {
          const next = lives.values();
          // Another execution may find an object's tags changed: whoever ends a chunk first decides for all.
          let flips = 0;
          const s3 = new MemoryObjects(
            (name) => (numberIn(name) === 5 ? { tags: { third: (flips++ & 1) === 0 ? 'yes' : 'no' } } : third(name)),
            async () => await bench.clock.sleep(seconds * 1_000),
          );
          const bench: EngineBench = benchOf(upTo(count), TAGGED, {
            bucket: s3,
            lifeOf: (name) => {
              const life = name === 'chunk' || name === 'prepare' ? next.next() : undefined;
              return life === undefined || life.done === true ? Life.forever() : new Life(...life.value);
            },
          });
          await bench.create();
          await Promise.all([bench.runStage('prepare', 1), bench.runStage('prepare', 1)]);
          const found = tasksOf(bench).flat().sort(inOrder);
          expect(found.filter((number) => number !== 5)).toEqual(upTo(count).filter(isThird));
          expect(found.filter((number) => number === 5).length).toBeLessThan(2);
          const state = await bench.jobs.getState(bench.jobId);
          expect(state).toMatchObject({ status: 'Ready', totalTasks: found.length, filtered: count - found.length });
        },
      ),
      { numRuns: 15 },
    );
  });

  test('takes the first ones in the manifest’s order, though they were left to others, and looks at no more', async () => {
    const bench: EngineBench = benchOf(
      upTo(4_000),
      { ...TAGGED, First: 500 },
      {
        bucket: new MemoryObjects(third, async () => await bench.clock.sleep(1.5 * MINUTE)),
      },
    );
    await bench.create();
    await bench.runStage('prepare', 1);
    expect(tasksOf(bench).flat().sort(inOrder)).toEqual(upTo(1_500).filter(isThird));
    expect(await bench.jobs.getState(bench.jobId)).toMatchObject({ totalTasks: 500, filtered: 3_500 });

    const s3 = new MemoryObjects(third);
    const few = benchOf(upTo(4_000), { ...TAGGED, First: 10 }, { bucket: s3 });
    await few.create();
    await few.runStage('prepare', 1);
    expect(tasksOf(few).flat()).toEqual(upTo(30).filter(isThird));
    expect(s3.requests.length).toBeLessThan(400);
  });

  test('has a bounded number of looks under way, more than a few', async () => {
    const s3 = new MemoryObjects(third, async () => await bench.clock.sleep(1));
    const bench: EngineBench = benchOf(upTo(2_000), TAGGED, { bucket: s3 });
    await bench.create();
    await bench.runStage('prepare', 1);
    expect(s3.most).toBe(256);
  });

  test('fails the job with the reason where a look is forbidden', async () => {
    const refusing = new MemoryObjects((name) =>
      numberIn(name) === 7 ? { refusal: [403, 'AccessDenied'] } : third(name),
    );
    const bench = benchOf(upTo(20), TAGGED, { bucket: refusing });
    await bench.create();
    await bench.runToEnd();
    const state = await bench.jobs.getState(bench.jobId);
    expect(state).toMatchObject({ status: 'Failed', failureReasons: [{ FailureCode: 'ManifestFilterFailed' }] });
    expect(state?.failureReasons?.[0]?.FailureReason).toMatch(
      /needs s3:GetObjectTagging\. s3:\/\/bkt\/k7: AccessDenied/,
    );
    expect(bench.executed.size).toBe(0);
  });

  test('reports what is gone', async () => {
    const bench = benchOf([0, 1, 3], TAGGED, {
      bucket: new MemoryObjects((name) => (name === 'bkt/k1' ? undefined : third(name))),
    });
    await bench.create();
    await bench.runToEnd();
    expect([...bench.executed.keys()].sort()).toEqual(['k0', 'k1', 'k3']);
  });
});

describe('what a chunk left', () => {
  test('comes right after it, before the next chunk', () => {
    // Chunk 0 left 2 and 3, of which 2 left 4 and 5; chunk 1 left nothing.
    expect(chunksInOrder(2, [2, 0, 2, 0, 0, 0])).toEqual([0, 2, 4, 5, 3, 1]);
    expect(chunksInOrder(3, [0, 0, 0])).toEqual([0, 1, 2]);
    expect(chunksInOrder(0, [])).toEqual([]);
  });
});
