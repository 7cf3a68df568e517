import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JobRequest } from '../../../core/job/request.ts';
import { generatedManifest } from '../../../core/manifest/formats/generated.ts';
import { LineColumns } from '../../../core/manifest/line-form.ts';
import type { ManifestChunk } from '../../../core/manifest/manifest-reader.ts';
import { readTaskLine } from '../../../core/manifest/task-line.ts';
import type { S3DataClient } from '../../../core/s3/s3-data-client.ts';
import { EngineBench } from '../../support/engine-bench.ts';
import { Life } from '../../support/life.ts';
import { listingS3 } from '../listing/listing-s3.ts';
import { MemoryBucket } from '../listing/memory-bucket.ts';
import { type LocalS3, startLocalS3 } from '../operations/local-s3.ts';

type Generator = NonNullable<NonNullable<JobRequest['ManifestGenerator']>['S3JobManifestGenerator']>;

const generator = (changes: Partial<Generator> = {}): Generator => ({
  SourceBucket: 'arn:aws:s3:::data',
  EnableManifestOutput: false,
  ...changes,
});

/** The keys that a generator's lines name. */
async function keysOf(s3: S3DataClient, asked: Generator): Promise<string[]> {
  return (await linesOf(s3, asked)).map(({ key }) => key).sort();
}

async function linesOf(s3: S3DataClient, asked: Generator): Promise<{ line: string; key: string }[]> {
  const reader = generatedManifest({ s3, clock: Date }, asked);
  const { form, chunks } = await reader.survey();
  const lines: string[] = [];
  const take = (line: Buffer): boolean => lines.push(line.toString()) > 0;
  for (const chunk of chunks) await reader.readLines(chunk, take);
  const columns = new LineColumns(form);
  return lines.map((line) => {
    const task = readTaskLine(line, columns);
    if (typeof task === 'string') throw new Error(task);
    return { line, key: task.key };
  });
}

describe('a manifest generated from a bucket of the local S3', () => {
  let local: LocalS3;
  let s3: S3DataClient;
  let data: string;
  const asking = (changes: Partial<Generator> = {}): Generator =>
    generator({ SourceBucket: `arn:aws:s3:::${data}`, ...changes });
  const put = async (Key: string, more: object = {}): Promise<unknown> =>
    await local.s3.client.send(new PutObjectCommand({ Bucket: data, Key, Body: 'hello', ...more }));
  const KEYS = ['a/1.jpg', 'a/2.png', 'b b/é+.jpg', 'b b/😀.jpg', 'b b/\uffff.jpg', 'c,"d"', 'c%2F'];

  beforeAll(async () => {
    local = await startLocalS3();
    s3 = local.context.s3;
    data = await local.s3.bucket();
    for (const key of KEYS) await put(key);
    await put('large', { Body: 'x'.repeat(100) });
    await put('cold', { StorageClass: 'GLACIER' });
    await put('kms', { ServerSideEncryption: 'aws:kms' });
  });
  afterAll(async () => await local.stop());

  const ALL = [...KEYS, 'large', 'cold', 'kms'].sort();

  test('names every current object, in the words of an inventory', async () => {
    expect(await keysOf(s3, asking())).toEqual(ALL);
    const large = (await linesOf(s3, asking())).find(({ key }) => key === 'large');
    expect(large?.line).toMatch(
      /^[a-z0-9-]+,large,100,20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z,[0-9a-f]{32},STANDARD$/,
    );
    const { form } = await generatedManifest({ s3, clock: Date }, generator()).survey();
    expect(form).toEqual({ columns: ['Bucket', 'Key', 'Size', 'LastModifiedDate', 'ETag', 'StorageClass'] });
  });

  const others = (...keys: string[]): string[] => ALL.filter((key) => !keys.includes(key));
  test.each<[string, Generator['Filter'], string[]]>([
    ['prefix', { KeyNameConstraint: { MatchAnyPrefix: ['a/'] } }, ['a/1.jpg', 'a/2.png']],
    [
      'prefixes, one in another',
      { KeyNameConstraint: { MatchAnyPrefix: ['a/', 'a/1', 'l'] } },
      ['a/1.jpg', 'a/2.png', 'large'],
    ],
    ['suffix', { KeyNameConstraint: { MatchAnySuffix: ['.png', 'é+.jpg'] } }, ['a/2.png', 'b b/é+.jpg']],
    ['substring', { KeyNameConstraint: { MatchAnySubstring: ['b/😀'] } }, ['b b/😀.jpg']],
    ['prefix and suffix', { KeyNameConstraint: { MatchAnyPrefix: ['a/'], MatchAnySuffix: ['.jpg'] } }, ['a/1.jpg']],
    ['empty lists', { KeyNameConstraint: { MatchAnyPrefix: [], MatchAnySuffix: [] } }, ALL],
    ['size above', { ObjectSizeGreaterThanBytes: 99 }, ['large']],
    ['size above is strict', { ObjectSizeGreaterThanBytes: 100 }, []],
    ['size below', { ObjectSizeLessThanBytes: 100 }, others('large')],
    ['storage class', { MatchAnyStorageClass: ['GLACIER', 'DEEP_ARCHIVE'] }, ['cold']],
    ['created after', { CreatedAfter: '2999-01-01T00:00:00Z' }, []],
    ['created before', { CreatedBefore: '2999-01-01T00:00:00Z' }, ALL],
    ['encryption with KMS', { MatchAnyObjectEncryption: [{ SSEKMS: {} }] }, ['kms']],
    ['encryption with SSE-S3', { MatchAnyObjectEncryption: [{ SSES3: {} }] }, others('kms')],
    ['a bucket key', { MatchAnyObjectEncryption: [{ SSEKMS: { BucketKeyEnabled: true } }] }, []],
    ['replication', { ObjectReplicationStatuses: ['NONE'] }, ALL],
    ['replication that was', { ObjectReplicationStatuses: ['COMPLETED', 'REPLICA'] }, []],
  ])('with the filter of %s names just those', async (_, Filter, keys) => {
    expect(await keysOf(s3, asking({ Filter }))).toEqual([...keys].sort());
  });

  test('fails the job where the bucket is not there, or is not its owner’s', async () => {
    const code = 'ManifestGenerationFailed';
    await expect(keysOf(s3, asking({ SourceBucket: 'arn:aws:s3:::none' }))).rejects.toMatchObject({ code });
    await expect(keysOf(s3, asking({ ExpectedBucketOwner: '999999999999' }))).rejects.toMatchObject({
      code,
      message: expect.stringContaining('999999999999 must own it'),
    });
  });
});

