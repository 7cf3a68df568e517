/**
 * What an inventory calls a column in its ORC and Parquet files, by what it calls it in its CSV files (S3 User Guide,
 * storage-inventory-location): `IsDeleteMarker` and `is_delete_marker`, `ETag` and `e_tag`.
 */
export function inventoryColumn(name: string): string {
  return name.replace(/(?<!^)[A-Z]/g, '_$&').toLowerCase();
}
