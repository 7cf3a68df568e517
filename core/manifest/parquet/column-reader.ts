import { crc32 } from 'node:zlib';
import type { ColumnMetaData, DecodedArray, PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { convert } from 'hyparquet/src/convert.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { checkThrift } from './check-thrift.ts';
import type { ColumnBytes } from './column-bytes.ts';
import { requirePageSize, unpacked } from './decompress.ts';
import type { HeldBytes } from './held-bytes.ts';
import { type ColumnDecoder, type PageValues, pageValues } from './page-values.ts';
import { checkRuns } from './run-lengths.ts';

/** Values in one page at most: a page of runs of one value takes few bytes, whatever it says it holds. */
const MOST_VALUES = 16_000_000;

/** Values in a dictionary at most: they are in memory as long as the column is read. */
const MOST_IN_DICTIONARY = 2_000_000;

/** Bytes of a page's header at most: it may hold the page's smallest and largest value. */
const LARGEST_HEADER = 256 * 1024;

/** Bytes of zeros after a page's values at most, with which some writers fill it up. */
const MOST_FILLING = 64;

/** Bytes in memory for each value of a page: its place in the dictionary, and whether it is there. */
const BYTES_OF_PLACE = 5;

/** Bytes in memory for each value of a dictionary, besides its own twice: as it was read, and as text. */
const BYTES_OF_ENTRY = 64;

/** A page that is being read. */
interface OpenPage {
  readonly values: PageValues;
  /** What the values are in. */
  readonly data: Uint8Array;
  /** One for each row that has a value; undefined where all have. */
  readonly present: Uint8Array | undefined;
  readonly rows: number;
}

/**
 * One column of a row group, page by page. Pages are looked at before they are unpacked: their sizes, their checksums
 * where they have one, and the lengths of the runs in them, so that a file whose bytes were changed neither loses rows
 * nor fills memory. Throws what is wrong.
 */
export class ColumnReader {
  private page: OpenPage | undefined;
  private dictionary: DecodedArray | undefined;
  /** Rows of the open page that were taken. */
  private taken = 0;
  /** Rows of pages that were opened. */
  private seen = 0;
  /** Bytes that are counted as held for the open page. */
  private held = 0;
  /** Bytes that are counted as held for the values that were given last. */
  private given = 0;

  constructor(
    private readonly bytes: ColumnBytes,
    private readonly column: ColumnMetaData,
    private readonly decoder: ColumnDecoder,
    private readonly nullable: boolean,
    private readonly rows: number,
    private readonly memory: HeldBytes,
  ) {}

  /** The next values, so many; undefined for one that is NULL. */
  async take(count: number): Promise<readonly unknown[]> {
    const values: unknown[] = [];
    this.memory.give(this.given);
    this.given = 0;
    while (values.length < count) {
      if (this.page === undefined || this.taken === this.page.rows) await this.open();
      else this.takeFrom(this.page, count - values.length, values);
    }
    return values;
  }

  /** Throws where the column has more values than there are rows. */
  async end(): Promise<void> {
    if (this.seen !== this.rows) throw this.otherCount(this.seen);
  }

  private takeFrom({ values, present, rows, data }: OpenPage, wanted: number, into: unknown[]): void {
    const count = Math.min(wanted, rows - this.taken);
    const some = present?.subarray(this.taken, this.taken + count);
    const there = some === undefined ? count : counted(some);
    const raw = values.take(there);
    if (raw.length !== there) throw new Error('a page breaks off in its values');
    if (!values.indices) this.countText(raw);
    const found = values.indices ? this.looked(raw) : convert(raw, this.decoder);
    let at = 0;
    for (let row = 0; row < count; row += 1) into.push(some?.[row] === 0 ? undefined : found[at++]);
    this.taken += count;
    if (this.taken === rows) requireNothingMore(data.subarray(values.end() ?? data.length));
  }

  /** A page of a million bytes may have one value, and be followed by thousands of its kind. */
  private countText(raw: DecodedArray): void {
    let bytes = 0;
    for (const value of raw as ArrayLike<unknown>[]) if (value instanceof Uint8Array) bytes += value.length;
    this.given += 2 * bytes;
    this.memory.take(2 * bytes);
  }

  private looked(indices: DecodedArray): unknown[] {
    const { dictionary } = this;
    if (dictionary === undefined) throw new Error('it has no dictionary');
    return Array.from(indices as Uint32Array, (index) => {
      if (index >= dictionary.length) throw new Error('a value is not in its dictionary');
      return dictionary[index] as unknown;
    });
  }

  private async open(): Promise<void> {
    this.page = undefined;
    this.memory.give(this.held);
    this.held = 0;
    if (this.bytes.left === 0) throw this.otherCount(this.seen);
    const head = await this.bytes.peek(LARGEST_HEADER);
    checkThrift(head, 0);
    const reader = { view: new DataView(head.buffer, head.byteOffset, head.byteLength), offset: 0 };
    const header = parquetHeader(reader);
    this.bytes.pass(reader.offset);
    const packed = header.compressed_page_size;
    if (!(packed >= 0 && packed <= this.bytes.left)) throw new Error('a page ends beyond its column');
    for (const size of [packed, header.uncompressed_page_size]) requirePageSize(size);
    this.memory.take(packed);
    const bytes = (await this.bytes.peek(packed)).subarray(0, packed);
    if (header.crc !== undefined && crc32(bytes) !== header.crc >>> 0) throw new Error('a page has another checksum');
    if (header.type === 'DICTIONARY_PAGE') this.readDictionary(header, bytes);
    else if (header.type !== 'INDEX_PAGE') this.openPage(header, bytes);
    this.bytes.pass(packed);
    this.memory.give(packed);
  }

  private readDictionary(
    { dictionary_page_header: header, uncompressed_page_size: size }: PageHeader,
    bytes: Uint8Array,
  ) {
    const count = header?.num_values ?? -1;
    if (!(Number.isInteger(count) && count >= 0 && count <= MOST_IN_DICTIONARY)) {
      throw new Error(`its dictionary has ${count} values, more than ${MOST_IN_DICTIONARY}: write smaller row groups`);
    }
    if (this.dictionary !== undefined || this.seen > 0) throw new Error('it has two dictionaries');
    this.memory.take(2 * size + count * BYTES_OF_ENTRY);
    const page = copied(unpacked(bytes, size, this.column), bytes);
    const reader = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: 0 };
    const values = readPlain(reader, this.decoder.type, count, this.decoder.element.type_length);
    if (reader.offset > page.length) throw new Error('its dictionary breaks off');
    this.dictionary = convert(values, this.decoder);
  }

  private openPage(header: PageHeader, bytes: Uint8Array): void {
    const { data_page_header: v1, data_page_header_v2: v2, uncompressed_page_size: size, type } = header;
    const rows = v1?.num_values ?? v2?.num_values ?? -1;
    if (!(Number.isInteger(rows) && rows >= 0 && rows <= MOST_VALUES))
      throw new Error(`a page has ${rows} values, more than ${MOST_VALUES}`);
    if (this.seen + rows > this.rows) throw this.otherCount(this.seen + rows);
    if (v2 !== undefined && v2.num_rows !== rows) throw new Error(`a page has ${rows} values for ${v2.num_rows} rows`);
    // A page of no rows has nothing to read, whatever it would unpack to.
    if (rows === 0) return;
    this.held = size + rows * BYTES_OF_PLACE;
    this.memory.take(this.held);
    if (type === 'DATA_PAGE' && v1 !== undefined) {
      const page = copied(unpacked(bytes, size, this.column), bytes);
      const { present, length } = this.nullable ? prefixedLevels(page, rows) : { present: undefined, length: 0 };
      this.page = this.opened(page.subarray(length), v1.encoding, present, rows);
    } else if (type === 'DATA_PAGE_V2' && v2 !== undefined) {
      const { definition_levels_byte_length: levels, repetition_levels_byte_length: repetitions } = v2;
      if (!(levels >= 0 && levels <= bytes.length && repetitions === 0)) throw new Error('a page has odd levels');
      const present = this.nullable ? levelsOf(bytes.subarray(0, levels), rows, levels) : undefined;
      const data = bytes.subarray(levels);
      const nulls = present === undefined ? 0 : rows - counted(present);
      if (nulls !== v2.num_nulls) throw new Error(`a page has ${nulls} nulls, but its header says ${v2.num_nulls}`);
      const page = v2.is_compressed === false ? data : unpacked(data, size - levels, this.column);
      this.page = this.opened(copied(page, bytes), v2.encoding, present, rows);
    } else throw new Error(`a page is of the kind ${type ?? 'that nobody knows'}`);
    this.taken = 0;
    this.seen += rows;
  }

  private opened(data: Uint8Array, encoding: string, present: Uint8Array | undefined, rows: number): OpenPage {
    const count = present === undefined ? rows : counted(present);
    return {
      data,
      values: pageValues(data, encoding, count, this.decoder),
      present: count === rows ? undefined : present,
      rows,
    };
  }

  private otherCount(found: number): Error {
    return new Error(`it has ${found} values for ${this.rows} rows`);
  }
}

