/** A value of Thrift's compact protocol, to be changed and written again. */
export type ThriftValue =
  | { readonly kind: 'bool'; value: boolean }
  | { readonly kind: 'integer'; type: number; value: bigint }
  | { readonly kind: 'double'; bytes: Buffer }
  | { readonly kind: 'text'; bytes: Buffer }
  | { readonly kind: 'list'; type: number; items: ThriftValue[] }
  | ThriftStruct;

export interface ThriftStruct {
  readonly kind: 'struct';
  fields: { id: number; value: ThriftValue }[];
}

const [TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, STRUCT] = [1, 2, 3, 7, 8, 9, 12];

/** The structure that begins at `from`, and where it ends. Of sound bytes only. */
export function readThrift(bytes: Buffer, from = 0): { readonly tree: ThriftStruct; readonly end: number } {
  let at = from;
  const varint = (): bigint => {
    let [found, shift] = [0n, 0n];
    for (let more = true; more; shift += 7n) {
      const byte = bytes.readUInt8(at++);
      found |= BigInt(byte & 0x7f) << shift;
      more = byte >= 0x80;
    }
    return found;
  };
  const zigzag = (): bigint => {
    const found = varint();
    return (found >> 1n) ^ -(found & 1n);
  };
  const taken = (count: number): Buffer => {
    at += count;
    return Buffer.from(bytes.subarray(at - count, at));
  };
  const value = (type: number, inList: boolean): ThriftValue => {
    if (type === TRUE || type === FALSE)
      return { kind: 'bool', value: (inList ? bytes.readUInt8(at++) : type) === TRUE };
    if (type === BYTE) return { kind: 'integer', type, value: BigInt(bytes.readInt8(at++)) };
    if (type === DOUBLE) return { kind: 'double', bytes: taken(8) };
    if (type === BINARY) return { kind: 'text', bytes: taken(Number(varint())) };
    if (type === STRUCT) return struct();
    if (type !== LIST) return { kind: 'integer', type, value: zigzag() };
    const head = bytes.readUInt8(at++);
    const count = head >> 4 === 15 ? Number(varint()) : head >> 4;
    return { kind: 'list', type: head & 15, items: Array.from({ length: count }, () => value(head & 15, true)) };
  };
  const struct = (): ThriftStruct => {
    const fields: ThriftStruct['fields'] = [];
    for (let head = bytes.readUInt8(at++); head !== 0; head = bytes.readUInt8(at++)) {
      const id = head >> 4 === 0 ? Number(zigzag()) : (fields.at(-1)?.id ?? 0) + (head >> 4);
      fields.push({ id, value: value(head & 15, false) });
    }
    return { kind: 'struct', fields };
  };
  return { tree: struct(), end: at };
}

export function writeThrift(tree: ThriftStruct): Buffer {
  const bytes: number[] = [];
  const varint = (value: bigint): void => {
    let rest = BigInt.asUintN(64, value);
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
  };
  const zigzag = (value: bigint): void => varint((value << 1n) ^ (value >> 63n));
  const typeOf = (value: ThriftValue): number => {
    if (value.kind === 'bool') return value.value ? TRUE : FALSE;
    if (value.kind === 'integer') return value.type;
    return { double: DOUBLE, text: BINARY, list: LIST, struct: STRUCT }[value.kind];
  };
  const write = (value: ThriftValue, inList: boolean): void => {
    if (value.kind === 'bool') bytes.push(...(inList ? [value.value ? TRUE : FALSE] : []));
    else if (value.kind === 'integer' && value.type === BYTE) bytes.push(Number(BigInt.asUintN(8, value.value)));
    else if (value.kind === 'integer') zigzag(value.value);
    else if (value.kind === 'double') bytes.push(...value.bytes);
    else if (value.kind === 'struct') struct(value);
    else if (value.kind === 'text') {
      varint(BigInt(value.bytes.length));
      bytes.push(...value.bytes);
    } else {
      const count = value.items.length;
      bytes.push((Math.min(count, 15) << 4) | value.type);
      if (count >= 15) varint(BigInt(count));
      for (const item of value.items) write(item, true);
    }
  };
  const struct = ({ fields }: ThriftStruct): void => {
    let last = 0;
    for (const { id, value } of fields) {
      const step = id - last;
      bytes.push((step > 0 && step < 16 ? step << 4 : 0) | typeOf(value));
      if (!(step > 0 && step < 16)) zigzag(BigInt(id));
      write(value, false);
      last = id;
    }
    bytes.push(0);
  };
  struct(tree);
  return Buffer.from(bytes);
}

/** What stands at these fields of structures and places in lists, if it is there. */
export function thriftAt(tree: ThriftValue, ...path: readonly number[]): ThriftValue | undefined {
  let found: ThriftValue | undefined = tree;
  for (const step of path) {
    if (found?.kind === 'struct') found = found.fields.find(({ id }) => id === step)?.value;
    else found = found?.kind === 'list' ? found.items[step] : undefined;
  }
  return found;
}

/** Everything in a tree, itself first. */
export function thriftValues(tree: ThriftValue): ThriftValue[] {
  if (tree.kind === 'struct') return [tree, ...tree.fields.flatMap(({ value }) => thriftValues(value))];
  return tree.kind === 'list' ? [tree, ...tree.items.flatMap(thriftValues)] : [tree];
}
