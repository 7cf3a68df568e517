import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ChecksumAlgorithm } from '../../../../core/operations/checksum/checksum-algorithm.ts';
import { withHasher } from '../../../../core/operations/checksum/hasher.ts';

const digestOf = (algorithm: ChecksumAlgorithm, ...pieces: readonly (string | Uint8Array)[]) =>
  withHasher(algorithm, async (hasher) => {
    for (const piece of pieces) hasher.update(Buffer.from(piece));
    return hasher.digest().toString('hex');
  });

const ALGORITHMS: readonly ChecksumAlgorithm[] = [
  'CRC32',
  'CRC32C',
  'CRC64NVME',
  'MD5',
  'SHA1',
  'SHA256',
  'SHA512',
  'XXHASH64',
  'XXHASH3',
  'XXHASH128',
];

describe('a hasher', () => {
  test.each<[ChecksumAlgorithm, string, string]>([
    ['CRC32', '123456789', 'cbf43926'],
    ['CRC32C', '123456789', 'e3069283'],
    ['CRC64NVME', '123456789', 'ae8b14860a799888'],
    ['XXHASH64', '', 'ef46db3751d8e999'],
    ['XXHASH64', 'a', 'd24ec4f1a98c6e5b'],
    ['XXHASH3', '', '2d06800538d394c2'],
    ['XXHASH3', 'a', 'e6c632b61e964e1f'],
    ['XXHASH128', '', '99aa06d3014798d86001c324468d497f'],
    ['XXHASH128', 'a', 'a96faf705af16834e6c632b61e964e1f'],
  ])('gives the %s of %j that its definition does', async (algorithm, text, digest) => {
    expect(await digestOf(algorithm, text)).toBe(digest);
  });

  test.each<[ChecksumAlgorithm, string]>([
    ['MD5', 'md5'],
    ['SHA1', 'sha1'],
    ['SHA256', 'sha256'],
    ['SHA512', 'sha512'],
  ])('gives the %s that OpenSSL does, of any bytes', async (algorithm, name) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 50_000, size: 'max' }), async (bytes) => {
        expect(await digestOf(algorithm, bytes)).toBe(createHash(name).update(bytes).digest('hex'));
      }),
      { numRuns: 20 },
    );
  });

  test.each(ALGORITHMS)('of %s goes on from its state as if it had not stopped', async (algorithm) => {
    const bytes = () => fc.uint8Array({ maxLength: 3_000, size: 'max' });
    await fc.assert(
      fc.asyncProperty(bytes(), bytes(), async (before, after) => {
        const state = await withHasher(algorithm, async (hasher) => {
          hasher.update(before);
          return hasher.save();
        });
        const digest = await withHasher(algorithm, async (hasher) => {
          hasher.update(Buffer.from('something else'));
          expect(hasher.load(state)).toBe(true);
          hasher.update(after);
          return hasher.digest().toString('hex');
        });
        expect(digest).toBe(await digestOf(algorithm, before, after));
      }),
      { numRuns: 50 },
    );
  });

  test('starts anew after its digest, after a loan, and with a state that it cannot read', async () => {
    await withHasher('SHA256', async (hasher) => {
      const empty = hasher.digest();
      hasher.update(Buffer.from('x'));
      hasher.digest();
      expect(hasher.digest()).toEqual(empty);
      hasher.update(Buffer.from('x'));
      expect(hasher.load('AAAA')).toBe(false);
      expect(hasher.digest()).toEqual(empty);
      hasher.update(Buffer.from('left over'));
    });
    expect(await digestOf('SHA256')).toBe(createHash('sha256').digest('hex'));
  });

  test('is nobody else’s while it is lent', async () => {
    const digests = await Promise.all(
      ['a', 'b', 'c'].map((text) =>
        withHasher('MD5', async (hasher) => {
          await Promise.resolve();
          hasher.update(Buffer.from(text));
          await Promise.resolve();
          return hasher.digest().toString('hex');
        }),
      ),
    );
    expect(digests).toEqual(['a', 'b', 'c'].map((text) => createHash('md5').update(text).digest('hex')));
  });
});