/** Bytes that are left over were values: the page was taken for one of another kind. */
function requireNothingMore(rest: Uint8Array): void {
  if (rest.length > MOST_FILLING || rest.some((byte) => byte !== 0)) {
    throw new Error('a page has more bytes than its values take');
  }
}

/** Rows that have a value. */
function counted(present: Uint8Array): number {
  return present.reduce((sum, level) => sum + level, 0);
}

/** A page that is not packed is a part of the window, which is longer: what reads it must not read on. */
function copied(page: Uint8Array, window: Uint8Array): Uint8Array {
  return page.buffer === window.buffer ? new Uint8Array(page) : page;
}

function prefixedLevels(page: Uint8Array, rows: number): { readonly present: Uint8Array; readonly length: number } {
  const bytes = new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(0, true);
  if (bytes > page.length - 4) throw new Error('a page has odd levels');
  return { present: levelsOf(page.subarray(4, 4 + bytes), rows, bytes), length: 4 + bytes };
}

/** For each row, whether it has a value. */
function levelsOf(bytes: Uint8Array, rows: number, length: number): Uint8Array {
  checkRuns(bytes, { values: rows, levels: 'bare', indices: undefined });
  const levels = new Uint8Array(rows);
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  readRleBitPackedHybrid(reader, 1, levels, length);
  if (levels.some((level) => level > 1)) throw new Error('a page has odd levels');
  return levels;
}
