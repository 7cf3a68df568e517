import { createHmac, hash } from 'node:crypto';

/** Bytes that SHA-256 takes in at once (RFC 2104: B). */
const BLOCK = 64;

/** Texts up to so many bytes are put beside the key without another buffer being made. */
const ROOM = 1_024;

/**
 * HMAC-SHA256 (RFC 2104) with one key for many short texts. Two plain hashes over prepared blocks cost half as much as
 * Node's Hmac, most of whose time goes into making one.
 */
export class HmacKey {
  /** The inner block, and room for the text behind it. */
  readonly #inner = Buffer.alloc(BLOCK + ROOM);
  /** The outer block, and room for the inner hash behind it. */
  readonly #outer = Buffer.alloc(BLOCK + 32);

  /** @param key at most 64 bytes: longer ones would have to be hashed first. */
  constructor(private readonly key: Buffer) {
    if (key.length > BLOCK) throw new RangeError(`a key of ${key.length} bytes is longer than ${BLOCK}`);
    for (let index = 0; index < BLOCK; index += 1) {
      const byte = key[index] ?? 0;
      this.#inner[index] = byte ^ 0x36;
      this.#outer[index] = byte ^ 0x5c;
    }
  }

  /** Hex. @param text ASCII. */
  sign(text: string): string {
    if (text.length > ROOM) return createHmac('sha256', this.key).update(text).digest('hex');
    const length = this.#inner.write(text, BLOCK, 'latin1');
    // A string of a character a byte is made faster than a buffer.
    this.#outer.write(hash('sha256', this.#inner.subarray(0, BLOCK + length), 'binary'), BLOCK, 'latin1');
    return hash('sha256', this.#outer, 'hex');
  }
}
