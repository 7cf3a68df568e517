import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KeyRange } from '../../../core/listing/key-range.ts';
import { decodeListedKey } from '../../../core/listing/list-page.ts';
import { listInParallel } from '../../../core/listing/parallel-listing.ts';
import { compareEncoded, compareKeys } from '../../../core/listing/utf8-order.ts';
import { MemoryBucket, urlEncoded } from './memory-bucket.ts';

/** Characters that sort otherwise in UTF-16, combine, need escapes, or nest. */
const unit = fc.constantFrom(
  'a',
  'b',
  'z',
  '0',
  '9',
  '/',
  ' ',
  '+',
  '%',
  '&',
  '\u0301',
  'é',
  '日',
  '\uffff',
  '\ue000',
  '😀',
  '\u0001',
  '\u{10ffff}',
);
const key = fc.string({ unit, minLength: 1, maxLength: 8 });
const keys = fc.oneof(
  fc.array(key, { maxLength: 200 }),
  fc
    .tuple(fc.integer({ min: 0, max: 400 }), key)
    .map(([count, start]) => Array.from({ length: count }, (_, n) => `${start}${String(n).padStart(5, '0')}`)),
);

const inBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('the order of keys', () => {
  test('is that of their UTF-8 bytes, decoded and as a listing spells them', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(inBytes(a, b));
        expect(Math.sign(compareEncoded(urlEncoded(a), urlEncoded(b)))).toBe(inBytes(a, b));
      }),
      { numRuns: 2_000 },
    );
  });
});

async function listed(
  bucket: MemoryBucket,
  range: KeyRange,
  options: { lanes: number; enough?: (listed: number) => boolean },
): Promise<{ found: string[]; left: readonly KeyRange[] }> {
  const found: string[] = [];
  const left = await listInParallel(bucket.list, range, options, (objects) => {
    found.push(...objects.map(({ encodedKey }) => decodeListedKey(encodedKey)));
    return true;
  });
  return { found, left };
}

const sorted = (all: readonly string[]): string[] => [...all].sort(inBytes);

/** Buckets' keys, by the nth object. */
const KEY_SETS: readonly [name: string, keyOf: (n: number) => string][] = [
  ['flat and numbered', (n: number) => `object-${String(n).padStart(9, '0')}.jpg`],
  ['flat and random', (n: number) => `${((n * 2_654_435_761) >>> 0).toString(16).padStart(8, '0')}-${n}`],
  ['deep', (n: number) => `data/year=2026/month=${n % 12}/day=${n % 28}/hour=${n % 24}/host-${n % 40}/part-${n}.gz`],
  ['skewed', (n: number) => (n % 50 === 0 ? `tenant-${n}/only` : `tenant-7/logs/${String(n).padStart(8, '0')}`)],
  ['outside ASCII', (n: number) => `фото/${'日本語'[n % 3]}/снимок-${n}-😀.jpg`],
];

