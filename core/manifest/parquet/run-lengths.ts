/** What of a page's bytes are runs. */
export interface Runs {
  /** Values that the page has. */
  readonly values: number;
  /** One bit a value that says whether it is there: after their length, or without one. */
  readonly levels: 'prefixed' | 'bare' | undefined;
  /** The values themselves: numbers in a dictionary after their width, or bits after their length. */
  readonly indices: 'indices' | 'booleans' | undefined;
}

/**
 * Holds the hybrid of runs and packed bits (Parquet's encoding RLE) to the number of values that there can be: a reader
 * that believes a run's length fills memory with it.
 * @returns where the runs end; beyond the bytes if the last one is not filled up.
 */
export function checkRuns(bytes: Uint8Array, { values, levels, indices }: Runs): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  if (levels !== undefined) {
    const from = levels === 'prefixed' ? 4 : 0;
    scan(bytes, from, 1, values);
    at = levels === 'prefixed' ? from + view.getUint32(0, true) : bytes.length;
  }
  if (indices === undefined || values === 0) return at;
  if (indices === 'booleans') return scan(bytes, at + 4, 1, values, true);
  const width = bytes[at];
  if (width === undefined || width > 32) throw new Error('a page has odd numbers');
  // Where the width is nothing, runs may be left out.
  return width > 0 ? scan(bytes, at + 1, width, values, true) : bytes.length;
}

/** @param fewer whether there may be fewer than `values`, for some of them are null. */
function scan(bytes: Uint8Array, from: number, width: number, values: number, fewer = false): number {
  let at = from;
  let seen = 0;
  while (seen < values) {
    if (at >= bytes.length && fewer) return at;
    let [header, shift] = [0, 0];
    for (let more = true; more; shift += 7) {
      const byte = bytes[at];
      if (byte === undefined || shift > 28) throw new Error('a page breaks off in its runs');
      at += 1;
      header += (byte & 0x7f) * 2 ** shift;
      more = byte >= 0x80;
    }
    const count = Math.floor(header / 2);
    const packed = header % 2 === 1;
    // A packed run is filled up by its writer, and ends with its bytes: it cannot grow in memory.
    if (packed ? header >= 2 ** 28 : count > values) throw new Error('a run has more values than its page');
    seen += packed ? count * 8 : count;
    at += packed ? count * width : Math.ceil(width / 8);
  }
  return at;
}
