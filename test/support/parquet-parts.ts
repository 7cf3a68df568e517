import { readThrift, type ThriftStruct, type ThriftValue, thriftAt, writeThrift } from './thrift-tree.ts';

/** The file with another footer and the same pages. */
export function withFooter(file: Buffer, change: (footer: ThriftStruct) => void): Buffer {
  const from = file.length - 8 - file.readUInt32LE(file.length - 8);
  const { tree } = readThrift(file, from);
  change(tree);
  return closed(file.subarray(0, from), tree);
}

/**
 * The file, of one row group, with another header and other bytes of each page of a column. Offsets and sizes in the
 * footer follow.
 */
export function withPages(
  file: Buffer,
  column: number,
  change: (header: ThriftStruct, page: Buffer) => Buffer | undefined,
): Buffer {
  const begin = file.length - 8 - file.readUInt32LE(file.length - 8);
  const { tree } = readThrift(file, begin);
  const metadata = columnAt(tree, column);
  const [data, dictionary] = [numberAt(metadata, 9), numberAt(metadata, 11)];
  const start = dictionary > 0 && dictionary < data ? dictionary : data;
  const end = start + numberAt(metadata, 7);
  const parts: Buffer[] = [];
  for (let at = start; at < end; ) {
    const { tree: header, end: body } = readThrift(file, at);
    const next = body + numberAt(header, 3);
    const page = file.subarray(body, next);
    const changed = change(header, page) ?? page;
    parts.push(writeThrift(header), changed);
    at = next;
  }
  const pages = Buffer.concat(parts);
  const longer = pages.length - (end - start);
  setNumber(metadata, 7, BigInt(numberAt(metadata, 7) + longer));
  for (let other = 0; thriftAt(tree, 4, 0, 1, other) !== undefined; other += 1) {
    for (const field of [9, 11]) {
      const offset = numberAt(columnAt(tree, other), field);
      if (offset > start) setNumber(columnAt(tree, other), field, BigInt(offset + longer));
    }
  }
  return closed(Buffer.concat([file.subarray(0, start), pages, file.subarray(end, begin)]), tree);
}

/** The metadata of a column in the first row group, or in another one. */
export function columnAt(footer: ThriftStruct, column: number, group = 0): ThriftStruct {
  const found = thriftAt(footer, 4, group, 1, column, 3);
  if (found?.kind !== 'struct') throw new Error(`there is no column ${column} in the row group ${group}`);
  return found;
}

/** The number in a structure's field; 0 where there is none. */
export function numberAt(tree: ThriftValue, ...path: readonly number[]): number {
  const found = thriftAt(tree, ...path);
  return found?.kind === 'integer' ? Number(found.value) : 0;
}

/** Sets a number that is there. */
export function setNumber(tree: ThriftValue, field: number, value: bigint): void {
  const found = thriftAt(tree, field);
  if (found?.kind === 'integer') found.value = value;
}

function closed(pages: Buffer, footer: ThriftStruct): Buffer {
  const bytes = writeThrift(footer);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([pages, bytes, length, Buffer.from('PAR1')]);
}
