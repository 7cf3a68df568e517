import { decompress } from 'fzstd';

/** Bytes at the beginning of a frame of data, and of one to skip (RFC 8878, sections 3.1.1 and 3.1.2), little-endian. */
const [DATA_FRAME, SKIPPED_FRAME] = [0xfd2fb528, 0x184d2a50];

const RLE_BLOCK = 1;

interface Frame {
  readonly bytes: Uint8Array;
  /** Bytes that it unpacks to, if it says so. */
  readonly size: number | undefined;
}

/**
 * Unpacks zstd of one frame or many, in memory of the length that is expected. Throws where they unpack to another.
 */
export function unpackZstd(input: Uint8Array, length: number): Uint8Array {
  const frames = framesOf(input);
  const [only] = frames;
  if (frames.length === 1 && only !== undefined) return unpackFrame(only, length);
  const found = new Uint8Array(length);
  let at = 0;
  for (const frame of frames) {
    if (frame.size === undefined) throw new Error('it has zstd frames that do not say how long they are');
    if (frame.size > length - at) throw new Error(`its zstd frames have more bytes than its header says (${length})`);
    found.set(unpackFrame(frame, frame.size), at);
    at += frame.size;
  }
  if (at !== length) throw new Error(`its zstd frames have ${at} bytes, but its header says ${length}`);
  return found;
}

function unpackFrame({ bytes, size }: Frame, length: number): Uint8Array {
  if (size !== undefined && size !== length) {
    throw new Error(`its zstd frame has ${size} bytes, but its header says ${length}`);
  }
  // The unpacker does not tell how far it came: a byte that two runs leave as each found it was not written.
  for (const untouched of [0x5a, 0xa5]) {
    const into = new Uint8Array(length);
    if (length > 0) into[length - 1] = untouched;
    const found = decompress(bytes, into);
    if (length === 0 || found[length - 1] !== untouched) return found;
  }
  throw new Error(`its zstd frame has fewer bytes than its header says (${length})`);
}

/** The frames of data, in order. */
function framesOf(input: Uint8Array): Frame[] {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const frames: Frame[] = [];
  for (let at = 0; at < input.length; ) {
    const kind = view.getUint32(at, true);
    if ((kind & 0xfffffff0) >>> 0 === SKIPPED_FRAME) {
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    if (kind !== DATA_FRAME) throw new Error('a page is not zstd');
    const { header, size, checksum } = frameHeader(view, at);
    const end = endOfBlocks(view, at + header) + (checksum ? 4 : 0);
    if (end > input.length) throw new Error('a page breaks off in its zstd frame');
    frames.push({ bytes: input.subarray(at, end), size });
    at = end;
  }
  return frames;
}

/** RFC 8878, section 3.1.1.1: the header's length, the content's, and whether a checksum follows. */
function frameHeader(view: DataView, at: number) {
  const flags = view.getUint8(at + 4);
  const single = (flags & 0x20) !== 0;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const place = at + 5 + (single ? 0 : 1) + ([0, 1, 2, 4][flags & 3] ?? 0);
  const size = {
    0: () => undefined,
    1: () => view.getUint8(place),
    2: () => view.getUint16(place, true) + 256,
    4: () => view.getUint32(place, true),
    8: () => Number(view.getBigUint64(place, true)),
  }[sizeBytes as 0 | 1 | 2 | 4 | 8]();
  return { header: place + sizeBytes - at, size, checksum: (flags & 4) !== 0 };
}

function endOfBlocks(view: DataView, from: number): number {
  let at = from;
  for (let last = false; !last; ) {
    const head = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    last = (head & 1) === 1;
    at += 3 + (((head >> 1) & 3) === RLE_BLOCK ? 1 : head >> 3);
  }
  return at;
}
