import { invalidArgument, notImplemented } from '../s3-error.ts';
import type { InventoryConfiguration, InventoryDestination } from '../storage/records.ts';
import { childOf, malformed, readDocument, textOf, type XmlElement } from './xml-reader.ts';
import { element } from './xml-writer.ts';

const ROOT = 'InventoryConfiguration';

/** API reference, InventoryConfiguration: what an id may hold. */
const ID = /^[A-Za-z0-9_.-]{1,64}$/;

const BUCKET_ARN = /^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]*$/;

/** Optional fields that S3 knows (API reference, InventoryConfiguration). */
const KNOWN_FIELDS: readonly string[] = [
  ...['Size', 'LastModifiedDate', 'StorageClass', 'ETag', 'IsMultipartUploaded', 'ReplicationStatus'],
  ...['EncryptionStatus', 'ObjectLockRetainUntilDate', 'ObjectLockMode', 'ObjectLockLegalHoldStatus'],
  ...['IntelligentTieringAccessTier', 'BucketKeyStatus', 'ChecksumAlgorithm', 'ObjectAccessControlList'],
  ...['ObjectOwner', 'LifecycleExpirationDate'],
];

/**
 * Reads an inventory configuration. Throws MalformedXML; InvalidArgument for an id or an ARN that cannot be; and
 * NotImplemented, naming it, for what S3 writes and nobody here does: ORC, and optional fields besides `writable`.
 */
export function readInventory(text: string, writable: readonly string[]): InventoryConfiguration {
  const root = readDocument(text, ROOT);
  const id = required(root, 'Id');
  if (!isInventoryId(id)) throw invalidArgument('Id', id, ID_RULE);
  const filter = childOf(root, 'Filter');
  return {
    id,
    enabled: oneOf(required(root, 'IsEnabled'), ['true', 'false']) === 'true',
    versions: oneOf(required(root, 'IncludedObjectVersions'), ['All', 'Current']),
    frequency: oneOf(required(requiredChild(root, 'Schedule'), 'Frequency'), ['Daily', 'Weekly']),
    ...(filter && { prefix: required(filter, 'Prefix') }),
    optionalFields: readFields(root, writable),
    destination: readDestination(requiredChild(requiredChild(root, 'Destination'), 'S3BucketDestination')),
  };
}

export const ID_RULE = 'An id is 1 to 64 letters, digits, dots, hyphens and underscores';

/** A configuration's id is a folder of its reports' keys. */
export function isInventoryId(id: string): boolean {
  return ID.test(id) && id !== '.' && id !== '..';
}

/** The configuration as S3 gives it back. */
export function inventoryElement(configuration: InventoryConfiguration, attributes = ''): string {
  return `<${ROOT}${attributes}>${inventoryContent(configuration)}</${ROOT}>`;
}

/** What stands inside of the document. */
export function inventoryContent(configuration: InventoryConfiguration): string {
  const { id, enabled, versions, frequency, prefix, optionalFields, destination } = configuration;
  const fields = optionalFields.map((field) => element('Field', field)).join('');
  return [
    element('Id', id),
    element('IsEnabled', enabled),
    prefix === undefined ? '' : `<Filter>${element('Prefix', prefix)}</Filter>`,
    `<Destination><S3BucketDestination>${destinationContent(destination)}</S3BucketDestination></Destination>`,
    `<Schedule>${element('Frequency', frequency)}</Schedule>`,
    element('IncludedObjectVersions', versions),
    fields === '' ? '' : `<OptionalFields>${fields}</OptionalFields>`,
  ].join('');
}

function destinationContent({ format, account, bucketArn, prefix, encryption }: InventoryDestination): string {
  const how =
    encryption === undefined || encryption === 'SSE-S3'
      ? '<SSE-S3></SSE-S3>'
      : `<SSE-KMS>${element('KeyId', encryption.keyId)}</SSE-KMS>`;
  return (
    element('Format', format) +
    element('AccountId', account) +
    element('Bucket', bucketArn) +
    element('Prefix', prefix) +
    (encryption === undefined ? '' : `<Encryption>${how}</Encryption>`)
  );
}

function readFields(root: XmlElement, writable: readonly string[]): readonly string[] {
  const names = childOf(root, 'OptionalFields')?.children.map(({ name, text }) => {
    if (name !== 'Field' || !KNOWN_FIELDS.includes(text)) throw malformed();
    return text;
  });
  const unwritable = names?.filter((name) => !writable.includes(name)) ?? [];
  if (unwritable.length > 0) {
    throw notImplemented(
      `the optional ${unwritable.length === 1 ? 'field' : 'fields'} ${unwritable.join(', ')} of inventories, which no listing tells; it writes ${writable.join(', ')}`,
    );
  }
  return names ?? [];
}

function readDestination(destination: XmlElement): InventoryDestination {
  const format = oneOf(required(destination, 'Format'), ['CSV', 'ORC', 'Parquet']);
  if (format === 'ORC') throw notImplemented('inventories in ORC: take Parquet, which the same tools read, or CSV');
  const bucketArn = required(destination, 'Bucket');
  if (!BUCKET_ARN.test(bucketArn)) {
    throw invalidArgument('Bucket', bucketArn, 'The destination bucket is named by its ARN: arn:aws:s3:::name');
  }
  const account = textOf(destination, 'AccountId');
  const prefix = textOf(destination, 'Prefix');
  const encryption = readEncryption(childOf(destination, 'Encryption'));
  return {
    bucketArn,
    format,
    ...(account !== undefined && { account }),
    ...(prefix !== undefined && { prefix }),
    ...(encryption !== undefined && { encryption }),
  };
}

function readEncryption(encryption: XmlElement | undefined): InventoryDestination['encryption'] {
  const [how, ...others] = encryption?.children ?? [];
  if (how === undefined) return undefined;
  if (others.length > 0) throw malformed();
  if (how.name === 'SSE-S3') return 'SSE-S3';
  if (how.name === 'SSE-KMS') return { keyId: required(how, 'KeyId') };
  throw malformed();
}

function requiredChild(parent: XmlElement, name: string): XmlElement {
  const child = childOf(parent, name);
  if (child === undefined) throw malformed();
  return child;
}

function required(parent: XmlElement, name: string): string {
  return requiredChild(parent, name).text;
}

function oneOf<Choice extends string>(text: string, choices: readonly Choice[]): Choice {
  const chosen = choices.find((choice) => choice === text);
  if (chosen === undefined) throw malformed();
  return chosen;
}
