import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { combineCrc } from './combine-crc.ts';
import { crc32c } from './crc32c.ts';
import { Crc64Nvme } from './crc64nvme.ts';

/** The checksum algorithms of S3 that this server computes. Source: ChecksumAlgorithm, Amazon S3 API Reference. */
export const CHECKSUM_ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256', 'SHA512', 'MD5'] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** What S3 computes when a request names none. Source: "Checking object integrity", User Guide. */
export const DEFAULT_ALGORITHM: ChecksumAlgorithm = 'CRC64NVME';

/** Takes the bytes in pieces, gives the checksum's bytes once. */
export interface ChecksumState {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

/** Bytes of each algorithm's digest. */
export const DIGEST_LENGTH: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
  SHA512: 64,
  MD5: 16,
};

export function startChecksum(algorithm: ChecksumAlgorithm): ChecksumState {
  switch (algorithm) {
    case 'CRC32':
      return new Crc32State((bytes, before) => crc32(bytes, before));
    case 'CRC32C':
      return new Crc32State(crc32c);
    case 'CRC64NVME':
      return new Crc64Nvme();
    default:
      return createHash(algorithm.toLowerCase());
  }
}

export function isChecksumAlgorithm(text: string): text is ChecksumAlgorithm {
  return (CHECKSUM_ALGORITHMS as readonly string[]).includes(text);
}

export function headerOf(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The name of the XML element that carries it. */
export function elementOf(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

/** Only CRCs can be combined from those of the parts. */
export function canCoverFullObject(algorithm: ChecksumAlgorithm): boolean {
  return algorithm.startsWith('CRC');
}

/** The checksum of checksums that S3 gives an object made of parts, `-<number of parts>` included. */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): string {
  const state = startChecksum(algorithm);
  for (const part of parts) state.update(Buffer.from(part, 'base64'));
  return `${state.digest().toString('base64')}-${parts.length}`;
}

/** The CRC of the whole object from those of its parts. */
export function fullObjectChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly { readonly value: string; readonly size: number }[],
): string {
  const width = DIGEST_LENGTH[algorithm] * 8;
  const polynomial = POLYNOMIALS[algorithm] ?? 0n;
  let whole = 0n;
  for (const { value, size } of parts) {
    const crc = BigInt(`0x${Buffer.from(value, 'base64').toString('hex')}`);
    whole = combineCrc(whole, crc, size, polynomial, width);
  }
  return Buffer.from(whole.toString(16).padStart(width / 4, '0'), 'hex').toString('base64');
}

const POLYNOMIALS: Partial<Record<ChecksumAlgorithm, bigint>> = {
  CRC32: 0xedb88320n,
  CRC32C: 0x82f63b78n,
  CRC64NVME: 0x9a6c9329ac4bc9b5n,
};

class Crc32State implements ChecksumState {
  #crc = 0;

  constructor(private readonly step: (bytes: Uint8Array, before: number) => number) {}

  update(bytes: Uint8Array): void {
    this.#crc = this.step(bytes, this.#crc);
  }

  digest(): Buffer {
    const digest = Buffer.alloc(4);
    digest.writeUInt32BE(this.#crc);
    return digest;
  }
}
