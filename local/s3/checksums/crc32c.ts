/** CRC-32C (Castagnoli), reflected polynomial 0x82F63B78. */
const TABLE = makeTable(0x82f63b78);

/** Goes on from `before`, the CRC of what came before (0 at the start). Takes and gives the final form, as zlib does. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (let n = 0; n < bytes.length; n++) {
    crc = (TABLE[(crc ^ (bytes[n] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

function makeTable(polynomial: number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    return crc;
  });
}
