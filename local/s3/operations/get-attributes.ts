import { elementOf } from '../checksums/checksum.ts';
import type { Call } from '../protocol/call.ts';
import { sendXml } from '../protocol/respond.ts';
import { document, element } from '../protocol/xml-writer.ts';
import { invalidArgument } from '../s3-error.ts';
import type { ComposedPart, ObjectContent, StoredChecksum } from '../storage/records.ts';
import { findObject, untilBodyStays, versionHeader } from './find-object.ts';

const ATTRIBUTES = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];
const LARGEST_PAGE = 1000;

export async function getObjectAttributes(call: Call): Promise<void> {
  const wanted = readWanted(call);
  await untilBodyStays(async () => {
    const { record, content } = await findObject(call);
    const parts = content.partCount === undefined ? undefined : call.context.bodies.partsOf(content.body);
    const members: Readonly<Record<string, string>> = {
      ETag: element('ETag', content.etag),
      Checksum: content.checksum ? `<Checksum>${checksumElements(content.checksum)}</Checksum>` : '',
      ObjectParts: parts ? describeParts(call, parts, content) : '',
      StorageClass: element('StorageClass', content.storageClass),
      ObjectSize: element('ObjectSize', content.body.size),
    };
    sendXml(call, document('GetObjectAttributesResponse', wanted.map((name) => members[name] ?? '').join('')), {
      'last-modified': new Date(record.modified).toUTCString(),
      ...versionHeader(call, record.versionId),
    });
  });
}

function readWanted({ headers }: Call): string[] {
  const header = headers['x-amz-object-attributes'] ?? '';
  const wanted = header.split(',').map((name) => name.trim());
  if (wanted.every((name) => ATTRIBUTES.includes(name))) return ATTRIBUTES.filter((name) => wanted.includes(name));
  throw invalidArgument('x-amz-object-attributes', header, 'Invalid attribute name specified.');
}

function describeParts(call: Call, parts: readonly ComposedPart[], content: ObjectContent): string {
  const marker = Number(call.headers['x-amz-part-number-marker'] ?? 0);
  const most = Math.min(Number(call.headers['x-amz-max-parts'] ?? LARGEST_PAGE), LARGEST_PAGE);
  const total = element('PartsCount', parts.length);
  // S3 lists the parts only of objects that have a checksum.
  if (content.checksum === undefined) return `<ObjectParts>${total}</ObjectParts>`;
  const rest = parts.map((part, n) => ({ ...part, number: n + 1 })).filter((part) => part.number > marker);
  const page = rest.slice(0, most);
  const items = page.map(
    (part) =>
      `<Part>${part.checksum ? element(elementOf(part.checksum.algorithm), part.checksum.value) : ''}${element('PartNumber', part.number)}${element('Size', part.body.size)}</Part>`,
  );
  return `<ObjectParts>${element('IsTruncated', rest.length > page.length)}${element('MaxParts', most)}${element('NextPartNumberMarker', page.at(-1)?.number ?? 0)}${element('PartNumberMarker', marker)}${total}${items.join('')}</ObjectParts>`;
}

function checksumElements(checksum: StoredChecksum): string {
  return element(elementOf(checksum.algorithm), checksum.value) + element('ChecksumType', checksum.type);
}
