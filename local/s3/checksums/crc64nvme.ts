/** CRC-64/NVME, reflected polynomial, as two halves because 64-bit integers are slow in JavaScript. */
const POLYNOMIAL_HIGH = 0x9a6c9329;
const POLYNOMIAL_LOW = 0xac4bc9b5;
const HIGH = new Int32Array(256);
const LOW = new Int32Array(256);

for (let byte = 0; byte < 256; byte++) {
  let high = 0;
  let low = byte;
  for (let bit = 0; bit < 8; bit++) {
    const carry = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (carry) {
      low ^= POLYNOMIAL_LOW;
      high ^= POLYNOMIAL_HIGH;
    }
  }
  HIGH[byte] = high;
  LOW[byte] = low;
}

/** A CRC-64/NVME that takes its bytes in pieces. */
export class Crc64Nvme {
  #high = -1;
  #low = -1;

  update(bytes: Uint8Array): void {
    let high = this.#high;
    let low = this.#low;
    for (let n = 0; n < bytes.length; n++) {
      const index = (low ^ (bytes[n] ?? 0)) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (LOW[index] ?? 0);
      high = (high >>> 8) ^ (HIGH[index] ?? 0);
    }
    this.#high = high;
    this.#low = low;
  }

  /** Eight bytes, most significant first. */
  digest(): Buffer {
    const digest = Buffer.alloc(8);
    digest.writeInt32BE(~this.#high, 0);
    digest.writeInt32BE(~this.#low, 4);
    return digest;
  }
}