describe('a parallel listing', () => {
  test('has every key of the range once, whatever the cuts, the pages and the order of answers', async () => {
    await fc.assert(
      fc.asyncProperty(
        keys,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.option(key, { nil: undefined }),
        fc.option(key, { nil: undefined }),
        fc.scheduler(),
        async (all, pageSize, lanes, after, upTo, scheduler) => {
          const bucket = new MemoryBucket(all, pageSize, () => scheduler.schedule(Promise.resolve()));
          const prefix = bucket.keys.length % 3 === 0 ? (bucket.keys[0]?.slice(0, 1) ?? '') : '';
          const whole = /[\ud800-\udbff]$/.test(prefix) ? '' : prefix;
          const listing = listed(
            bucket,
            { prefix: whole, ...(after !== undefined && { after }), ...(upTo !== undefined && { upTo }) },
            { lanes },
          );
          const { found } = await scheduler.waitFor(listing);
          expect(sorted(found)).toEqual(
            bucket.keys.filter(
              (each) =>
                each.startsWith(whole) &&
                (after === undefined || inBytes(after, each) < 0) &&
                (upTo === undefined || inBytes(each, upTo) <= 0),
            ),
          );
        },
      ),
      { numRuns: 400 },
    );
  }, 60_000);

  test('leaves ranges that have the other keys, each once, when it has enough', async () => {
    await fc.assert(
      fc.asyncProperty(
        keys,
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 60 }),
        async (all, pageSize, lanes, most) => {
          const bucket = new MemoryBucket(all, pageSize);
          const found: string[] = [];
          let ranges: readonly KeyRange[] = [{ prefix: '' }];
          while (ranges.length > 0) {
            const left: KeyRange[] = [];
            for (const range of ranges) {
              const once = await listed(bucket, range, { lanes, enough: (count) => count >= most });
              found.push(...once.found);
              left.push(...once.left);
            }
            ranges = left;
          }
          expect(sorted(found)).toEqual(bucket.keys);
        },
      ),
      { numRuns: 200 },
    );
  }, 60_000);

  test.each(KEY_SETS)('of keys that are %s takes few rounds and few requests besides', async (_, keyOf) => {
    const rounds = new Rounds();
    const bucket = new MemoryBucket(
      Array.from({ length: 20_000 }, (_, n) => keyOf(n)),
      50,
      () => rounds.next(),
    );
    const { found } = await listed(bucket, { prefix: '' }, { lanes: 32 });
    expect(found).toHaveLength(20_000);
    // One after the other it would take 400.
    expect(rounds.passed).toBeLessThan(400 / 6);
    expect(bucket.requests).toBeLessThan(2_000);
  });

  test('of many small folders and a large one is not held up by pages that have few of the folders', async () => {
    const rounds = new Rounds();
    const keyOf = (n: number) => (n % 10 === 0 ? `tenant-${n}/only` : `tenant-7/logs/${String(n).padStart(8, '0')}`);
    const bucket = new MemoryBucket(
      Array.from({ length: 50_000 }, (_, n) => keyOf(n)),
      50,
      () => rounds.next(),
    );
    const { found } = await listed(bucket, { prefix: '' }, { lanes: 32 });
    expect(found).toHaveLength(50_000);
    // One after the other it would take 1,000, of which the small folders are 100.
    expect(rounds.passed).toBeLessThan(80);
  });

  test.each(KEY_SETS)(
    'of few keys that are %s makes few requests, and no more rounds than one lane',
    async (_, keyOf) => {
      const most = { 100: 1, 1000: 1, 1001: 30, 2000: 60, 5000: 100 };
      for (const [count, requests] of Object.entries(most)) {
        const rounds = new Rounds();
        const bucket = new MemoryBucket(
          Array.from({ length: Number(count) }, (_, n) => keyOf(n)),
          1_000,
          () => rounds.next(),
        );
        const { found } = await listed(bucket, { prefix: '' }, { lanes: 64 });
        expect(found).toHaveLength(Number(count));
        expect(bucket.requests).toBeLessThanOrEqual(requests);
        expect(rounds.passed).toBeLessThanOrEqual(Math.ceil(Number(count) / 1_000));
      }
    },
  );

  test('passes on what went wrong', async () => {
    const bucket = new MemoryBucket(
      Array.from({ length: 500 }, (_, n) => `k${n}`),
      10,
      async () => {
        if (bucket.requests > 20) throw new Error('no more');
      },
    );
    await expect(listed(bucket, { prefix: '' }, { lanes: 8 })).rejects.toThrow('no more');
  });

  test('refuses a listing that does not begin where it was asked to', async () => {
    const bucket = new MemoryBucket(['a', 'b', 'c'], 2);
    const list = async () => await bucket.list({ prefix: '' });
    await expect(listInParallel(list, { prefix: '' }, { lanes: 1 }, () => true)).rejects.toThrow(
      /begins with a key before/,
    );
  });
});

/** Time in rounds: what is asked for together is answered together, in the next round. */
class Rounds {
  passed = 0;
  private round: Promise<void> | undefined;

  next(): Promise<void> {
    this.round ??= new Promise((resolve) => {
      setImmediate(() => {
        this.passed += 1;
        this.round = undefined;
        resolve();
      });
    });
    return this.round;
  }
}
