import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ChecksumAlgorithm,
  compositeChecksum,
  fullObjectChecksum,
  startChecksum,
} from '../../../local/s3/checksums/checksum.ts';

function digest(algorithm: ChecksumAlgorithm, ...pieces: Uint8Array[]): Buffer {
  const state = startChecksum(algorithm);
  for (const piece of pieces) state.update(piece);
  return state.digest();
}

describe('checksums', () => {
  // The check values of the CRC catalogue: the CRC of the digits one to nine.
  test.each([
    ['CRC32', 'cbf43926'],
    ['CRC32C', 'e3069283'],
    ['CRC64NVME', 'ae8b14860a799888'],
  ] as const)('%s of 123456789 is %s', (algorithm, expected) => {
    expect(digest(algorithm, Buffer.from('123456789')).toString('hex')).toBe(expected);
  });

  test.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)(
    '%s of the whole follows from those of the parts',
    (algorithm) => {
      fc.assert(
        fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 }), (parts) => {
          const named = parts.map((part) => ({ value: digest(algorithm, part).toString('base64'), size: part.length }));
          expect(fullObjectChecksum(algorithm, named)).toBe(digest(algorithm, ...parts).toString('base64'));
        }),
        { numRuns: 50 },
      );
    },
  );

  test('a composite checksum is that of the parts’ checksums, and their number', () => {
    const parts = ['a', 'b'].map((text) => digest('SHA256', Buffer.from(text)));
    const whole = digest('SHA256', ...parts).toString('base64');
    expect(
      compositeChecksum(
        'SHA256',
        parts.map((part) => part.toString('base64')),
      ),
    ).toBe(`${whole}-2`);
  });
});
