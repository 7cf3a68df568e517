import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Manifest } from '../../../core/job/request.ts';
import { duckdbFile } from '../../support/duckdb-files.ts';
import { columnAt, numberAt, setNumber, withFooter } from '../../support/parquet-parts.ts';
import { type ThriftStruct, thriftAt } from '../../support/thrift-tree.ts';
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

/** A chunk's fields in a footer, by their numbers in Parquet's Thrift definition. */
const [VALUES, PACKED_SIZE, DATA_PAGE, DICTIONARY_PAGE] = [5, 7, 9, 11];
const KEY = 1;

/** The column `key` of the row group, with other numbers in the footer. */
function otherKey(change: (column: ThriftStruct) => void): Buffer {
  return withFooter(whole, (tree) => change(columnAt(tree, KEY)));
}

describe('a Parquet file of sound pages and a footer that says something else', () => {
  test.each<[string, () => Buffer, RegExp]>([
    [
      'with two columns in the same bytes',
      () =>
        withFooter(whole, (tree) => {
          const [one, other] = [columnAt(tree, 0), columnAt(tree, KEY)];
          for (const field of [PACKED_SIZE, DATA_PAGE, DICTIONARY_PAGE]) {
            setNumber(other, field, BigInt(numberAt(one, field)));
          }
        }),
      /columns bucket and key in row group 1 overlap, at \d+ to \d+/,
    ],
    [
      'with one row group twice',
      () =>
        withFooter(whole, (tree) => {
          const groups = thriftAt(tree, 4);
          if (groups?.kind === 'list') groups.items.push(...groups.items);
          setNumber(tree, 3, 80n);
        }),
      /in row groups 1 and 2 overlap/,
    ],
    ['with a column in the footer', () => otherKey((key) => setNumber(key, DATA_PAGE, 1_000_000n)), /1000000 to/],
    [
      'with a column before the file',
      () => otherKey((key) => setNumber(key, DATA_PAGE, -99_999n)),
      /are said to be at -/,
    ],
    [
      'with a column as large as no number',
      () => otherKey((key) => setNumber(key, PACKED_SIZE, 2n ** 63n - 1n)),
      /overlap|are said to be at/,
    ],
    ['with a column of no bytes', () => otherKey((key) => setNumber(key, PACKED_SIZE, 0n)), /are said to be at/],
    ['with more values than rows', () => otherKey((key) => setNumber(key, VALUES, 41n)), /41 values for 40 rows/],
    [
      'with fewer rows than its pages have',
      () =>
        withFooter(whole, (tree) => {
          setNumber(tree, 3, 30n);
          const group = thriftAt(tree, 4, 0);
          if (group !== undefined) setNumber(group, 3, 30n);
          for (const column of [0, KEY]) setNumber(columnAt(tree, column), VALUES, 30n);
        }),
      /40 values for 30 rows/,
    ],
    [
      'with another number of rows than its row groups',
      () => withFooter(whole, (t) => setNumber(t, 3, 41n)),
      /40 rows/,
    ],
    [
      'with no row group for its pages',
      () =>
        withFooter(whole, (tree) => {
          setNumber(tree, 3, 0n);
          const groups = thriftAt(tree, 4);
          if (groups?.kind === 'list') groups.items.length = 0;
        }),
      /no rows, but \d+ bytes stand before it/,
    ],
    [
      'whose values may not be NULL, where its pages say which are',
      () =>
        withFooter(whole, (tree) => {
          const element = thriftAt(tree, 2, 1 + KEY);
          if (element !== undefined) setNumber(element, 3, 0n);
        }),
      /more bytes than its values take|runs|numbers|breaks off/,
    ],
  ])('%s is refused with the reason', async (_, bytes, reason) => {
    await expect(tasksOf(memoryFiles({ 'm/t': bytes() }), MANIFEST)).rejects.toMatchObject(invalidManifest(reason));
  });

  test('is read if it has no rows, and none before it', async () => {
    const empty = await duckdbFile({ bucket: 'VARCHAR', key: 'VARCHAR' }, [], 'FORMAT parquet');
    expect(await tasksOf(memoryFiles({ 'm/t': empty }), MANIFEST)).toEqual([]);
  });
});

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
