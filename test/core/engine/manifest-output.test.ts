import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JobRequest } from '../../../core/job/request.ts';
import { ReportNotWritable } from '../../../core/stores/report-destination.ts';
import { type BenchOptions, EngineBench } from '../../support/engine-bench.ts';
import { Life } from '../../support/life.ts';
import { listingS3 } from '../listing/listing-s3.ts';
import { MemoryBucket } from '../listing/memory-bucket.ts';

const lives = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.boolean()), { maxLength: 12 });

function writingBench(keys: readonly string[], options: Partial<BenchOptions> = {}): EngineBench {
  const S3JobManifestGenerator = {
    SourceBucket: 'arn:aws:s3:::data',
    EnableManifestOutput: true,
    ManifestOutputLocation: {
      Bucket: 'arn:aws:s3:::output',
      ManifestPrefix: 'lists',
      ManifestFormat: 'S3InventoryReport_CSV_20211130' as const,
    },
    Drover: { Filter: { First: keys.length - 1 } },
  };
  const request = { Manifest: undefined, ManifestGenerator: { S3JobManifestGenerator } } as Partial<JobRequest>;
  return new EngineBench({
    manifest: '',
    bucket: listingS3(new MemoryBucket(keys)),
    request,
    tasksPerShard: 2,
    ...options,
  });
}

/** What was written: manifest.json, and the keys that its files name, in their order. */
function written({ output, jobId }: EngineBench) {
  const text = output.get(`lists/manifest-${jobId}/manifest.json`)!.toString();
  const manifest = JSON.parse(text) as { files: { key: string; size: number; MD5checksum: string }[] };
  const keys = manifest.files.flatMap(({ key, size, MD5checksum }) => {
    const packed = output.get(key)!;
    expect([packed.length, createHash('md5').update(packed).digest('hex')]).toEqual([size, MD5checksum]);
    const lines = gunzipSync(packed).toString().split('\n').slice(0, -1);
    return lines.map((line) => decodeURIComponent(line.split(',')[1] ?? ''));
  });
  return { text, manifest, keys };
}

/** The job's filter takes all but one of them. */
function expectKeys(keys: readonly string[]): void {
  expect(keys).toHaveLength(KEYS.length - 1);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.filter((key) => !KEYS.includes(key))).toEqual([]);
}

const KEYS = Array.from({ length: 1_101 }, (_, n) => `k ${String(n).padStart(4, '0')}`);

describe('a generated manifest that is written for the user', () => {
  test('names the job’s tasks in files of its own, and is shown by its ETag', async () => {
    const bench = writingBench(KEYS);
    await bench.create();
    await bench.runStage('prepare', 1);
    const { text, manifest, keys } = written(bench);
    expectKeys(keys);
    expect(manifest).toMatchObject({
      sourceBucket: 'data',
      destinationBucket: 'arn:aws:s3:::output',
      version: '2021-11-30',
      fileFormat: 'CSV',
      fileSchema: 'Bucket, Key, Size, LastModifiedDate, ETag, StorageClass',
    });
    expect(manifest.files).toHaveLength(3);
    const md5 = createHash('md5').update(text).digest('hex');
    expect(bench.output.get(`lists/manifest-${bench.jobId}/manifest.checksum`)?.toString()).toBe(md5);
    expect(await bench.jobs.getState(bench.jobId)).toMatchObject({ status: 'Ready', generatedManifestETag: md5 });
  });

  test('is whole whatever dies meanwhile, and no file is left that it does not name', async () => {
    await fc.assert(
      fc.asyncProperty(lives, async (lives) => {
        const next = lives.values();
        const lifeOf = (): Life => {
          const life = next.next();
          return life.done === true ? Life.forever() : new Life(...life.value);
        };
        const bench = writingBench(KEYS, { lifeOf });
        await bench.create();
        await bench.runStage('prepare', 1);
        expect((await bench.jobs.getState(bench.jobId))?.status).toBe('Ready');
        const { keys, manifest } = written(bench);
        expectKeys(keys);
        // manifest.json, its checksum, and what it names.
        expect(bench.output.size).toBe(2 + manifest.files.length);
      }),
      { numRuns: 15 },
    );
  });

  test('is whole when two executions write it at once', async () => {
    const bench = writingBench(KEYS);
    await bench.create();
    await Promise.all([bench.runStage('prepare', 1), bench.runStage('prepare', 1)]);
    expectKeys(written(bench).keys);
    expect((await bench.jobs.getState(bench.jobId))?.status).toBe('Ready');
  });

  test('fails the job before its first task where the bucket refuses', async () => {
    const writeReport = async (): Promise<void> => {
      throw new ReportNotWritable('S3 answered for bucket output: AccessDenied Access Denied');
    };
    const bench = writingBench(KEYS, { writeReport });
    await bench.create();
    await bench.runToEnd();
    expect(await bench.jobs.getState(bench.jobId)).toMatchObject({
      status: 'Failed',
      failureReasons: [
        {
          FailureCode: 'ManifestGenerationFailed',
          FailureReason:
            'Error occurred when preparing manifest: Failed to write manifest. ' +
            'S3 answered for bucket output: AccessDenied Access Denied. ' +
            "The job's role needs s3:PutObject there, and the bucket the owner that is expected",
        },
      ],
    });
    expect(bench.executed.size).toBe(0);
  });
});