const request = (asked: Generator): Partial<JobRequest> =>
  ({ Manifest: undefined, ManifestGenerator: { S3JobManifestGenerator: asked } }) as Partial<JobRequest>;

describe('a job whose manifest is a listing', () => {
  test('has each object in its report once, whatever dies, in as many chunks as it takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.boolean()), { maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        async (count, lives, pageSize) => {
          const keys = Array.from({ length: count }, (_, n) => `k ${n}`);
          const next = lives.values();
          const bench = new EngineBench({
            manifest: '',
            bucket: listingS3(new MemoryBucket(keys, pageSize)),
            request: request(generator()),
            tasksPerShard: 4,
            listingShare: 5,
            lifeOf: (name) => {
              const life = name === 'chunk' || name === 'prepare' ? next.next() : undefined;
              return life === undefined || life.done === true ? Life.forever() : new Life(...life.value);
            },
          });
          await bench.create();
          await bench.runToEnd();
          expect((await bench.jobs.getState(bench.jobId))?.status).toBe('Complete');
          expect(
            bench
              .reportLines()
              .map((line) => decodeURIComponent(line.split(',')[1] ?? ''))
              .sort(),
          ).toEqual(keys.sort());
        },
      ),
      { numRuns: 60 },
    );
  });

  test('fails, as with S3, where the filter lets nothing through', async () => {
    const filter = { KeyNameConstraint: { MatchAnySuffix: ['.none'] } };
    const bench = new EngineBench({
      manifest: '',
      bucket: listingS3(new MemoryBucket(['a', 'b'])),
      request: request(generator({ Filter: filter })),
    });
    await bench.create();
    await bench.runToEnd();
    expect(await bench.jobs.getState(bench.jobId)).toMatchObject({
      status: 'Failed',
      failureReasons: [{ FailureReason: 'Manifest generation found no keys matching the filter criteria.' }],
    });
  });

  test('leaves ranges to other calls once a call has listed its share', async () => {
    const keys = Array.from({ length: 3_000 }, (_, n) => `k${String(n).padStart(5, '0')}`);
    const reader = generatedManifest({ s3: listingS3(new MemoryBucket(keys, 10)), clock: Date }, generator());
    const found: string[] = [];
    let chunks: readonly ManifestChunk[] = (await reader.survey()).chunks.map((chunk) => ({ ...chunk, share: 500 }));
    let rounds = 0;
    while (chunks.length > 0) {
      const rest: ManifestChunk[] = [];
      for (const chunk of chunks) {
        const take = (line: Buffer): boolean => found.push(line.toString().split(',')[1] ?? '') > 0;
        await reader.readLines(JSON.parse(JSON.stringify(chunk)) as ManifestChunk, take, (left) => rest.push(...left));
      }
      chunks = rest;
      rounds += 1;
    }
    expect(rounds).toBeGreaterThan(1);
    expect(found.sort()).toEqual(keys);
  });
});
