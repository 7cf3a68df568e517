/** The optional fields of an inventory that a listing tells, in the order in which S3 writes their columns. */
export const LISTED_FIELDS = [
  'Size',
  'LastModifiedDate',
  'ETag',
  'StorageClass',
  'IsMultipartUploaded',
  'ChecksumAlgorithm',
] as const;

export type ListedField = (typeof LISTED_FIELDS)[number];

/** A column of an inventory's files. */
export type InventoryColumn = ListedField | 'Bucket' | 'Key' | 'VersionId' | 'IsLatest' | 'IsDeleteMarker';

/**
 * What S3's own inventories can have besides (API reference, InventoryConfiguration), and what only tells it: a request
 * for each object, which no listing is.
 */
const UNLISTED_FIELDS: Readonly<Record<string, string>> = {
  ReplicationStatus: 'HeadObject',
  EncryptionStatus: 'HeadObject',
  ObjectLockRetainUntilDate: 'HeadObject',
  ObjectLockMode: 'HeadObject',
  ObjectLockLegalHoldStatus: 'HeadObject',
  IntelligentTieringAccessTier: 'HeadObject',
  BucketKeyStatus: 'HeadObject',
  ObjectAccessControlList: 'GetObjectAcl',
  ObjectOwner: 'GetObjectAcl',
  LifecycleExpirationDate: 'HeadObject',
};

/** Optional fields that cannot be written, with the reason. */
export class UnlistedField extends Error {
  override readonly name = 'UnlistedField';
}

/**
 * The optional fields that these names mean, in the order of their columns.
 *
 * @throws UnlistedField
 */
export function listedFields(names: readonly string[]): readonly ListedField[] {
  for (const name of names) {
    if (LISTED_FIELDS.some((field) => field === name)) continue;
    const teller = UNLISTED_FIELDS[name];
    throw new UnlistedField(
      teller === undefined
        ? `There is no optional field ${JSON.stringify(name)}; those that a listing tells are ${LISTED_FIELDS.join(', ')}.`
        : `The optional field ${name} is in no listing: only a ${teller} of each object tells it. What a listing tells: ${LISTED_FIELDS.join(', ')}.`,
    );
  }
  return LISTED_FIELDS.filter((field) => names.includes(field));
}

/** The columns of a report. */
export function inventoryColumns(
  versions: 'Current' | 'All',
  fields: readonly ListedField[],
): readonly InventoryColumn[] {
  const ofVersions = versions === 'All' ? (['VersionId', 'IsLatest', 'IsDeleteMarker'] as const) : [];
  return ['Bucket', 'Key', ...ofVersions, ...fields];
}
