import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Manifest } from '../../../core/job/request.ts';
import { duckdbFile } from '../../support/duckdb-files.ts';
import { invalidManifest, memoryFiles } from './memory-files.ts';
import { tasksOf } from './tasks-of.ts';

const MANIFEST: Manifest = {
  Location: { ObjectArn: 'arn:aws:s3:::m/t', ETag: 'e' },
  Drover: { Format: 'Parquet', Columns: { Bucket: 'bucket', Key: 'key' } },
};
const ROWS = Array.from({ length: 40 }, (_, n) => ({ bucket: 'photos', key: `k/${n}` }));

let whole: Buffer;

beforeAll(async () => {
  whole = await duckdbFile({ bucket: 'VARCHAR', key: 'VARCHAR' }, ROWS, 'FORMAT parquet, COMPRESSION snappy');
});

/** A file of nothing but this footer. */
function footer(bytes: readonly number[]): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([Buffer.from('PAR1'), Buffer.from(bytes), length, Buffer.from('PAR1')]);
}

function ending(bytes: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}

describe('a hostile Parquet file', () => {
  test.each<[string, () => Buffer, RegExp]>([
    ['whose footer is encrypted', () => ending(whole, (copy) => copy.write('PARE', copy.length - 4)), /encrypted/],
    ['that is cut off', () => whole.subarray(0, whole.length - 20), /does not end in PAR1/],
    ['whose footer is longer than it', () => ending(whole, (c) => c.writeUInt32LE(99_999_999, c.length - 8)), /footer/],
    // A list of 268 million elements in a footer of some bytes, and lists in lists.
    ['with a list longer than itself', () => footer([0x29, 0xfc, 0xff, 0xff, 0xff, 0x7f, 0]), /list that is longer/],
    ['with lists without an end', () => footer([0x29, ...Array(200).fill(0x19), 0]), /nested too deeply/],
    ['with a text longer than itself', () => footer([0x48, 0xff, 0xff, 0x7f, 0]), /text that is longer/],
    ['with an empty footer', () => footer([0]), /damaged, or is not whole/],
  ])('%s is refused with the reason', async (_, bytes, reason) => {
    await expect(tasksOf(memoryFiles({ 'm/t': bytes() }), MANIFEST)).rejects.toMatchObject(invalidManifest(reason));
  });

  test('whose values are lists or structures is refused, and names the columns that it has', async () => {
    for (const type of ['VARCHAR[]', 'STRUCT(a VARCHAR)']) {
      const bytes = await duckdbFile({ bucket: 'VARCHAR', key: type }, [{ bucket: 'photos' }], 'FORMAT parquet');
      await expect(tasksOf(memoryFiles({ 'm/t': bytes }), MANIFEST)).rejects.toMatchObject(
        invalidManifest(/has no column key; it has bucket/),
      );
    }
  });

  test('never gives other lines than its own, whichever bit of it is another', async () => {
    let refused = 0;
    for (let at = 4; at < whole.length; at += 3) {
      const bytes = ending(whole, (copy) => {
        copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
      });
      const found = await tasksOf(memoryFiles({ 'm/t': bytes }), MANIFEST).catch((error: unknown) => {
        expect(error).toMatchObject(invalidManifest(/./));
        refused += 1;
        return undefined;
      });
      if (found !== undefined) expect(found).toHaveLength(ROWS.length);
    }
    expect(refused).toBeGreaterThan(0);
  });
});
