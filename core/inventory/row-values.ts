import { decodeListedKey, type ListedObject } from '../listing/list-page.ts';
import type { InventoryColumn } from './fields.ts';

/** What a column holds of an object, as text; empty for nothing. */
export type ColumnText = (object: ListedObject) => string;

/** Objects made by multipart upload have an ETag that ends in the number of their parts (API reference, Object). */
export function isMultipart({ etag }: ListedObject): boolean {
  return /-\d+$/.test(etag);
}

/** Keys as the listing encodes them, a space as `%20`: what decoders of both customs read alike. */
export function csvKey({ encodedKey }: ListedObject): string {
  return encodedKey.includes('+') ? encodedKey.replaceAll('+', '%20') : encodedKey;
}

/** How each column is told as text. A version without an id has none in an inventory (User Guide, storage-inventory). */
export const COLUMN_TEXTS: Readonly<Record<Exclude<InventoryColumn, 'Bucket'>, ColumnText>> = {
  Key: csvKey,
  VersionId: ({ version }) => (version === undefined || version.id === 'null' ? '' : version.id),
  IsLatest: ({ version }) => String(version?.isLatest ?? true),
  IsDeleteMarker: ({ version }) => String(version?.isDeleteMarker ?? false),
  Size: ({ size }) => size,
  LastModifiedDate: ({ lastModified }) => lastModified,
  ETag: ({ etag }) => etag,
  StorageClass: ({ storageClass }) => storageClass,
  IsMultipartUploaded: (object) => (object.version?.isDeleteMarker === true ? '' : String(isMultipart(object))),
  ChecksumAlgorithm: ({ checksumAlgorithm }) => checksumAlgorithm ?? '',
};

/** How each column is told with its type in Parquet; null for nothing. Keys are plain there. */
export function typedValue(column: InventoryColumn, bucket: string, object: ListedObject): unknown {
  if (column === 'Bucket') return bucket;
  if (column === 'Key') return decodeListedKey(object.encodedKey);
  const text = COLUMN_TEXTS[column](object);
  if (text === '') return null;
  switch (column) {
    case 'Size':
      return BigInt(text);
    case 'LastModifiedDate':
      return timeOf(text);
    case 'IsLatest':
    case 'IsDeleteMarker':
    case 'IsMultipartUploaded':
      return text === 'true';
    default:
      return text;
  }
}

function timeOf(text: string): Date | null {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? null : time;
}
