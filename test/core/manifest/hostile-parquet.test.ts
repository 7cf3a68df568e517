import { beforeAll, describe, expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Manifest } from '../../../core/job/request.ts';
import { ParquetFile } from '../../../core/manifest/parquet/parquet-file.ts';
import { duckdbFile } from '../../support/duckdb-files.ts';
import { columnAt, numberAt, setNumber, withFooter, withPages } from '../../support/parquet-parts.ts';
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

/** In a page's header: its size unpacked, and of the first data page's own header the number of values. */
const UNPACKED_SIZE = 2;

/** A column that is packed, of one long text each, with other bytes or another header of its pages. */
async function packed(
  codec: string,
  change: (header: ThriftStruct, page: Buffer) => Buffer | undefined,
): Promise<Buffer> {
  const rows = ROWS.map(({ bucket, key }) => ({ bucket, key: `${key}/${'x'.repeat(200)}` }));
  const file = await duckdbFile({ bucket: 'VARCHAR', key: 'VARCHAR' }, rows, `FORMAT parquet, COMPRESSION ${codec}`);
  return withPages(file, KEY, change);
}

describe('a Parquet file of a sound footer and pages that say something else', () => {
  const larger = (header: ThriftStruct) => setNumber(header, UNPACKED_SIZE, 120_000_000n);
  const smaller = (header: ThriftStruct) => setNumber(header, UNPACKED_SIZE, 100n);
  const huge = (header: ThriftStruct) => setNumber(header, UNPACKED_SIZE, 2n ** 31n - 1n);
  const otherCount = (count: bigint) => (header: ThriftStruct) => {
    const own = thriftAt(header, 5);
    if (own !== undefined) setNumber(own, 1, count);
  };

  test.each<[string, string, (header: ThriftStruct) => void, RegExp]>([
    ['gzip of more than it says', 'gzip', smaller, /unpacks to more bytes than its header says \(100\)/],
    ['gzip of less than it says', 'gzip', larger, /has \d+ bytes, but its header says 120000000/],
    ['snappy of more than it says', 'snappy', smaller, /row group 1, column key/],
    ['snappy of less than it says', 'snappy', larger, /row group 1, column key/],
    ['zstd of more than it says', 'zstd', smaller, /zstd frame has \d+ bytes, but its header says 100/],
    ['zstd of less than it says', 'zstd', larger, /zstd frame has \d+ bytes, but its header says 120000000/],
    ['a page of two gigabytes', 'snappy', huge, /a page has 2147483647 bytes, more than \d+/],
    ['more values than rows', 'snappy', otherCount(41n), /41 values for 40 rows/],
    ['fewer values than rows', 'snappy', otherCount(39n), /a run has more values than its page/],
    ['a count below nothing', 'snappy', otherCount(-1n), /a page has -1 values/],
  ])('%s is refused with the reason', async (_, codec, change, reason) => {
    const bytes = await packed(codec, (header) => {
      change(header);
      return undefined;
    });
    await expect(tasksOf(memoryFiles({ 'm/t': bytes }), MANIFEST)).rejects.toMatchObject(invalidManifest(reason));
  });

  test('is read if its zstd is of many frames, and of some to skip', async () => {
    const bytes = await packed('zstd', (header, page) => {
      // A frame that unpacks to nothing, and one to skip, before and after the page's own.
      const nothing = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x00, 0x01, 0x00, 0x00]);
      const skipped = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
      const all = Buffer.concat([nothing, skipped, page, nothing, skipped]);
      setNumber(header, 3, BigInt(all.length));
      return all;
    });
    expect(await tasksOf(memoryFiles({ 'm/t': bytes }), MANIFEST)).toHaveLength(ROWS.length);
  });
});

