/** What an inventory calls what a listing says of an object (S3 User Guide, storage-inventory-contents). */
export const GENERATED_COLUMNS: readonly string[] = [
  'Bucket',
  'Key',
  'Size',
  'LastModifiedDate',
  'ETag',
  'StorageClass',
];
