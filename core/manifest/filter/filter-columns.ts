import type { ManifestFilter } from '../../job/manifest-filter.ts';

/** The columns that a filter's members look at, by what inventories call them. Those of the key are in every manifest. */
const COLUMNS: Readonly<Partial<Record<keyof ManifestFilter, string>>> = {
  CreatedAfter: 'LastModifiedDate',
  CreatedBefore: 'LastModifiedDate',
  OlderThan: 'LastModifiedDate',
  NewerThan: 'LastModifiedDate',
  ObjectSizeGreaterThanBytes: 'Size',
  ObjectSizeLessThanBytes: 'Size',
  MatchAnyStorageClass: 'StorageClass',
  MatchAnyEncryptionStatus: 'EncryptionStatus',
  ObjectReplicationStatuses: 'ReplicationStatus',
};

/** What a filter needs of the manifest: the member of the filter, and the column. */
export function columnsOfFilter(
  filter: ManifestFilter | undefined,
): readonly { readonly member: string; readonly column: string }[] {
  return Object.entries(COLUMNS)
    .filter(([member]) => filter?.[member as keyof ManifestFilter] !== undefined)
    .map(([member, column]) => ({ member, column }));
}

/** The part of a filter that the manifest's columns do not tell, and that a HEAD of each object does, if it asks so. */
export function lookedUp(filter: ManifestFilter, columns: readonly string[]): ManifestFilter {
  if (filter.Head !== true) return {};
  const missing = columnsOfFilter(filter).filter(({ column }) => !columns.includes(column));
  return Object.fromEntries(missing.map(({ member }) => [member, filter[member as keyof ManifestFilter]]));
}