describe('a Parquet file of many wide columns', () => {
  const names = Array.from({ length: 12 }, (_, n) => `c${n}`);
  const source = (bytes: Buffer) => memoryFiles({ 'm/t': bytes }).manifest;
  const rowsOf = async (file: ParquetFile, columns: readonly string[]): Promise<number> => {
    let rows = 0;
    for await (const some of file.readRows(0, columns)) rows += some.length;
    return rows;
  };

  test('is read a few at a time, and refused with the numbers where all together have too many bytes', async () => {
    const rows = Array.from({ length: 200 }, (_, n) =>
      Object.fromEntries(names.map((name) => [name, `${name}-${n}-${'y'.repeat(300)}`])),
    );
    const types = Object.fromEntries(names.map((name) => [name, 'VARCHAR']));
    const bytes = await duckdbFile(types, rows, 'FORMAT parquet, COMPRESSION snappy');
    const file = await ParquetFile.open(source(bytes), 's3://m/t', bytes.length, 500_000);
    expect(await rowsOf(file, names.slice(0, 2))).toBe(200);
    await expect(rowsOf(file, names)).rejects.toMatchObject(
      invalidManifest(/columns would have \d+ bytes in memory at once, more than 500000: write smaller pages/),
    );
  });

  test('is read no further than the columns that are asked for', async () => {
    const row = Object.fromEntries(names.map((name) => [name, name]));
    const types = Object.fromEntries(names.map((name) => [name, 'VARCHAR']));
    const rows = Array.from({ length: 50 }, (_, n) => ({ ...row, c3: `${n}`, c4: `${n}${'z'.repeat(20_000)}` }));
    const bytes = await duckdbFile(types, rows, 'FORMAT parquet, COMPRESSION uncompressed');
    let read = 0;
    const whole = source(bytes);
    const counting: typeof whole = {
      ...whole,
      read: (start, end) => {
        read += end - start;
        return whole.read(start, end);
      },
    };
    const file = await ParquetFile.open(counting, 's3://m/t', bytes.length);
    read = 0;
    expect(await rowsOf(file, ['c0', 'c3'])).toBe(50);
    expect(read).toBeLessThan(5_000);
    expect(await rowsOf(file, ['c0', 'c4'])).toBe(50);
    expect(read).toBeGreaterThan(1_000_000);
  });

  test('has a footer that is bounded, however many empty structures it names', async () => {
    // A schema of two million structures of one byte.
    const many = Buffer.alloc(2_000_000);
    const head = Buffer.from([0x29, 0xfc, 0x80, 0x89, 0x7a]);
    const bytes = footer([...head, ...many, 0]);
    await expect(ParquetFile.open(source(bytes), 's3://m/t', bytes.length)).rejects.toMatchObject(
      invalidManifest(/footer has more than 1000000 structures/),
    );
  });
});

describe('a time of the old kind, INT96', () => {
  test('is the time that it is', async () => {
    // 2026-03-01 12:00 UTC: the day's nanoseconds, then its Julian number.
    const time = Buffer.alloc(12);
    time.writeBigUInt64LE(12n * 3_600_000_000_000n);
    time.writeUInt32LE(2_440_588 + Math.floor(Date.UTC(2026, 2, 1) / 86_400_000), 8);
    const file = parquetWriteBuffer({
      columnData: [
        { name: 'bucket', data: ['photos'] },
        { name: 'key', data: ['k'] },
        { name: 'at', data: [new Uint8Array(time)] },
      ],
      schema: [
        { name: 'root', num_children: 3 },
        { name: 'bucket', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
        { name: 'key', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
        { name: 'at', type: 'FIXED_LEN_BYTE_ARRAY', type_length: 12, repetition_type: 'REQUIRED' },
      ],
      statistics: false,
    });
    const [TYPE, INT96] = [1, 3n];
    const bytes = withFooter(Buffer.from(file), (tree) => {
      const element = thriftAt(tree, 2, 3);
      if (element !== undefined) setNumber(element, TYPE, INT96);
      setNumber(columnAt(tree, 2), TYPE, INT96);
    });
    const read = await ParquetFile.open(memoryFiles({ 'm/t': bytes }).manifest, 's3://m/t', bytes.length);
    for await (const rows of read.readRows(0, ['key', 'at'])) {
      expect(rows).toEqual([['k', new Date('2026-03-01T12:00:00Z')]]);
    }
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
