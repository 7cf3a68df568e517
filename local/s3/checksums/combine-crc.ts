/** A linear map over GF(2)^width; row n is where bit n goes. */
type Matrix = readonly bigint[];

/**
 * The CRC of two byte runs joined, from the CRC of each and the length of the second. Works for every reflected CRC
 * whose start value and final mask are all ones. `polynomial` is the reflected one.
 */
export function combineCrc(
  first: bigint,
  second: bigint,
  secondLength: number,
  polynomial: bigint,
  width: number,
): bigint {
  // Appending one zero bit to a reflected CRC: shift right, and fold the bit that falls out.
  let power: Matrix = Array.from({ length: width }, (_, bit) => (bit === 0 ? polynomial : 1n << BigInt(bit - 1)));
  let crc = first;
  for (let bits = BigInt(secondLength) * 8n; bits > 0n; bits >>= 1n) {
    if (bits & 1n) crc = times(power, crc);
    power = power.map((row) => times(power, row));
  }
  return crc ^ second;
}

function times(matrix: Matrix, vector: bigint): bigint {
  let sum = 0n;
  for (let bit = 0, left = vector; left > 0n; bit++, left >>= 1n) {
    if (left & 1n) sum ^= matrix[bit] ?? 0n;
  }
  return sum;
}
