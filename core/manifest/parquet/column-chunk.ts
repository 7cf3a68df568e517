import { crc32 } from 'node:zlib';
import type { ColumnMetaData, PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { LARGEST_PAGE, safeDecompressors } from './decompress.ts';
import { checkRuns } from './run-lengths.ts';

/** Values in one page at most: a page of runs of one value takes few bytes, whatever it says it holds. */
const MOST_VALUES = 8_000_000;

/**
 * Walks through the pages of a column chunk before they are read: their headers, their checksums where they have one,
 * and the lengths of the runs in them, so that a file whose bytes were changed neither loses rows nor makes the reader
 * unpack more than there can be. Throws what is wrong. Answers how many values the largest page has.
 */
export function checkChunk(chunk: ArrayBuffer, column: ColumnMetaData, nullable: boolean, rows: number): number {
  const reader = { view: new DataView(chunk), offset: 0 };
  let [values, largest] = [0, 0];
  // As the reader does, which takes a last byte for padding.
  while (values < rows && reader.offset < chunk.byteLength - 1) {
    const header = parquetHeader(reader);
    const packed = header.compressed_page_size;
    if (!(packed >= 0 && reader.offset + packed <= chunk.byteLength)) throw new Error('a page ends beyond its column');
    if (!(header.uncompressed_page_size >= 0 && header.uncompressed_page_size <= LARGEST_PAGE)) {
      throw new Error(`a page has ${header.uncompressed_page_size} bytes, more than ${LARGEST_PAGE}`);
    }
    const bytes = new Uint8Array(chunk, reader.offset, packed);
    if (header.crc !== undefined && crc32(bytes) !== header.crc >>> 0) throw new Error('a page has another checksum');
    const found = checkPage(bytes, header, column, nullable);
    values += found;
    largest = Math.max(largest, found);
    reader.offset += packed;
  }
  if (values !== rows)
    throw new Error(`column ${column.path_in_schema.join('.')} has ${values} values for ${rows} rows`);
  return largest;
}

/** Values in the page. */
function checkPage(bytes: Uint8Array, header: PageHeader, column: ColumnMetaData, nullable: boolean): number {
  const { data_page_header: v1, data_page_header_v2: v2, dictionary_page_header: dictionary } = header;
  const values = v1?.num_values ?? v2?.num_values ?? dictionary?.num_values ?? -1;
  if (!(values >= 0 && values <= MOST_VALUES)) throw new Error(`a page has ${values} values, more than ${MOST_VALUES}`);
  if (header.type === 'DICTIONARY_PAGE' && dictionary !== undefined) return 0;
  if (header.type === 'DATA_PAGE' && v1 !== undefined) {
    checkRuns(unpacked(bytes, header.uncompressed_page_size, column), {
      values,
      levels: nullable ? 'prefixed' : undefined,
      indices: hasRuns(v1.encoding, column),
    });
    return values;
  }
  if (header.type !== 'DATA_PAGE_V2' || v2 === undefined) throw new Error(`a page is of the kind ${header.type}`);
  const { definition_levels_byte_length: levels, repetition_levels_byte_length: repetitions } = v2;
  if (!(levels >= 0 && levels <= bytes.length && repetitions === 0)) throw new Error('a page has odd levels');
  if (nullable) checkRuns(bytes.subarray(0, levels), { values, levels: 'bare', indices: undefined });
  const data = bytes.subarray(levels);
  const plain = v2.is_compressed === false ? data : unpacked(data, header.uncompressed_page_size - levels, column);
  checkRuns(plain, { values: values - v2.num_nulls, levels: undefined, indices: hasRuns(v2.encoding, column) });
  return values;
}

/** How a page's values are runs, if they are. */
function hasRuns(encoding: string, { type }: ColumnMetaData): 'indices' | 'booleans' | undefined {
  if (encoding === 'RLE' && type === 'BOOLEAN') return 'booleans';
  return encoding.endsWith('_DICTIONARY') ? 'indices' : undefined;
}

function unpacked(bytes: Uint8Array, length: number, { codec }: ColumnMetaData): Uint8Array {
  if (codec === 'UNCOMPRESSED') return bytes;
  const decompress = safeDecompressors[codec];
  if (decompress === undefined) throw new Error(`it is packed by ${codec}, which is not supported`);
  return decompress(bytes, length);
}
