import type { IHasher } from 'hash-wasm';
import type { ChecksumAlgorithm } from './checksum-algorithm.ts';

type HashWasm = typeof import('hash-wasm');

/** Makes the hasher of each algorithm. The CRCs' polynomials are the reflected ones, XXH3's and XXH64's seed is 0. */
const MAKE: Readonly<Record<ChecksumAlgorithm, (wasm: HashWasm) => Promise<IHasher>>> = {
  CRC32: (wasm) => wasm.createCRC32(),
  CRC32C: (wasm) => wasm.createCRC32(0x82f63b78),
  CRC64NVME: (wasm) => wasm.createCRC64('9a6c9329ac4bc9b5'),
  MD5: (wasm) => wasm.createMD5(),
  SHA1: (wasm) => wasm.createSHA1(),
  SHA256: (wasm) => wasm.createSHA256(),
  SHA512: (wasm) => wasm.createSHA512(),
  XXHASH64: (wasm) => wasm.createXXHash64(),
  XXHASH3: (wasm) => wasm.createXXHash3(),
  XXHASH128: (wasm) => wasm.createXXHash128(),
};

/** Takes bytes in pieces; its state can be put away and taken up again by another process. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** The digest, most significant byte first. The hasher then is as at the start. */
  digest(): Buffer;
  /** Its state, in base64. */
  save(): string;
  /** Takes up a state; false, and at the start, when another version of the library has saved it. */
  load(state: string): boolean;
}

/** Each is a WebAssembly instance with memory of its own, so they are used again. */
const idle = new Map<ChecksumAlgorithm, IHasher[]>();

/** Lends a hasher, at its start, for as long as `use` takes. */
export async function withHasher<Result>(
  algorithm: ChecksumAlgorithm,
  use: (hasher: Hasher) => Promise<Result>,
): Promise<Result> {
  const kept = idle.get(algorithm) ?? [];
  idle.set(algorithm, kept);
  const hasher = kept.pop() ?? (await MAKE[algorithm](await library()));
  try {
    return await use(new ResumableHasher(hasher.init()));
  } finally {
    kept.push(hasher);
  }
}

class ResumableHasher implements Hasher {
  constructor(private readonly hasher: IHasher) {}

  update(bytes: Uint8Array): void {
    this.hasher.update(bytes);
  }

  digest(): Buffer {
    const digest = Buffer.from(this.hasher.digest('binary'));
    this.hasher.init();
    return digest;
  }

  save(): string {
    return Buffer.from(this.hasher.save()).toString('base64');
  }

  load(state: string): boolean {
    try {
      this.hasher.load(new Uint8Array(Buffer.from(state, 'base64')));
      return true;
    } catch {
      this.hasher.init();
      return false;
    }
  }
}

/** Loaded when it is needed: few jobs do. Node sees a CommonJS module, a bundle has the ES module. */
async function library(): Promise<HashWasm> {
  const loaded: HashWasm & { readonly default?: HashWasm } = await import('hash-wasm');
  return loaded.default ?? loaded;
}
