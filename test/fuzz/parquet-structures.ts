import { withFooter, withPages } from '../support/parquet-parts.ts';
import { readThrift, type ThriftStruct, type ThriftValue, thriftValues } from '../support/thrift-tree.ts';

type Random = (below: number) => number;

const ODD_NUMBERS = [
  0n,
  1n,
  -1n,
  4n,
  255n,
  2n ** 20n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];

/** A Parquet file with sound pages and a footer of which some fields are others. */
export function mutatedFooter(file: Buffer, random: Random): Buffer {
  return withFooter(file, (footer) => changeFields(footer, 1 + random(3), random));
}

/** A Parquet file with a sound footer, of which some fields of one page's header are others. */
export function mutatedPageHeader(file: Buffer, random: Random): Buffer {
  const columns = columnsOf(file);
  let pages = 1 + random(3);
  return withPages(file, random(columns), (header) => {
    pages -= 1;
    if (pages === 0) changeFields(header, 1 + random(2), random);
    return undefined;
  });
}

function columnsOf(file: Buffer): number {
  const { tree } = readThrift(file, file.length - 8 - file.readUInt32LE(file.length - 8));
  const schema = tree.fields.find(({ id }) => id === 2)?.value;
  return schema?.kind === 'list' ? schema.items.length - 1 : 0;
}

function changeFields(tree: ThriftStruct, times: number, random: Random): void {
  for (let change = 0; change < times; change += 1) {
    const values = thriftValues(tree);
    const one = values[random(values.length)];
    if (one !== undefined) changeField(one, values, random);
  }
}

function changeField(one: ThriftValue, values: readonly ThriftValue[], random: Random): void {
  if (one.kind === 'bool') one.value = !one.value;
  else if (one.kind === 'integer') one.value = otherNumber(one.value, values, random);
  else if (one.kind === 'double' || one.kind === 'text') changeBytes(one, random);
  else if (one.kind === 'list') changeItems(one.items, random);
  else changeStructure(one, random);
}

function otherNumber(value: bigint, values: readonly ThriftValue[], random: Random): bigint {
  const kind = random(6);
  if (kind === 0) return ODD_NUMBERS[random(ODD_NUMBERS.length)] ?? 0n;
  if (kind === 1) return value + BigInt(random(9) - 4);
  if (kind === 2) return BigInt(random(12));
  if (kind === 3) return BigInt.asIntN(64, value ^ (1n << BigInt(random(40))));
  if (kind === 4) return BigInt.asIntN(64, value * 2n);
  // Another number of the same tree: an offset of another column, a size that is a count.
  const numbers = values.flatMap((each) => (each.kind === 'integer' ? [each.value] : []));
  return numbers[random(numbers.length)] ?? 0n;
}

function changeBytes(one: { bytes: Buffer }, random: Random): void {
  const kind = random(4);
  const at = random(one.bytes.length + 1);
  if (kind === 0) one.bytes = one.bytes.subarray(0, at);
  else if (kind === 1) one.bytes = Buffer.concat([one.bytes, Buffer.alloc(random(10_000), 0x41)]);
  else if (at < one.bytes.length) one.bytes[at] = kind === 2 ? 0xff : random(256);
}

function changeItems(items: ThriftValue[], random: Random): void {
  const kind = random(4);
  const [at, other] = [random(items.length + 1), random(items.length + 1)];
  const [one, two] = [items[at], items[other]];
  if (kind === 0) items.splice(at, 1);
  else if (kind === 1 && one !== undefined) items.splice(other, 0, structuredCopy(one));
  else if (kind === 2 && one !== undefined && two !== undefined) [items[at], items[other]] = [two, one];
  // One in the place of another: a row group twice, a column twice.
  else if (one !== undefined && two !== undefined) items[at] = structuredCopy(two);
}

function changeStructure({ fields }: ThriftStruct, random: Random): void {
  const at = random(fields.length + 1);
  const kind = random(3);
  const field = fields[at];
  if (field === undefined) fields.push({ id: 1 + random(30), value: { kind: 'text', bytes: Buffer.from('x') } });
  else if (kind === 0) field.value = { kind: 'integer', type: 5 + random(2), value: BigInt(random(300)) };
  else if (kind === 1) field.id = 1 + random(16);
  else fields.splice(at, 1);
}

function structuredCopy(value: ThriftValue): ThriftValue {
  if (value.kind === 'struct') {
    return { kind: 'struct', fields: value.fields.map((field) => ({ ...field, value: structuredCopy(field.value) })) };
  }
  if (value.kind === 'list') return { ...value, items: value.items.map(structuredCopy) };
  return 'bytes' in value ? { ...value, bytes: Buffer.from(value.bytes) } : { ...value };
}
