import type { DataReader, DecodedArray } from 'hyparquet';
import type { convert } from 'hyparquet/src/convert.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { byteStreamSplit, readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { checkRuns } from './run-lengths.ts';

/** What a column's values are, for the reader. */
export type ColumnDecoder = Parameters<typeof convert>[1];

/** Bytes of one value at most: a key has 1,024, and a value that is built on the one before it can grow without bound. */
const LARGEST_VALUE = 1024 * 1024;

/** The next so many of a page's values, as they are stored; `indices` are places in the column's dictionary. */
export interface PageValues {
  readonly indices: boolean;
  take(count: number): DecodedArray;
  /** Where they end in the page's bytes, once all are taken; undefined if the encoding does not tell. */
  end(): number | undefined;
}

/**
 * The values of a page, of which few are unpacked at once where the encoding allows it.
 * @param bytes where the values begin. @param count of the values that are there.
 */
export function pageValues(bytes: Uint8Array, encoding: string, count: number, decoder: ColumnDecoder): PageValues {
  const { type, element } = decoder;
  const reader: DataReader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  if (count === 0) return { indices: false, take: () => [], end: () => undefined };
  if (encoding === 'PLAIN' && type !== 'BOOLEAN') {
    return {
      indices: false,
      take(some) {
        const values = readPlain(reader, type, some, element.type_length);
        if (reader.offset > bytes.length) throw new Error('a page breaks off in its values');
        return values;
      },
      end: () => reader.offset,
    };
  }
  if (encoding === 'PLAIN') return held(readPlain(reader, type, count, undefined), Math.ceil(count / 8));
  if (encoding === 'RLE' && type === 'BOOLEAN') {
    const end = checkRuns(bytes, { values: count, levels: undefined, indices: 'booleans' });
    const bits = new Uint8Array(count);
    readRleBitPackedHybrid(reader, 1, bits);
    return held(
      Array.from(bits, (bit) => bit === 1),
      end,
    );
  }
  if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') {
    const end = checkRuns(bytes, { values: count, levels: undefined, indices: 'indices' });
    const indices = new Uint32Array(count);
    const width = reader.view.getUint8(reader.offset++);
    if (width > 0) readRleBitPackedHybrid(reader, width, indices, bytes.length - 1);
    return { ...held(indices, end), indices: true };
  }
  if (encoding === 'DELTA_BINARY_PACKED' && (type === 'INT32' || type === 'INT64')) {
    const numbers = type === 'INT32' ? new Int32Array(count) : new BigInt64Array(count);
    deltaBinaryUnpack(reader, count, numbers);
    return held(numbers);
  }
  if (encoding === 'DELTA_LENGTH_BYTE_ARRAY') {
    const lengths = lengthsOf(reader, count);
    return grown(bytes, reader, undefined, lengths);
  }
  if (encoding === 'DELTA_BYTE_ARRAY') {
    const prefixes = lengthsOf(reader, count);
    return grown(bytes, reader, prefixes, lengthsOf(reader, count));
  }
  if (encoding === 'BYTE_STREAM_SPLIT') {
    if (count > bytes.length) throw new Error('a page breaks off in its values');
    return held(byteStreamSplit(reader, count, type, element.type_length), reader.offset);
  }
  throw new Error(`its values are encoded as ${encoding ?? 'something unknown'}, which is not supported`);
}

function lengthsOf(reader: DataReader, count: number): Int32Array {
  const lengths = new Int32Array(count);
  deltaBinaryUnpack(reader, count, lengths);
  return lengths;
}

function held(values: DecodedArray, end?: number): PageValues {
  let at = 0;
  return {
    indices: false,
    take(count) {
      const some = values.slice(at, at + count);
      at += count;
      return some;
    },
    end: () => end,
  };
}

/** Values whose lengths stand before all of them, each of them after so much of the one before it. */
function grown(
  bytes: Uint8Array,
  reader: DataReader,
  prefixes: Int32Array | undefined,
  lengths: Int32Array,
): PageValues {
  let next = 0;
  let last = new Uint8Array(0);
  let place = reader.offset;
  return {
    indices: false,
    take(count) {
      return Array.from({ length: count }, () => {
        const [length, prefix] = [lengths[next] ?? 0, prefixes?.[next] ?? 0];
        next += 1;
        if (length < 0 || place + length > bytes.length || prefix < 0 || prefix > last.length) {
          throw new Error('a page breaks off in its values');
        }
        if (prefix + length > LARGEST_VALUE) throw new Error(`a value has more than ${LARGEST_VALUE} bytes`);
        const value = new Uint8Array(prefix + length);
        value.set(last.subarray(0, prefix));
        value.set(bytes.subarray(place, place + length), prefix);
        place += length;
        last = value;
        return value;
      });
    },
    end: () => place,
  };
}
